//! The program `wmbus` at an emulated receiver.
#![cfg(all(unix, feature = "program"))]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use radio_core::LinkMode;
use radio_core::replay::Replay;
use serde_json::Value;
use walkby_emulators::Kind;
use walkby_emulators::serve::Station;

use crate::telegrams::{send_until_heard, short_telegrams};

#[test]
fn wmbus_listen_prints_and_records_what_a_stick_hears() {
    let folder = tempfile::tempdir().unwrap();
    let (path, record) = (folder.path().join("stick"), folder.path().join("walk.jsonl"));
    let station = Station::over_pty(Kind::Im871a, None, &path).unwrap();
    let sent = short_telegrams(LinkMode::T1, 20);
    let mut child = Command::new(env!("CARGO_BIN_EXE_wmbus"))
        .args(["listen", "--modes", "t", "--telegrams", "20", "--format", "json", "--record"])
        .arg(&record)
        .arg(format!("im871a:{}", path.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    send_until_heard(&station, &sent[0]);
    for telegram in &sent[1..] {
        assert_eq!(station.hear(telegram), 1);
    }
    let lines: Vec<Value> = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    assert!(child.wait().unwrap().success());
    assert_eq!(lines.len(), 20);

    let recording = std::fs::read(&record).unwrap();
    let heard: Vec<_> = Replay::new(recording.as_slice()).map(Result::unwrap).collect();
    let bytes: Vec<_> = heard.iter().map(|frame| frame.frame.bytes()).collect();
    assert_eq!(bytes, sent.iter().map(|telegram| telegram.bytes.as_slice()).collect::<Vec<_>>());
    assert!(heard.iter().zip(&sent).all(|(frame, telegram)| frame.rssi_dbm == Some(telegram.rssi_dbm)));
}

#[test]
fn wmbus_receivers_finds_out_what_a_stick_is_and_says_its_exact_name() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, name, model) in [
        (Kind::Im871a, "im871a", "iM871A"),
        (Kind::Amb8465, "amb8465", "AMB8465"),
        (Kind::NanoCul, "cul", "nanoCUL"),
    ] {
        let path = folder.path().join(kind.as_str());
        let _station = Station::over_pty(kind, None, &path).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_wmbus"))
            .args(["receivers", "--format", "json"])
            .arg(&path)
            .output()
            .unwrap();
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["receiver"], format!("{name}:{}", path.display()), "{found}");
        assert!(found["model"].as_str().unwrap().contains(model), "{found}");
        assert!(output.status.success());
    }
}
