//! Emulated receivers answer at real ports.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::io::Write;
use std::net::TcpStream;

use common::{DEADLINE, is_readable, open, read, send_until_heard, telegram};
use rustix::termios::{ControlModes, OptionalActions, tcgetattr, tcsetattr};
use walkby_emulators::serve::Station;
use walkby_emulators::{Fault, Kind};

const PING: &[u8] = &[0xA5, 0x01, 0x01, 0x00];
const PONG: &[u8] = &[0xA5, 0x81, 0x02, 0x00, 0x4C, 0xA3];
const SET_T1: &[u8] = &[0xA5, 0x01, 0x03, 0x04, 0x00, 0x02, 0x03, 0x00];

#[test]
fn a_receiver_at_a_pseudo_terminal_answers_and_hears() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stick");
    let station = Station::over_pty(Kind::Im871a, None, &path).unwrap();
    let mut port = open(&path, 57_600);
    port.write_all(PING).unwrap();
    assert_eq!(read(&mut port, PONG.len()), PONG);
    assert_eq!(station.hear(&telegram()), 0);
    port.write_all(SET_T1).unwrap();
    read(&mut port, 6);
    assert_eq!(station.hear(&telegram()), 1);
    assert_eq!(read(&mut port, 17)[4..15], telegram().bytes[1..]);
    station.stop().unwrap();
    assert!(!path.exists());
}

#[test]
fn a_host_at_another_rate_hears_noise_and_is_not_understood() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stick");
    let station = Station::over_pty(Kind::Im871a, None, &path).unwrap();
    let mut port = open(&path, 57_600);
    port.write_all(SET_T1).unwrap();
    read(&mut port, 6);
    drop(port);
    let mut port = open(&path, 9_600);
    // That the port was opened is seen at the latest when something is written.
    port.write_all(PING).unwrap();
    send_until_heard(&station, &telegram());
    assert!(!read(&mut port, 15).windows(4).any(|bytes| bytes == &telegram().bytes[1..5]));
}

#[test]
fn what_one_host_left_unread_is_not_there_for_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stick");
    let station = Station::over_pty(Kind::Im871a, None, &path).unwrap();
    let mut port = open(&path, 57_600);
    port.write_all(SET_T1).unwrap();
    read(&mut port, 6);
    assert_eq!(station.hear(&telegram()), 1);
    while !is_readable(&port) {}
    drop(port);
    // Nobody is there to get it once the receiver noticed that.
    while station.hear(&telegram()) > 0 {}
    let mut port = open(&path, 57_600);
    port.write_all(PING).unwrap();
    assert_eq!(read(&mut port, PONG.len()), PONG);
}

#[test]
fn a_nanocul_starts_anew_when_it_is_opened_again_unless_dtr_stayed_up() {
    let folder = tempfile::tempdir().unwrap();
    for (lets_dtr_fall, hears) in [(true, 0), (false, 1)] {
        let path = folder.path().join(format!("stick {hears}"));
        let station = Station::over_pty(Kind::NanoCul, None, &path).unwrap();
        let mut port = open(&path, 38_400);
        let mut settings = tcgetattr(&port).unwrap();
        settings.control_modes.set(ControlModes::HUPCL, lets_dtr_fall);
        tcsetattr(&port, OptionalActions::Now, &settings).unwrap();
        while station.hear(&telegram()) == 0 {
            port.write_all(b"brt\r\n").unwrap();
        }
        drop(port);
        while station.hear(&telegram()) > 0 {}
        let mut port = open(&path, 38_400);
        while !is_readable(&port) {
            port.write_all(b"V\r\n").unwrap();
        }
        assert_eq!(station.hear(&telegram()), hears, "DTR falls: {lets_dtr_fall}");
    }
}

#[test]
fn an_unplugged_receiver_comes_back_at_the_same_place_and_has_forgotten_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stick");
    let station = Station::over_pty(Kind::Im871a, None, &path).unwrap();
    let mut port = open(&path, 57_600);
    port.write_all(SET_T1).unwrap();
    read(&mut port, 6);
    station.unplug();
    assert_eq!(station.hear(&telegram()), 0);
    assert!(!path.exists());
    station.plug_in();
    let mut port = open(&path, 57_600);
    // It hears nothing while it starts.
    while !is_readable(&port) {
        port.write_all(PING).unwrap();
    }
    assert_eq!(read(&mut port, PONG.len()), PONG);
    assert_eq!(station.hear(&telegram()), 0);
}

#[test]
fn a_receiver_behind_tcp_serves_one_host_after_another() {
    let (station, address) = Station::over_tcp(Kind::Im871a, None, "127.0.0.1:0".parse().unwrap()).unwrap();
    for _ in 0..2 {
        let mut port = TcpStream::connect(address).unwrap();
        port.set_read_timeout(Some(DEADLINE)).unwrap();
        port.write_all(PING).unwrap();
        assert_eq!(read(&mut port, PONG.len()), PONG);
    }
    station.stop().unwrap();
}

#[test]
fn a_split_answer_arrives_whole_in_the_end() {
    let (_station, address) =
        Station::over_tcp(Kind::Im871a, Some(Fault::Split), "127.0.0.1:0".parse().unwrap()).unwrap();
    let mut port = TcpStream::connect(address).unwrap();
    port.set_read_timeout(Some(DEADLINE)).unwrap();
    port.write_all(PING).unwrap();
    assert_eq!(read(&mut port, PONG.len()), PONG);
}
