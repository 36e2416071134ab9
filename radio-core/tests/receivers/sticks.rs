//! Sticks at real pseudo-terminals and behind real sockets.
#![cfg(unix)]

use std::path::{Path, PathBuf};

use radio_core::LinkMode;
use radio_core::io::ReceiverId;
use radio_core::receiver::{Event, State};
use tempfile::TempDir;
use walkby_emulators::serve::Station;
use walkby_emulators::{Fault, Kind};

use crate::ears::Ears;
use crate::hearing::PAIRS;
use crate::telegrams::short_telegrams;

/// An emulated stick that is listened to.
struct Stick {
    kind: Kind,
    station: Station,
    id: ReceiverId,
}

fn link(folder: &TempDir, kind: Kind) -> PathBuf {
    folder.path().join(kind.as_str())
}

/// Serves each stick over a pseudo-terminal and listens to all of them at once.
fn plug_in_all(folder: &TempDir, ears: &mut Ears, fault: Option<Fault>) -> Vec<Stick> {
    let plug_in = |(kind, emulated, _): (radio_core::receiver::Kind, Kind, _)| {
        let path = link(folder, emulated);
        let station = Station::over_pty(emulated, fault, &path).unwrap();
        let id = ears.add(&format!("{kind}:{}", path.display()));
        Stick { kind: emulated, station, id }
    };
    PAIRS.into_iter().map(plug_in).collect()
}

fn is_listening(event: &Event) -> bool {
    matches!(event, Event::Listening(modes) if !modes.is_empty())
}

/// Lets a stick hear ten telegrams and checks that they come out next, byte for byte.
fn check_hearing(ears: &mut Ears, stick: &Stick) {
    let before = ears.frames(stick.id).len();
    let sent = short_telegrams(LinkMode::T1, 10);
    for telegram in &sent {
        assert_eq!(stick.station.hear(telegram), 1, "{}", stick.kind);
    }
    ears.wait_until("frames", |ears| ears.frames(stick.id).len() >= before + sent.len());
    let bytes: Vec<_> = sent.into_iter().map(|telegram| telegram.bytes).collect();
    assert_eq!(ears.heard(stick.id)[before..], bytes, "{}", stick.kind);
}

#[test]
fn sticks_at_serial_ports_are_heard_unplugged_and_heard_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut ears = Ears::new("t");
    let sticks = plug_in_all(&folder, &mut ears, None);
    for stick in &sticks {
        ears.wait_for(stick.id, "listening", 1, is_listening);
        check_hearing(&mut ears, stick);
        stick.station.unplug();
    }
    for stick in &sticks {
        ears.wait_for(stick.id, "lost", 1, |event| *event == Event::State(State::Lost));
        assert!(!Path::exists(&link(&folder, stick.kind)));
        stick.station.plug_in();
    }
    for stick in &sticks {
        ears.wait_for(stick.id, "listening again", 2, is_listening);
        check_hearing(&mut ears, stick);
    }
}

#[test]
fn sticks_whose_messages_come_in_pieces_are_heard() {
    let folder = tempfile::tempdir().unwrap();
    let mut ears = Ears::new("t");
    let sticks = plug_in_all(&folder, &mut ears, Some(Fault::Split));
    for stick in &sticks {
        ears.wait_for(stick.id, "listening", 1, is_listening);
        check_hearing(&mut ears, stick);
    }
}

#[test]
fn sticks_behind_tcp_are_heard() {
    let mut ears = Ears::new("t");
    for (kind, emulated, _) in PAIRS {
        let (station, address) = Station::over_tcp(emulated, None, "127.0.0.1:0".parse().unwrap()).unwrap();
        let id = ears.add(&format!("{kind}:tcp:{address}"));
        ears.wait_for(id, "listening", 1, is_listening);
        check_hearing(&mut ears, &Stick { kind: emulated, station, id });
    }
}

#[test]
fn a_stick_of_unknown_kind_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut ears = Ears::new("t");
    let mut sticks = Vec::new();
    for (_, emulated, _) in PAIRS {
        let path = link(&folder, emulated);
        let station = Station::over_pty(emulated, None, &path).unwrap();
        sticks.push(Stick { kind: emulated, station, id: ears.add(&path.display().to_string()) });
    }
    for stick in &sticks {
        ears.wait_for(stick.id, stick.kind.as_str(), 1, is_listening);
        let model = |event: &Event| match event {
            Event::Identified(identity) => Some(identity.model.to_lowercase()),
            _ => None,
        };
        let model = ears.events(stick.id).find_map(model).unwrap();
        let name = stick.kind.as_str().trim_end_matches("-fw13");
        assert!(model.contains(name), "{model} is {name}");
        check_hearing(&mut ears, stick);
    }
}

#[test]
fn a_stick_that_is_unplugged_again_and_again_is_heard_in_between() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stick");
    let station = Station::over_pty(Kind::Im871a, Some(Fault::Unplug), &path).unwrap();
    let mut ears = Ears::new("t");
    let id = ears.add(&format!("im871a:{}", path.display()));
    let sent = short_telegrams(LinkMode::T1, 5);
    for round in 1..=3 {
        ears.wait_for(id, "listening", round, is_listening);
        for telegram in &sent[..4] {
            assert_eq!(station.hear(telegram), 1, "round {round}");
        }
        ears.wait_until("four frames", |ears| ears.frames(id).len() >= 4 * round);
        // The fifth one makes it disappear, and may be lost with it; it is sent to nobody but the stick.
        station.hear(&sent[4]);
        ears.wait_for(id, "lost", round, |event| *event == Event::State(State::Lost));
        let bytes = sent[4].bytes.clone();
        assert!(ears.heard(id).into_iter().filter(|heard| *heard != bytes).count() == 4 * round);
    }
}
