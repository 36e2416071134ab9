//! The telegrams that lie beside the meter profiles.

use std::fs;
use std::path::Path;

use serde_json::Value;
use wmbus::{Frame, FrameFormat};

pub(super) fn telegrams() -> Vec<Frame> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|it| it == "jsonl")).collect();
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    texts.flat_map(|text| text.lines().map(telegram).collect::<Vec<_>>()).collect()
}

fn telegram(line: &str) -> Frame {
    let entry: Value = serde_json::from_str(line).unwrap();
    let bytes = super::own_layouts::bytes(entry["hex"].as_str().unwrap());
    Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap()
}
