//! Receivers on the network: whatever connects, breaks off and comes back.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write as _;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use jiff::Timestamp;
use radio_core::io::{Listener, Notice, What};
use radio_core::receiver::{Event, LinkModes, Reject, State};
use radio_core::{LinkMode, ReceivedFrame};

/// Long enough for any machine; an event that comes is taken at once.
const DEADLINE: Duration = Duration::from_secs(30);

/// EN 13757-4, annex example of T1.
const T1: &str = "0F44AE0C785634120107780B13436587";

fn next_event(notices: &Receiver<Notice>) -> Event {
    loop {
        match notices.recv_timeout(DEADLINE).unwrap().what {
            What::Event(event) => return event,
            What::Failed(_) => {}
            what => panic!("{what:?}"),
        }
    }
}

fn next_frame(notices: &Receiver<Notice>) -> ReceivedFrame {
    loop {
        if let Event::Frame(frame) = next_event(notices) {
            return *frame;
        }
    }
}

fn wait_for(notices: &Receiver<Notice>, state: State) {
    while next_event(notices) != Event::State(state) {}
}

#[test]
fn lines_of_a_gateway_become_frames_and_a_bad_line_costs_only_itself() {
    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", gateway.local_addr().unwrap());
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    listener.add(address.parse().unwrap()).unwrap();

    let (mut connection, _) = gateway.accept().unwrap();
    let now = Timestamp::now();
    write!(connection, "{T1}\r\nT1;0;1;;-71;;;0x{T1}\nT1;1;1;{now};-71;;;0x{T1}\n").unwrap();
    writeln!(connection, "T1;1;1;1970-01-01 00:02:00.00Z;-71;;;0x{T1}").unwrap();

    let first = next_frame(&notices);
    assert_eq!((first.rssi_dbm, first.receiver.as_deref()), (None, Some(address.as_str())));
    assert_eq!(next_event(&notices), Event::Rejected(Reject::Crc));
    let second = next_frame(&notices);
    assert_eq!((second.rssi_dbm, second.link_mode), (Some(-71), Some(LinkMode::T1)));
    assert_eq!(first.frame, second.frame);
    assert_eq!(second.received_at, Some(now));
    let of_a_bridge_without_a_clock = next_frame(&notices).received_at;
    assert!(of_a_bridge_without_a_clock.is_some_and(|at| at >= now));
    assert!(first.received_at.is_some_and(|at| at >= now));
    listener.stop();
}

#[test]
fn a_gateway_that_goes_away_is_lost_and_comes_back_by_itself() {
    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    listener.add(format!("tcp:{}", gateway.local_addr().unwrap()).parse().unwrap()).unwrap();

    for _ in 0..2 {
        let (mut connection, _) = gateway.accept().unwrap();
        writeln!(connection, "{T1}").unwrap();
        wait_for(&notices, State::Receiving);
        drop(connection);
        wait_for(&notices, State::Lost);
    }
    listener.stop();
}

#[test]
fn the_last_line_of_a_connection_needs_no_end() {
    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    listener.add(format!("tcp:{}", gateway.local_addr().unwrap()).parse().unwrap()).unwrap();
    let (mut connection, _) = gateway.accept().unwrap();
    write!(connection, "{T1}").unwrap();
    drop(connection);
    assert_eq!(next_frame(&notices).frame.bytes().len(), 16);
    listener.stop();
}

/// Returns an address of this machine that nobody uses.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn a_bridge_may_send_a_datagram_for_each_telegram_as_text_or_as_bytes() {
    let address = free_address();
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    listener.add(format!("udp:{address}").parse().unwrap()).unwrap();
    let bridge = UdpSocket::bind("127.0.0.1:0").unwrap();
    let digits = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let frame: Vec<u8> = T1.as_bytes().chunks(2).map(digits).collect();
    let esphome = format!("C1;1;1;2024-05-01 12:00:00.00Z;-71;;;0x{}\n", T1.to_lowercase());
    for message in [T1.to_lowercase().as_bytes(), frame.as_slice(), esphome.as_bytes()] {
        let received = loop {
            // Until the port is open datagrams are lost, as on any network.
            bridge.send_to(message, &address).unwrap();
            let notice = notices.recv_timeout(Duration::from_millis(100));
            if let Ok(Notice { what: What::Event(Event::Frame(frame)), .. }) = notice {
                break frame;
            }
        };
        assert_eq!(received.frame.bytes(), frame);
        while notices.recv_timeout(Duration::from_millis(100)).is_ok() {}
    }
    listener.stop();
}

#[test]
fn bridges_that_connect_at_the_same_time_do_not_mix_their_lines() {
    let address = free_address();
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    listener.add(format!("tcp-server:{address}").parse().unwrap()).unwrap();
    let connect = || loop {
        match TcpStream::connect(&address) {
            Ok(connection) => break connection,
            Err(_) => std::thread::yield_now(),
        }
    };
    let (head, tail) = T1.split_at(10);
    let (mut one, mut other) = (connect(), connect());
    write!(one, "{head}").unwrap();
    write!(other, "{T1}\n{head}").unwrap();
    assert_eq!(next_frame(&notices).frame.bytes().len(), 16);
    writeln!(other, "{tail}").unwrap();
    assert_eq!(next_frame(&notices).frame.bytes().len(), 16);
    write!(one, "{tail}").unwrap();
    drop(one);
    assert_eq!(next_frame(&notices).frame.bytes().len(), 16);
    listener.stop();
}

#[test]
fn a_recording_ends_and_what_it_dates_keeps_its_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("walk.jsonl");
    std::fs::write(&path, format!("{{\"at\":\"2026-01-05T09:00:01Z\",\"hex\":\"{T1}\"}}\n{T1}")).unwrap();
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    let address = format!("file:{}", path.display());
    let receiver = listener.add(address.parse().unwrap()).unwrap();
    assert_eq!(next_frame(&notices).received_at, Some("2026-01-05T09:00:01Z".parse().unwrap()));
    assert_eq!(next_frame(&notices).received_at, None);
    let last = notices.recv_timeout(DEADLINE).unwrap();
    assert!(matches!(last.what, What::Ended) && last.receiver == receiver);
}

#[test]
fn a_port_that_is_not_there_is_named() {
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("ttyUSB7");
    listener.add(format!("im871a:{}", missing.display()).parse().unwrap()).unwrap();
    loop {
        match notices.recv_timeout(DEADLINE).unwrap().what {
            What::Failed(error) => {
                assert!(error.to_string().contains("ttyUSB7"), "{error}");
                break;
            }
            What::Event(event) => assert_eq!(event, Event::State(State::Lost)),
            what => panic!("{what:?}"),
        }
    }
    listener.stop();
}
