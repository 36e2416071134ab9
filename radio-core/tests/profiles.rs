//! Meter profiles on the command line: own ones from a folder, and the format of wmbusmeters.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

/// EN 13757-4: a water meter of CEN with 876.543 m³.
const TELEGRAM: &str = "0F44AE0C785634120107780B13436587";

const PROFILE: &str = r#"
title = "The standard's example"
driver = "example"
meters = [{ manufacturer = "CEN", versions = [0x01], types = [0x07] }]
fields = [{ name = "reading", key = "reading_l", quantity = "volume" }]
"#;

fn wmbus(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wmbus")).args(arguments).env_remove("WMBUS_KEY").output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_profile_of_a_folder_names_the_values() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("example.toml"), PROFILE).unwrap();
    fs::write(folder.path().join("notes.txt"), "no profile").unwrap();
    let path = folder.path().to_str().unwrap();
    let answer = json(&wmbus(&["decode", "--format", "json", "--profiles", path, TELEGRAM]));
    assert_eq!(answer["profile"], "example");
    assert_eq!(answer["fields"]["reading"]["value"].to_string(), "876.543");
    let text = wmbus(&["decode", "--profiles", path, TELEGRAM]).stdout;
    assert!(String::from_utf8(text).unwrap().contains("reading                  876.543 m³"));
    let flat = json(&wmbus(&["decode", "--format", "wmbusmeters", "--profiles", path, TELEGRAM]));
    assert_eq!(flat["reading_l"].to_string(), "876543", "in the unit of the key");
    assert_eq!(flat["meter"], "example");
    for (key, value) in [("_", "telegram"), ("id", "12345678"), ("media", "water"), ("name", "12345678")] {
        assert_eq!(flat[key], value, "{key}");
    }
    assert!(flat["timestamp"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn a_wrong_profile_is_told_and_the_others_are_used() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("example.toml"), PROFILE).unwrap();
    fs::write(folder.path().join("wrong.toml"), PROFILE.replace("\"volume\"", "\"volumes\"")).unwrap();
    let path = folder.path().to_str().unwrap();
    let output = wmbus(&["profiles", "--profiles", path]);
    assert_eq!(output.status.code(), Some(1));
    let (listed, told) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(listed.contains("kamstrup_water") && listed.contains("The standard's example"), "{listed}");
    assert!(told.contains("wrong.toml: \"volumes\" is no quantity"), "{told}");
    let answer = json(&wmbus(&["decode", "--format", "json", "--profiles", path, TELEGRAM]));
    assert_eq!(answer["profile"], "example");
    assert_eq!(wmbus(&["profiles"]).status.code(), Some(0));
    assert_eq!(wmbus(&["profiles", "--profiles", "/nowhere"]).status.code(), Some(1));
}

#[test]
fn a_telegram_without_values_is_no_line_for_wmbusmeters() {
    let output = wmbus(&["decode", "--format", "wmbusmeters", "0E44AE0C7856341201078A2A000000"]);
    assert!(output.status.success());
    assert!(output.stdout.is_empty());
}
