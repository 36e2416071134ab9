//! The verbs `listen` and `receivers` of the program.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// EN 13757-4, annex examples of T1 and C1.
const T1: &str = "0F44AE0C785634120107780B13436587";
const C1: &str = "1244AE0C7856341201078C2027780B13436587";

fn wmbus(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wmbus"));
    let output = command.args(arguments).env_remove("WMBUS_KEY").output().unwrap();
    assert!(output.status.code().is_some(), "{output:?}");
    output
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8(output.stdout.clone()).unwrap().lines().map(str::to_owned).collect()
}

fn recording(folder: &Path) -> String {
    let path = folder.join("air.txt");
    let text = format!(
        "T1;1;1;2024-05-01 12:00:00.00Z;-71;;;0x{T1}\nC1;0;1;;-80;;;0x{C1}\nC1;1;1;2024-05-01 12:00:01.00Z;-80;;;0x{C1}\n"
    );
    std::fs::write(&path, text).unwrap();
    format!("file:{}", path.display())
}

#[test]
fn a_pipe_gets_a_line_for_each_telegram_with_what_is_known_about_its_reception() {
    let folder = tempfile::tempdir().unwrap();
    let source = recording(folder.path());
    let output = wmbus(&["listen", &source]);
    assert!(output.status.success(), "{output:?}");
    let answers: Vec<Value> = lines(&output).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0]["id"], 1);
    assert_eq!(answers[0]["meter"]["identification_number"], "12345678");
    let reception = &answers[0]["reception"];
    assert_eq!(reception["mode"], "T1");
    assert_eq!(reception["rssi_dbm"], -71);
    assert_eq!(reception["at"], "2024-05-01T12:00:00Z");
    assert_eq!(reception["receiver"], source.as_str());
    assert_eq!(answers[1]["reception"]["mode"], "C1");
}

#[test]
fn what_was_recorded_is_heard_again_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let source = recording(folder.path());
    let record = folder.path().join("walk.jsonl");
    let again = folder.path().join("again.jsonl");
    let path = |path: &Path| path.display().to_string();
    let first = wmbus(&["listen", &source, "--format", "frames", "--record", &path(&record)]);
    let second = wmbus(&[
        "listen",
        &format!("file:{}", path(&record)),
        "--format",
        "frames",
        "--record",
        &path(&again),
    ]);
    assert_eq!(lines(&first).len(), 2);
    assert_eq!(lines(&first), lines(&second));
    let written = std::fs::read_to_string(&record).unwrap();
    assert_eq!(written, std::fs::read_to_string(&again).unwrap());
    assert_eq!(written.lines().collect::<Vec<_>>(), lines(&first));
}

#[test]
fn listening_ends_after_as_many_telegrams_as_were_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let source = recording(folder.path());
    let output = wmbus(&["listen", &source, "--telegrams", "1", "--format", "wmbusmeters"]);
    assert_eq!(lines(&output).len(), 1);
}

#[test]
fn a_receiver_that_nobody_knows_is_refused_with_examples() {
    let output = wmbus(&["listen", "radio"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("im871a:/dev/ttyUSB0"));
}

#[test]
fn a_place_without_a_receiver_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let port = folder.path().join("ttyUSB7").display().to_string();
    let output = wmbus(&["receivers", &port, "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_str(&lines(&output)[0]).unwrap();
    assert_eq!(answer["receiver"], format!("auto:{port}"));
    assert_eq!(answer["found"], false);
    assert!(answer["error"].as_str().unwrap().contains("ttyUSB7"));
}

/// A folder with programs that do what they are told here.
#[cfg(unix)]
fn programs(folder: &Path, programs: &[(&str, &str)]) {
    use std::os::unix::fs::PermissionsExt as _;
    for (name, script) in programs {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
#[cfg(unix)]
fn rtl_wmbus_gets_the_samples_of_rtl_sdr_and_its_lines_are_heard() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("T1;1;1;2024-05-01 12:00:00.000;97;148;12345678;0x{T1}");
    programs(
        folder.path(),
        &[
            ("rtl_sdr", r#"echo "$@"; sleep 60"#),
            // It answers only to what the other one was asked for.
            (
                "rtl_wmbus",
                &format!(
                    r#"read -r asked; [ "$asked" = "-f 868950000 -s 1600000 -" ] && echo "{line}"; cat"#
                ),
            ),
        ],
    );
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_wmbus"));
    command.args(["listen", "rtlwmbus", "--telegrams", "1", "--format", "frames"]).env("PATH", path);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(lines(&output)[0].contains(T1), "{output:?}");
}

#[test]
#[cfg(unix)]
fn a_program_that_is_not_installed_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wmbus"));
    command.args(["receivers", "rtl433", "--format", "json"]).env("PATH", folder.path());
    let output = command.output().unwrap();
    let answer: Value = serde_json::from_str(&lines(&output)[0]).unwrap();
    assert_eq!(
        answer["error"],
        "the program rtl_433 is not installed; install it, or choose another receiver"
    );
}

#[test]
#[cfg(unix)]
fn a_program_that_ends_is_told_and_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("T1;1;1;2024-05-01 12:00:00.000;97;148;12345678;0x{T1}");
    programs(folder.path(), &[("rtl_433", &format!(r#"echo "{line}""#))]);
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_wmbus"));
    command.args(["listen", "rtl433", "--telegrams", "3", "--format", "frames"]).env("PATH", path);
    let output = command.output().unwrap();
    assert_eq!(lines(&output).len(), 3, "{output:?}");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("rtl433: the program rtl_433 ended"),
        "{output:?}"
    );
}
