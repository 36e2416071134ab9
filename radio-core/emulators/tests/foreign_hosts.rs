//! Each stick is opened, recognised, closed, opened again, set and listened to as other programs do it
//! (receivers.md §1–5 and §8), byte by byte.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::io::Write;

use common::{is_readable, open, read, send_until_heard, telegram};
use tempfile::TempDir;
use walkby_emulators::serve::Station;
use walkby_emulators::{AirTelegram, Kind};

/// A stick at a pseudo-terminal.
struct Stick {
    station: Station,
    folder: TempDir,
}

impl Stick {
    fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let station = Station::over_pty(kind, None, &folder.path().join("stick")).unwrap();
        Self { station, folder }
    }

    fn open(&self, baud_rate: u32) -> std::fs::File {
        open(&self.folder.path().join("stick"), baud_rate)
    }
}

/// Writes a question and reads so many bytes of an answer.
fn ask(port: &mut std::fs::File, question: &[u8], count: usize) -> Vec<u8> {
    port.write_all(question).unwrap();
    read(port, count)
}

#[test]
fn an_im871a_is_recognised_by_its_device_info_and_set_to_c_and_t() {
    let stick = Stick::new(Kind::Im871a);
    let mut port = stick.open(57_600);
    let info = ask(&mut port, &[0xA5, 0x01, 0x0F, 0x00], 14);
    assert_eq!((info[2], info[4], info[6]), (0x10, 0x33, 0x14));
    let config = ask(&mut port, &[0xA5, 0x01, 0x05, 0x00], 28);
    assert_eq!((config[2], config[3], config[4], config.len()), (0x06, 22, 0xFF, 28));
    drop(port);

    let mut port = stick.open(57_600);
    let set = [0xA5, 0x01, 0x03, 0x06, 0x00, 0x02, 0x0A, 0x30, 0x01, 0x00];
    assert_eq!(ask(&mut port, &set, 6), [0xA5, 0x81, 0x04, 0x00, 0x9C, 0xF7]);
    assert_eq!(stick.station.hear(&telegram()), 1);
    let heard = read(&mut port, 18);
    assert_eq!((heard[..4].to_vec(), &heard[4..15]), (vec![0xA5, 0xC2, 0x03, 0x0B], &telegram().bytes[1..]));
    assert_eq!(heard[15], 105);
}

#[test]
fn an_iu891a_is_woken_up_and_recognised_by_its_module_type_and_address() {
    let stick = Stick::new(Kind::Iu891a);
    let mut port = stick.open(115_200);
    port.write_all(&[0xC0; 30]).unwrap();
    let info = ask(&mut port, &[0xC0, 0x01, 0x03, 0x04, 0x24, 0xC0], 20);
    assert_eq!(info[..5], [0xC0, 0x01, 0x04, 0x00, 0x6E]);
    let address = ask(&mut port, &[0xC0, 0x09, 0x81, 0xDE, 0x4D, 0xC0], 15);
    assert_eq!(address[..4], [0xC0, 0x09, 0x82, 0x00]);
    let set = [0xC0, 9, 3, 3, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xA1, 0x76, 0xC0];
    assert_eq!(ask(&mut port, &set, 7)[..4], [0xC0, 0x09, 0x04, 0x00]);
    assert_eq!(stick.station.hear(&telegram()), 1);
    assert_eq!(read(&mut port, 25)[11..23], telegram().bytes);
}

#[test]
fn an_amb8465_is_recognised_by_its_parameters_and_says_telegrams_bare() {
    let stick = Stick::new(Kind::Amb8465);
    let mut port = stick.open(9_600);
    let parameters = ask(&mut port, &[0xFF, 0x0A, 0x02, 0x00, 0x80, 0x77], 126);
    assert_eq!(parameters[..5], [0xFF, 0x8A, 0x7A, 0x00, 0x78]);
    assert_eq!(parameters.iter().fold(0, |sum, byte| sum ^ byte), 0);
    drop(port);

    let mut port = stick.open(9_600);
    assert_eq!(ask(&mut port, &[0xFF, 0x04, 0x01, 0x09, 0xF3], 5), [0xFF, 0x84, 0x01, 0x00, 0x7A]);
    assert_eq!(ask(&mut port, &[0xFF, 0x0B, 0x00, 0xF4], 8)[..3], [0xFF, 0x8B, 0x04]);
    assert_eq!(stick.station.hear(&telegram()), 1);
    assert_eq!(read(&mut port, 12), telegram().bytes);
}

#[test]
fn an_rc1180_is_recognised_by_256_registers_and_hears_t_as_it_comes() {
    let stick = Stick::new(Kind::Rc1180);
    let mut port = stick.open(19_200);
    assert_eq!(ask(&mut port, &[0x00], 1), b">");
    let registers = ask(&mut port, b"0", 257);
    assert_eq!((registers[0x30], registers[256]), (5, b'>'));
    assert!(registers[128..256].iter().all(|register| *register == 0xFF));
    port.write_all(b"X").unwrap();
    drop(port);

    let mut port = stick.open(19_200);
    send_until_heard(&stick.station, &telegram());
    assert_eq!(read(&mut port, 12), telegram().bytes);
}

#[test]
fn a_cul_is_recognised_by_its_version_at_any_rate_and_its_lines_carry_crcs() {
    let stick = Stick::new(Kind::Cul);
    let mut port = stick.open(38_400);
    assert_eq!(ask(&mut port, b"V\n\r", 15), b"V 1.67 CUL868\r\n");
    drop(port);

    let mut port = stick.open(9_600);
    assert_eq!(ask(&mut port, b"brt\n\r", 7), b"TMODE\r\n");
    port.write_all(b"X21\n\r").unwrap();
    assert!(!is_readable(&port));
    let sent = AirTelegram { rssi_dbm: -49, ..telegram() };
    assert_eq!(stick.station.hear(&sent), 1);
    let line = String::from_utf8(read(&mut port, 1 + 2 * (12 + 4 + 2) + 2)).unwrap();
    assert!(line.starts_with("b0B44AE4C44552233") && line.ends_with("8032\r\n"), "{line}");
}
