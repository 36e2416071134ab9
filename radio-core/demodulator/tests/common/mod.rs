//! The shared recordings, read in place.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

use demodulator::Complex32;
use serde_json::Value as Json;

/// Returns where a file of the shared folder lies; without it the test passes at a desk and fails in CI.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(path);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", path.display());
    println!("not tested: {} is missing", path.display());
    None
}

/// Reads a recording of unsigned bytes, full scale being 1.
pub(crate) fn cu8(path: &Path) -> Vec<Complex32> {
    let level = |byte: u8| (f32::from(byte) - 127.5) / 127.5;
    let bytes = fs::read(path).unwrap();
    bytes.chunks_exact(2).map(|pair| Complex32::new(level(pair[0]), level(pair[1]))).collect()
}

/// Reads what was sent in a recording, one transmission a line.
pub(crate) fn truth(recording: &Path) -> Vec<Json> {
    let text = fs::read_to_string(recording.with_extension("jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Reads hexadecimal digits.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
