//! Receivers on the network: whatever connects, breaks off and comes back.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::mpsc::Receiver;
use std::time::Duration;

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
    write!(connection, "{T1}\r\nT1;0;1;;-71;;;0x{T1}\nT1;1;1;2024-05-01 12:00:00.00Z;-71;;;0x{T1}\n")
        .unwrap();

    let first = next_frame(&notices);
    assert_eq!((first.rssi_dbm, first.receiver.as_deref()), (None, Some(address.as_str())));
    assert_eq!(next_event(&notices), Event::Rejected(Reject::Crc));
    let second = next_frame(&notices);
    assert_eq!((second.rssi_dbm, second.link_mode), (Some(-71), Some(LinkMode::T1)));
    assert_eq!(first.frame, second.frame);
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
