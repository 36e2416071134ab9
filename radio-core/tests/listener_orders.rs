//! What a listener is told to do: other link modes, fewer receivers.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use radio_core::io::{Listener, Notice, ReceiverId, What};
use radio_core::receiver::{Event, LinkModes};

/// Long enough for any machine; an event that comes is taken at once.
const DEADLINE: Duration = Duration::from_secs(30);

const GREETING: [u8; 12] = [b'R', b'T', b'L', b'0', 0, 0, 0, 5, 0, 0, 0, 29];

/// Begins to listen to an `rtl_tcp` that only greets.
fn greeted(listener: &mut Listener, modes: &str) -> (ReceiverId, TcpStream) {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("rtl_tcp:{}{modes}", server.local_addr().unwrap());
    let receiver = listener.add(address.parse().unwrap()).unwrap();
    let (mut connection, _) = server.accept().unwrap();
    connection.write_all(&GREETING).unwrap();
    (receiver, connection)
}

fn next_modes(notices: &Receiver<Notice>, of: ReceiverId) -> LinkModes {
    loop {
        let notice = notices.recv_timeout(DEADLINE).unwrap();
        if let (What::Event(Event::Listening(modes)), true) = (notice.what, notice.receiver == of) {
            return modes;
        }
    }
}

#[test]
fn other_link_modes_reach_the_receivers_that_have_none_of_their_own() {
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    let (common, _common) = greeted(&mut listener, "");
    let (own, _own) = greeted(&mut listener, ":s");
    assert_eq!(next_modes(&notices, common), LinkModes::C_AND_T);
    listener.set_link_modes(LinkModes::ALL);
    assert_eq!(next_modes(&notices, common), LinkModes::ALL);
    let (late, _late) = greeted(&mut listener, "");
    assert_eq!(next_modes(&notices, late), LinkModes::ALL);
    listener.remove(own);
    let names: Vec<_> = listener.receivers().map(|(id, _)| id).collect();
    assert_eq!(names, [common, late]);
    listener.stop();
}

#[test]
fn a_receiver_that_is_removed_has_closed_its_port() {
    let (mut listener, _notices) = Listener::new(LinkModes::C_AND_T);
    let (receiver, mut connection) = greeted(&mut listener, "");
    // A command says that the greeting was taken.
    let mut command = [0; 5];
    connection.set_read_timeout(Some(DEADLINE)).unwrap();
    connection.read_exact(&mut command).unwrap();
    listener.remove(receiver);
    let mut commands = Vec::new();
    connection.read_to_end(&mut commands).unwrap();
    assert_eq!(commands.len() % 5, 0, "{commands:?}");
}

#[test]
fn a_listener_that_is_dropped_ends_its_channel() {
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    let (_, mut connection) = greeted(&mut listener, "");
    connection.write_all(&[127; 1_000]).unwrap();
    drop(listener);
    while notices.recv_timeout(DEADLINE).is_ok() {}
    assert!(notices.recv().is_err());
}

#[test]
fn what_nobody_takes_waits_and_nothing_of_it_is_lost() {
    const LINES: usize = 5_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.txt");
    let lines: String = (0..LINES).map(|number| format!("0F44AE0C785634120107780B{number:08X}\n")).collect();
    std::fs::write(&path, lines).unwrap();
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    listener.add(format!("file:{}", path.display()).parse().unwrap()).unwrap();
    let mut frames = 0;
    loop {
        match notices.recv_timeout(DEADLINE).unwrap().what {
            What::Event(Event::Frame(frame)) => {
                assert!(frame.frame.bytes().ends_with(&u32::try_from(frames).unwrap().to_be_bytes()));
                frames += 1;
            }
            What::Ended => break,
            _ => {}
        }
    }
    assert_eq!(frames, LINES);
}
