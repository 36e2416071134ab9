//! Reading vectors and corpora in place.

#![allow(dead_code, unused_imports, reason = "each test file uses its part")]

use std::fs;
use std::path::Path;

use serde_json::Value as Json;
pub(crate) use walkby_properties::{assert_explanation_tiles, assert_parts_tile};
use wmbus::{Frame, FrameFormat, Keys, Telegram};

/// Reads hexadecimal digits.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "odd number of digits: {text}");
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect(text)).collect()
}

/// Reads a file of the shared reference; without it the test passes at a desk and fails in CI.
pub(crate) fn shared(path: &str) -> Option<String> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(path);
    match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{}: {error}", path.display());
            println!("not tested: {} is missing", path.display());
            None
        }
    }
}

/// Reads a file of one JSON object a line, with the line beside each object.
pub(crate) fn json_lines(text: &str) -> Vec<(String, Json)> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| (line.to_owned(), serde_json::from_str(line).expect(line)))
        .collect()
}

/// One case of `vectors.jsonl`.
pub(crate) struct Vector {
    /// The line, to be shown when the case fails.
    pub(crate) line: String,
    input: Json,
    expected: Json,
}

impl Vector {
    /// Returns a text of the input.
    pub(crate) fn input(&self, name: &str) -> &str {
        self.input[name].as_str().unwrap_or_else(|| panic!("no input {name}: {}", self.line))
    }

    /// Returns bytes of the input.
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        hex(self.input(name))
    }

    /// Returns a fixed number of bytes of the input.
    pub(crate) fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.bytes(name).try_into().unwrap_or_else(|_| panic!("{name} is not {N} bytes: {}", self.line))
    }

    /// Returns the input as JSON.
    pub(crate) fn input_json(&self, name: &str) -> &Json {
        &self.input[name]
    }

    /// Returns a text of the expectation.
    pub(crate) fn expected(&self, name: &str) -> &str {
        self.expected[name].as_str().unwrap_or_else(|| panic!("no expected {name}: {}", self.line))
    }

    /// Returns bytes of the expectation.
    pub(crate) fn expected_bytes(&self, name: &str) -> Vec<u8> {
        hex(self.expected(name))
    }

    /// Returns a whole number of the expectation.
    pub(crate) fn expected_number(&self, name: &str) -> i128 {
        let number = &self.expected[name];
        number.to_string().parse().unwrap_or_else(|_| panic!("expected {name} is {number}: {}", self.line))
    }

    /// Returns the expectation as JSON.
    pub(crate) fn expected_json(&self, name: &str) -> &Json {
        &self.expected[name]
    }
}

/// Checks every vector of a topic, of which there must be `count`.
pub(crate) fn check_topic(topic: &str, count: usize, check: impl Fn(&Vector)) {
    let Some(text) = shared("reference/vectors.jsonl") else { return };
    let vectors: Vec<Vector> = json_lines(&text)
        .into_iter()
        .filter(|(_, json)| json["topic"] == topic)
        .map(|(line, json)| Vector { line, input: json["input"].clone(), expected: json["expected"].clone() })
        .collect();
    vectors.iter().for_each(check);
    assert_eq!(vectors.len(), count, "vectors of {topic}");
}

/// Decodes a frame without CRCs.
pub(crate) fn decode(frame: &[u8], keys: &dyn Keys) -> Telegram {
    let frame = Frame::parse(frame, FrameFormat::WithoutCrc).expect("frame");
    Telegram::decode(&frame, keys).expect("telegram")
}

/// Builds a frame without CRCs around everything from the CI field on.
pub(crate) fn frame_around(payload: &[u8]) -> Vec<u8> {
    let mut frame = hex("0044AE0C785634120107");
    frame.extend_from_slice(payload);
    frame[0] = u8::try_from(frame.len() - 1).expect("at most 255 bytes");
    frame
}

/// Adds the CRCs of frame format A.
pub(crate) fn to_format_a(frame: &[u8]) -> Vec<u8> {
    let (first, rest) = frame.split_at(10);
    std::iter::once(first)
        .chain(rest.chunks(16))
        .flat_map(|block| block.iter().copied().chain(wmbus::crc::crc16(block).to_be_bytes()))
        .collect()
}
