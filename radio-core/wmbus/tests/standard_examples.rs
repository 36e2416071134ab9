//! The standards' published telegrams, from the bytes on the air to the values.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{assert_explanation_tiles, hex, json_lines};
use wmbus::{Addresses, AesKey, Frame, FrameFormat, KeyRing, Keys, Telegram};

const EXAMPLES: &str = include_str!("fixtures/standard_examples.jsonl");

fn examples() -> Vec<(String, serde_json::Value)> {
    let mut examples = json_lines(EXAMPLES);
    examples.iter_mut().for_each(|(line, _)| line.truncate(100));
    examples
}

#[test]
fn each_example_decodes_to_the_published_values() {
    let examples = examples();
    assert_eq!(examples.len(), 12);
    for (line, example) in examples {
        let text = |name: &str| example[name].as_str().unwrap_or_else(|| panic!("no {name}: {line}"));
        let (frame, format) = Frame::detect(&hex(text("frame"))).expect(&line);
        let format = match format {
            FrameFormat::A => "A",
            FrameFormat::B => "B",
            FrameFormat::WithoutCrc => "none",
            FrameFormat::Wired => "wired",
            other => panic!("format {other:?}: {line}"),
        };
        assert_eq!(format, text("format"), "{line}");
        let addresses = Addresses::read(&frame).expect(&line);
        assert_eq!(addresses.link.to_string(), text("link"), "{line}");
        assert_eq!(addresses.meter.to_string(), text("meter"), "{line}");

        let key: Option<AesKey> = example["key"].as_str().map(|key| key.parse().expect(&line));
        let none = KeyRing::default();
        let keys: &dyn Keys = key.as_ref().map_or(&none, |key| key);
        let telegram = Telegram::decode(&frame, keys).expect(&line);
        assert_eq!(telegram.link_address(), addresses.link, "{line}");
        assert_eq!(telegram.meter(), addresses.meter, "{line}");
        assert_eq!(telegram.content().kind(), text("content"), "{line}");
        assert_eq!(telegram.security().to_string(), text("security"), "{line}");
        let records: Vec<String> = telegram.content().records().iter().map(ToString::to_string).collect();
        assert_eq!(example["records"], serde_json::json!(records), "{line}");
        assert_explanation_tiles(&telegram, frame.bytes().len(), &line);
    }
}

#[test]
fn an_explanation_reads_from_the_link_layer_to_the_last_filler() {
    let (_, example) = examples().remove(7);
    let (frame, _) = Frame::detect(&hex(example["frame"].as_str().unwrap())).unwrap();
    let key: AesKey = example["key"].as_str().unwrap().parse().unwrap();
    let explanation = Telegram::decode(&frame, &key).unwrap().explain().to_string();
    assert_eq!(explanation, include_str!("fixtures/explanation.txt"));
}
