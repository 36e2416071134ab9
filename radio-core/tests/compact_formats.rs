//! Compact frames on the command line: formats are learned on the way, written and read.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::process::Output;

use common::{stdout, wmbus};
use wmbus::Hex;
use wmbus::encode::{Record, TelegramBuilder};

/// Runs `wmbus decode` on these telegrams.
fn decode(arguments: &[&str], telegrams: &[&str]) -> Output {
    run("decode", arguments, telegrams)
}

fn run(verb: &str, arguments: &[&str], telegrams: &[&str]) -> Output {
    let lines: String = telegrams.iter().map(|telegram| format!("{telegram}\n")).collect();
    wmbus(&[&[verb], arguments].concat(), &lines)
}

/// A full and a compact frame of one meter.
fn telegrams() -> [String; 2] {
    let builder = TelegramBuilder::new("XYZ-12345678-01-07".parse().unwrap())
        .no_header()
        .record(Record::int32(4711).volume(-3))
        .record(Record::int32(4000).volume(-3).storage(7));
    [builder.clone(), builder.compact_frame()]
        .map(|builder| Hex(builder.build().unwrap().bytes()).to_string())
}

#[test]
fn a_full_frame_teaches_the_compact_ones_behind_it() {
    let [full, compact] = telegrams();
    let alone = stdout(&decode(&[], &[&compact]));
    assert!(alone.contains("compact") && !alone.contains("4.711"), "{alone}");
    let taught = stdout(&decode(&[], &[&full, &compact]));
    assert_eq!(taught.matches("4.711 m³").count(), 2, "{taught}");
}

#[test]
fn what_one_run_learned_another_reads_from_its_file() {
    let [full, compact] = telegrams();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("formats.txt");
    let path = file.to_str().unwrap();
    decode(&["--learn-formats", path], &[&full]);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("XYZ ") && text.ends_with(" 0413C40313\n"), "{text}");
    let shown = stdout(&decode(&["--formats", path], &[&compact]));
    assert!(shown.contains("4.711 m³") && shown.contains("4.000 m³"), "{shown}");
}

#[test]
fn a_compact_frame_counts_although_its_format_was_heard_later_and_of_another_meter() {
    let [_, compact] = telegrams();
    let other = TelegramBuilder::new("XYZ-87654321-01-07".parse().unwrap())
        .no_header()
        .record(Record::int32(1).volume(-3))
        .record(Record::int32(1).volume(-3).storage(7));
    let full = Hex(other.build().unwrap().bytes()).to_string();
    let alone = stdout(&run("state", &[], &[&compact]));
    assert!(!alone.contains("4.711"), "{alone}");
    let shown = stdout(&run("state", &[], &[&compact, &full]));
    let meter = shown.lines().find(|line| line.contains("12345678")).unwrap();
    assert!(meter.contains("4.711"), "{shown}");
}

#[test]
fn a_line_that_is_no_format_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("formats.txt");
    std::fs::write(&file, "# mine\nXYZ 0000 0413\n").unwrap();
    let output = decode(&["--formats", file.to_str().unwrap()], &[]);
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("line 2: the signature is not that of the headers"), "{told}");
}
