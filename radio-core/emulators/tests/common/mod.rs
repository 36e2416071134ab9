//! A host at the other end of a serial port.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use walkby_emulators::AirTelegram;
use walkby_emulators::serve::Station;
use wmbus::{FrameFormat, LinkMode};

/// Long enough for any machine; what is there is taken at once.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Opens a serial port as programs do: waits for it, no byte changed, at a rate.
pub(crate) fn open(path: &Path, baud_rate: u32) -> File {
    let start = Instant::now();
    loop {
        match File::options().read(true).write(true).open(path) {
            Ok(port) => {
                let mut settings = tcgetattr(&port).unwrap();
                settings.make_raw();
                settings.set_speed(baud_rate).unwrap();
                tcsetattr(&port, OptionalActions::Now, &settings).unwrap();
                rustix::io::ioctl_fionbio(&port, true).unwrap();
                return port;
            }
            Err(error) => assert!(start.elapsed() < DEADLINE, "{error}"),
        }
    }
}

/// Reads until so many bytes are there.
pub(crate) fn read(port: &mut impl Read, count: usize) -> Vec<u8> {
    let start = Instant::now();
    let mut bytes = Vec::new();
    let mut buffer = [0; 512];
    while bytes.len() < count {
        match port.read(&mut buffer) {
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            Err(error) => assert!(error.kind() == ErrorKind::WouldBlock, "{error}"),
        }
        assert!(start.elapsed() < DEADLINE, "{} of {count} bytes: {bytes:02X?}", bytes.len());
    }
    bytes
}

/// Waits a moment for something to read.
pub(crate) fn is_readable(port: &File) -> bool {
    let moment = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
    let mut watched = [PollFd::new(port, PollFlags::IN)];
    poll(&mut watched, Some(&moment)).unwrap() > 0
}

/// Returns a small telegram of mode T.
pub(crate) fn telegram() -> AirTelegram {
    let bytes = vec![0x0B, 0x44, 0xAE, 0x4C, 0x44, 0x55, 0x22, 0x33, 0x68, 0x07, 0x7A, 0x55];
    AirTelegram::new(LinkMode::T1, FrameFormat::A, bytes)
}

/// Sends a telegram until a receiver hears it for the first time: it notices its host a moment later.
pub(crate) fn send_until_heard(station: &Station, telegram: &AirTelegram) {
    let start = Instant::now();
    while station.hear(telegram) == 0 {
        assert!(start.elapsed() < DEADLINE, "nobody listens");
    }
}
