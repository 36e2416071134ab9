//! What `wmbus modulate` writes, `wmbus demod` reads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::path::Path;

use common::wmbus;
use serde_json::Value as Json;

const TELEGRAM: &str = "0f44304c1122334401077a0102030405";
const OTHER: &str = "1444ae0c7856341201078c2027780b134365870102";

fn modulate(arguments: &[&str], input: &str) -> Vec<u8> {
    let output = wmbus(&[&["modulate"], arguments].concat(), input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn demodulated(file: &Path, arguments: &[&str]) -> Vec<Json> {
    let output = wmbus(&[&["demod"], arguments, &[file.to_str().unwrap()]].concat(), "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_mode_and_format_comes_back_as_it_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    for (mode, frame, heard_as, name) in [
        ("T1", "A", "T1", "t_868.95M_1600k.cu8"),
        ("T2", "A", "T1", "t2_868.95M_1M.cs16"),
        ("C1", "A", "C1", "ca_868.95M_2M4.cs8"),
        ("C1", "B", "C1", "cb_868.625M_2M4.cf32"),
        ("S1", "A", "S1", "s_868.625M_1600k.cu8"),
        ("S1-m", "A", "S1", "sm_868.3M_1600k.cu8"),
    ] {
        let file = folder.path().join(name);
        let arguments =
            ["--mode", mode, "--frame", frame, "--snr", "18", "-o", file.to_str().unwrap(), TELEGRAM, OTHER];
        assert!(modulate(&arguments, "").is_empty());
        let heard = demodulated(&file, &[]);
        let hex: Vec<_> = heard.iter().map(|line| line["hex"].as_str().unwrap()).collect();
        assert_eq!(hex, [TELEGRAM, OTHER], "{mode} {frame}");
        assert_eq!(heard[0]["mode"], heard_as);
        assert_eq!(heard[0]["frame"], frame);
        let begin_s = heard[0]["t"].as_f64().unwrap();
        // The preamble of S1 is 528 chips longer than the shortest that its reader looks for.
        let expected_s = if mode == "S1" { 0.005 + 528.0 / 32_768.0 } else { 0.005 };
        assert!((begin_s - expected_s).abs() < 3e-5, "{mode}: {begin_s}");
    }
}

#[test]
fn what_a_meter_is_off_is_what_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture.cu8");
    let arguments = [
        "--offset",
        "-23000",
        "--clock-error",
        "-31000",
        "--deviation",
        "61000",
        "--bt",
        "0.7",
        "--snr",
        "25",
    ];
    let output = ["--preamble", "60", "-o", file.to_str().unwrap(), TELEGRAM];
    modulate(&[&arguments[..], &output].concat(), "");
    let heard = demodulated(&file, &["--rate", "1600000"]);
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0]["hex"], TELEGRAM);
    let offset_hz = heard[0]["frequency_offset_hz"].as_f64().unwrap();
    assert!((offset_hz + 23_000.0).abs() < 500.0, "{offset_hz}");
    let error_ppm = heard[0]["chip_rate_error_ppm"].as_f64().unwrap();
    assert!((error_ppm + 31_000.0).abs() < 1_000.0, "{error_ppm}");
    // 41 pairs more than the shortest preamble, at the slower rate.
    let begin_s = heard[0]["t"].as_f64().unwrap();
    assert!((begin_s - 0.005 - 82.0 / 96_900.0).abs() < 3e-5, "{begin_s}");
}

#[test]
fn the_same_seed_writes_the_same_samples_and_lines_are_telegrams() {
    let made = |seed: &str| modulate(&["--snr", "10", "--seed", seed], &format!("{TELEGRAM}\n\n{OTHER}\n"));
    assert_eq!(made("1"), made("1"));
    assert_ne!(made("1"), made("2"));
    let arguments = modulate(&["--snr", "10", "--seed", "1", TELEGRAM, OTHER], "");
    assert_eq!(made("1"), arguments);
}

#[test]
fn what_cannot_be_sent_is_refused_with_what_could_be() {
    for (arguments, expected) in [
        (&["--frame", "B", TELEGRAM][..], "use S, T or C with format A, or C with format B"),
        (&["--mode", "N1", TELEGRAM], "S1, S1-m, S2, T1, T2, C1 and C2"),
        (&["--center", "868300000", "--rate", "800000", TELEGRAM], "--center 868950000"),
        (&["--rate", "1000", TELEGRAM], "200000"),
        (&["0f44"], "a frame has at least 10"),
        (&["--snr", "inf", TELEGRAM], "such as -12.5"),
        (&["--frame", "C", TELEGRAM], "frame formats are A and B"),
    ] {
        let output = wmbus(&[&["modulate"], arguments].concat(), "");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}
