//! A host that does not know what is attached asks for each receiver at its rate, one after another, and sets the one
//! that answered without a break: as wmbusmeters does (receivers.md §1–5 and §8).
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Instant;

use common::{DEADLINE, is_readable, open, read, send_until_heard, telegram};
use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, tcgetattr,
    tcsetattr,
};
use walkby_emulators::Kind;
use walkby_emulators::serve::Station;

/// Is how a host asks whether one receiver is there.
struct Probe {
    finds: &'static [Kind],
    baud_rate: u32,
    question: &'static [u8],
    is_answer: fn(&[u8]) -> bool,
}

const AMBER_PARAMETERS: &[u8] = &[0xFF, 0x0A, 0x02, 0x00, 0x80, 0x77];
const IMST_DEVICE_INFO: &[u8] = &[0xA5, 0x01, 0x0F, 0x00];
const IMST_CONFIG: &[u8] = &[0xA5, 0x01, 0x05, 0x00];
const SLIP_DEVICE_INFO: &[u8] = &[0xC0, 0xC0, 0xC0, 0xC0, 0xC0, 0x01, 0x03, 0x04, 0x24, 0xC0];

/// How long a host waits that asks once more; a busy machine takes its time.
const PATIENT_MOMENTS: usize = 15;

/// Amber first, as its UART takes a question at a higher rate amiss.
const PROBES: [Probe; 5] = [
    Probe {
        finds: &[Kind::Amb8465],
        baud_rate: 9_600,
        question: AMBER_PARAMETERS,
        is_answer: |heard| heard.starts_with(&[0xFF, 0x8A, 0x7A, 0x00, 0x78]) && heard.len() >= 126,
    },
    Probe {
        finds: &[Kind::Im871a, Kind::Im871aFirmware13],
        baud_rate: 57_600,
        question: IMST_DEVICE_INFO,
        is_answer: |heard| heard.starts_with(&[0xA5, 0x81, 0x10, 0x08, 0x33]) && heard.len() >= 14,
    },
    Probe {
        finds: &[Kind::Rc1180],
        baud_rate: 19_200,
        question: &[0x00, b'0'],
        is_answer: |heard| heard.starts_with(b">") && heard.len() >= 258 && heard[257] == b'>',
    },
    Probe {
        finds: &[Kind::Cul, Kind::NanoCul],
        baud_rate: 38_400,
        question: b"V\r\n",
        is_answer: |heard| heard.ends_with(b"CUL868\r\n"),
    },
    Probe {
        finds: &[Kind::Iu891a],
        baud_rate: 115_200,
        question: SLIP_DEVICE_INFO,
        is_answer: |heard| heard.starts_with(&[0xC0, 0x01, 0x04, 0x00, 0x6E]) && heard.len() >= 20,
    },
];

impl Probe {
    /// Asks once, or until the answer comes if it has to come; a stick may not be awake at the first question.
    fn is_answered(&self, port: &mut File, must_come: bool) -> bool {
        let start = Instant::now();
        let moments = if must_come { PATIENT_MOMENTS } else { 1 };
        loop {
            port.write_all(self.question).unwrap();
            let mut heard = Vec::new();
            while (0..moments).any(|_| is_readable(port)) {
                let mut buffer = [0; 512];
                let count = port.read(&mut buffer).unwrap();
                heard.extend_from_slice(&buffer[..count]);
                if (self.is_answer)(&heard) {
                    return true;
                }
            }
            if !must_come || start.elapsed() > DEADLINE {
                return false;
            }
        }
    }
}

/// Opens a serial port as programs do that fill in every setting by themselves: no flag but the few they name, so
/// that DTR stays up when they close it; reads that never wait; a lock against others of their kind.
fn open_bare(path: &Path, baud_rate: u32) -> File {
    let port = open(path, baud_rate);
    port.try_lock().unwrap();
    let mut settings = tcgetattr(&port).unwrap();
    settings.input_modes = InputModes::empty();
    settings.output_modes = OutputModes::empty();
    settings.local_modes = LocalModes::empty();
    settings.control_modes = ControlModes::CREAD | ControlModes::CLOCAL | ControlModes::CS8;
    settings.special_codes[SpecialCodeIndex::VMIN] = 0;
    settings.special_codes[SpecialCodeIndex::VTIME] = 0;
    settings.set_speed(baud_rate).unwrap();
    tcsetattr(&port, OptionalActions::Now, &settings).unwrap();
    port
}

/// Asks for all receivers until one answers; returns the rate at which it did.
fn detect(path: &Path, kind: Kind) -> Option<u32> {
    PROBES.iter().find_map(|probe| {
        let mut port = open_bare(path, probe.baud_rate);
        let is_found = probe.is_answered(&mut port, probe.finds.contains(&kind));
        if is_found && kind == Kind::Rc1180 {
            port.write_all(b"X").unwrap();
        }
        is_found.then_some(probe.baud_rate)
    })
}

fn ask(port: &mut File, question: &[u8], count: usize) -> Vec<u8> {
    port.write_all(question).unwrap();
    read(port, count)
}

/// Asks a receiver for its identity once more and sets it to hear T, and C where it can hear both.
fn set_up(port: &mut File, kind: Kind) {
    match kind {
        Kind::Amb8465 => {
            let parameters = ask(port, AMBER_PARAMETERS, 126);
            assert_eq!((parameters[5 + 0x31], parameters[5 + 0x45]), (0x44, 0x00));
            // Bytes of a command's buffer that mean nothing follow it.
            let set = [0xFF, 0x04, 0x01, 0x09, 0xF3, 0x00, 0x00, 0x00];
            assert_eq!(ask(port, &set, 5), [0xFF, 0x84, 0x01, 0x00, 0x7A]);
            assert_eq!(ask(port, &[0xFF, 0x0B, 0x00, 0xF4], 8)[..3], [0xFF, 0x8B, 0x04]);
        }
        Kind::Im871a => {
            assert_eq!(ask(port, IMST_CONFIG, 28)[2..5], [0x06, 22, 0xFF]);
            assert_eq!(ask(port, IMST_DEVICE_INFO, 14)[6], 0x14);
            let set = [0xA5, 0x01, 0x03, 0x06, 0x00, 0x02, 0x0A, 0x30, 0x01, 0x00];
            assert_eq!(ask(port, &set, 6), [0xA5, 0x81, 0x04, 0x00, 0x9C, 0xF7]);
        }
        Kind::Im871aFirmware13 => {
            assert_eq!(ask(port, IMST_DEVICE_INFO, 14)[6], 0x13);
            let set = [0xA5, 0x01, 0x03, 0x06, 0x00, 0x02, 0x03, 0x30, 0x01, 0x00];
            assert_eq!(ask(port, &set, 6), [0xA5, 0x81, 0x04, 0x00, 0x9C, 0xF7]);
        }
        Kind::Rc1180 => {
            assert_eq!(ask(port, &[0x00], 1), b">");
            let registers = ask(port, b"0", 257);
            assert_eq!((registers[0x30], registers[256]), (5, b'>'));
            assert_eq!(registers[0x1B..=0x1E], [0x78, 0x56, 0x34, 0x12]);
            port.write_all(b"X").unwrap();
        }
        Kind::Iu891a => {
            assert_eq!(ask(port, SLIP_DEVICE_INFO, 20)[2..5], [0x04, 0x00, 0x6E]);
            assert_eq!(ask(port, &[0xC0, 0x09, 0x81, 0xDE, 0x4D, 0xC0], 15)[2..4], [0x82, 0x00]);
            let set = [0xC0, 9, 3, 3, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xA1, 0x76, 0xC0];
            assert_eq!(ask(port, &set, 7)[..4], [0xC0, 0x09, 0x04, 0x00]);
        }
        _ => {
            assert_eq!(ask(port, b"brt\r\n", 7), b"TMODE\r\n");
            port.write_all(b"X21\r\n").unwrap();
        }
    }
}

/// Returns what a receiver says of the telegram, without what only the receiver knows.
fn said(kind: Kind) -> Vec<u8> {
    let telegram = telegram().bytes;
    match kind {
        Kind::Im871a | Kind::Im871aFirmware13 => telegram[1..].to_vec(),
        Kind::Cul | Kind::NanoCul => b"b0B44AE4C44552233".to_vec(),
        _ => telegram,
    }
}

#[test]
fn a_receiver_is_found_among_all_set_and_heard() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, baud_rate) in [
        (Kind::Amb8465, 9_600),
        (Kind::Im871a, 57_600),
        (Kind::Im871aFirmware13, 57_600),
        (Kind::Rc1180, 19_200),
        (Kind::Cul, 38_400),
        (Kind::NanoCul, 38_400),
        (Kind::Iu891a, 115_200),
    ] {
        let path = folder.path().join(kind.as_str());
        let station = Station::over_pty(kind, None, &path).unwrap();
        assert_eq!(detect(&path, kind), Some(baud_rate), "{kind}");

        let mut port = open_bare(&path, baud_rate);
        set_up(&mut port, kind);
        send_until_heard(&station, &telegram());
        let said = said(kind);
        let mut heard = Vec::new();
        while !heard.windows(said.len()).any(|bytes| bytes == said) {
            heard.extend(read(&mut port, 1));
        }
    }
}
