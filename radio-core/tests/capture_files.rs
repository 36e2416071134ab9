//! Captures as SDR programs write them, read by `wmbus demod`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use proptest::prelude::*;
use serde_json::Value as Json;
use walkby_properties::{capture_file, samples};

const TELEGRAM: &str = "0f44304c1122334401077a0102030405";

fn wmbus(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wmbus")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// Samples of one telegram at 1.6 MS/s around 868.95 MHz.
fn modulated(format: &str) -> Vec<u8> {
    let output = wmbus(&[
        "modulate",
        "--mode",
        "T1",
        "--snr",
        "20",
        "--rate",
        "1600000",
        "--center",
        "868950000",
        "--format",
        format,
        TELEGRAM,
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn lines(output: &Output) -> Vec<Json> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Demodulates a file of which nothing is said, and returns the telegrams.
fn heard(file: &Path) -> Vec<String> {
    let found = lines(&wmbus(&["demod", file.to_str().unwrap()]));
    found.iter().map(|line| line["hex"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_wav_file_needs_no_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("SDRSharp_20260101_120000Z_868950000Hz_IQ.wav");
    let data = modulated("cs16");
    let mut content = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0".to_vec();
    content.extend_from_slice(&1_600_000_u32.to_le_bytes());
    content.extend_from_slice(b"\0\0\0\0\x04\0\x10\0data");
    content.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
    content.extend_from_slice(&data);
    std::fs::write(&file, content).unwrap();
    assert_eq!(heard(&file), [TELEGRAM]);
}

#[test]
fn a_sigmf_capture_needs_no_words_and_is_found_by_either_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("walk.sigmf-data"), modulated("cf32")).unwrap();
    let meta = r#"{"global":{"core:datatype":"cf32_le","core:sample_rate":1600000,"core:version":"1.2.0"},
        "captures":[{"core:sample_start":0,"core:frequency":868950000}],"annotations":[]}"#;
    std::fs::write(folder.path().join("walk.sigmf-meta"), meta).unwrap();
    assert_eq!(heard(&folder.path().join("walk.sigmf-meta")), [TELEGRAM]);
    assert_eq!(heard(&folder.path().join("walk.sigmf-data")), [TELEGRAM]);
}

#[test]
fn a_frame_is_told_while_the_pipe_is_still_open() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wmbus"))
        .args(["demod", "--rate", "1600000", "--center", "868950000", "--stats", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&modulated("cu8")).unwrap();
    // Silence after it, long enough for whatever waits for more samples.
    pipe.write_all(&vec![127; 400_000]).unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let line: Json = serde_json::from_str(&output.next().unwrap().unwrap()).unwrap();
    assert_eq!(line["hex"], TELEGRAM);
    drop(pipe);
    let last: Json = serde_json::from_str(&output.next().unwrap().unwrap()).unwrap();
    assert_eq!(last["stats"]["frames"], 1);
    let counted = &last["stats"];
    let rejected: u64 =
        counted["rejects"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(counted["syncs"].as_u64().unwrap(), 1 + rejected, "{last}");
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_mode_outside_the_capture_is_left_out_and_a_capture_that_holds_none_is_refused_with_one_that_would() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("walk_868.95M_1M.cu8");
    std::fs::write(&file, [127; 64]).unwrap();
    let demod = |modes| wmbus(&["demod", "--modes", modes, file.to_str().unwrap()]);
    let output = demod("t,s");
    assert!(output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("mode S1 lies outside the capture"), "{message}");
    let output = demod("s");
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("868300000 Hz") && message.contains("800000 samples"), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_samples_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..20_000)) {
        samples(&bytes);
    }

    #[test]
    fn any_bytes_after_the_beginning_of_a_wav_file_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        whole in any::<bool>(),
    ) {
        let start: &[u8] = if whole { b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0" } else { b"RIFF\0\0\0\0WAVE" };
        capture_file(&[start, &bytes].concat());
        capture_file(&bytes);
    }
}
