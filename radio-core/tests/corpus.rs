//! Real telegrams with published values, read in place from the developers' shared folder: every one
//! whose layers and security modes this version has is opened, and none is without an answer.
//!
//! How many values are right is another question: `cargo xtask score`.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{stdout, wmbus};
use serde_json::Value;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpus");

/// A wired frame whose configuration field means nothing; its meter is older than the field.
const OLDER_THAN_SECURITY: &str = "libmbus-example_data_01-94b8426e";

/// Returns each telegram of a file with its answer; none where the folder is not here.
fn answered(file: &str) -> Option<Vec<(Value, Value)>> {
    let path = format!("{CORPUS}/{file}");
    let Ok(corpus) = std::fs::read_to_string(&path) else {
        assert!(std::env::var_os("CI").is_none(), "{path} is missing");
        println!("skipped: {path} is missing");
        return None;
    };
    let output = wmbus(&["decode", "--jsonl"], &corpus);
    assert!(output.status.success());
    let answers = stdout(&output);
    let parse = |text: &str| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (telegrams, answers): (Vec<Value>, Vec<Value>) = (parse(&corpus), parse(&answers));
    assert_eq!(telegrams.len(), answers.len());
    Some(telegrams.into_iter().zip(answers).collect())
}

/// Tells whether all layers of a telegram are among those of this version, and its key is known.
fn is_within_reach(telegram: &Value) -> bool {
    let is_set = |member: &str| telegram[member] == true;
    let has_expectation = !telegram["expected"].is_null();
    let has_records = matches!(telegram["ci"].as_str(), Some("72" | "78" | "7a"));
    let has_mode = matches!(telegram["security_mode"].as_u64(), None | Some(0 | 5 | 7));
    let is_open = !is_set("encrypted") || telegram["key"].is_string();
    let is_exception = telegram["id"] == OLDER_THAN_SECURITY;
    has_expectation
        && has_records
        && has_mode
        && is_open
        && !is_set("malformed")
        && !is_set("proprietary")
        && !is_exception
}

#[test]
fn every_published_telegram_within_reach_is_opened() {
    let Some(answered) = answered("dev.jsonl") else { return };
    let mut reached = 0;
    for (telegram, answer) in answered {
        assert_eq!(telegram["id"], answer["id"]);
        if is_within_reach(&telegram) {
            assert_eq!(answer["content"], "records", "{answer}");
            assert!(!answer["records"].as_array().unwrap().is_empty(), "{answer}");
            reached += 1;
        }
    }
    assert!(reached >= 200, "only {reached} telegrams are within reach");
}

#[test]
fn no_telegram_stays_sealed_that_was_encrypted_with_a_known_key_or_sent_with_crcs() {
    let Some(answered) = answered("derived.jsonl") else { return };
    assert!(answered.len() >= 400);
    for (telegram, answer) in answered {
        assert_eq!(telegram["id"], answer["id"]);
        assert!(matches!(answer["content"].as_str(), Some("records" | "compact")), "{answer}");
    }
}
