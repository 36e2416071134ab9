//! The program `walkby-field` as a person or a script uses it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::path::Path;
use std::process::{Command, Output};

use common::{Clock, Seeded, frame, line, load_tour, received};
use field_core::{KeySource, Passphrase, Store};
use radio_core::replay::write_line;
use serde_json::Value;

const PASSPHRASE: &str = "four dry cellars";
const KEY: [u8; 16] = [0x77; 16];

/// A store with a tour of four meters, and a recording that hears two of them and a foreign one.
struct Desk {
    directory: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { directory: tempfile::tempdir().unwrap() };
        let lines = [line(0, None), line(1, Some(KEY)), line(2, None), line(3, None)];
        load_tour(&mut desk.store(), &lines);
        let frames = [
            frame(0, 1, 120_000, None),
            frame(1, 1, 130_000, Some(KEY)),
            frame(50, 1, 1, None),
            frame(0, 1, 120_000, None),
        ];
        let mut recording: String = frames.map(|frame| write_line(&received(frame)) + "\n").concat();
        recording.push_str("not a telegram\n");
        std::fs::write(desk.recording(), recording).unwrap();
        std::fs::write(desk.directory.path().join("words"), format!("{PASSPHRASE}\n")).unwrap();
        desk
    }

    fn store(&self) -> Store {
        let source = KeySource::Passphrase(Passphrase::new(PASSPHRASE.to_owned()));
        let directory = self.directory.path().join("store");
        Store::open(&directory, &source, Clock::default().now(), &mut Seeded(7)).unwrap()
    }

    fn recording(&self) -> std::path::PathBuf {
        self.directory.path().join("walk.jsonl")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        command(&self.directory.path().join("store"))
            .arg("--passphrase-file")
            .arg(self.directory.path().join("words"))
            .args(arguments)
            .output()
            .unwrap()
    }

    fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn fail(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments = [&["--format", "jsonl"], arguments].concat();
        self.succeed(&arguments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn walk(&self) -> Vec<Value> {
        self.json(&["walk", "--as-fast", "--replay", self.recording().to_str().unwrap()])
    }
}

fn command(store: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkby-field"));
    command.arg("--store").arg(store).env_remove("WALKBY_PASSPHRASE").env_remove("RUST_LOG");
    command
}

fn of_type<'v>(lines: &'v [Value], wanted: &str) -> Vec<&'v Value> {
    lines.iter().filter(|line| line["type"] == wanted).collect()
}

#[test]
fn a_walk_shows_its_telegrams_and_a_second_run_takes_none_twice() {
    let desk = Desk::new();
    let first = desk.walk();
    let telegrams = of_type(&first, "telegram");
    let shown: Vec<_> = telegrams
        .iter()
        .map(|json| {
            let line = &json["lines"][0];
            (
                json["sequence"].as_u64().unwrap(),
                json["times_heard"].as_u64().unwrap(),
                line["value"]["value"].clone(),
            )
        })
        .collect();
    assert_eq!(shown, [(1, 1, "120.000".into()), (2, 1, "130.000".into()), (3, 2, "120.000".into())]);
    let progress = of_type(&first, "progress").last().copied().cloned().unwrap();
    assert_eq!(
        (&progress["done"], &progress["missing"], &progress["foreign_frames"]),
        (&2.into(), &2.into(), &1.into())
    );

    let second = desk.walk();
    assert_eq!(of_type(&second, "walk")[0]["resumed"], true);
    assert_eq!(of_type(&second, "telegram"), Vec::<&Value>::new());
    assert_eq!(of_type(&second, "progress").last().copied(), Some(&progress));
}

#[test]
fn status_lists_what_is_missing_first() {
    let desk = Desk::new();
    desk.walk();
    let text = desk.succeed(&["status"]);
    let states: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("WZ-"))
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert_eq!(states, ["open", "open", "read", "read"]);
    assert!(text.starts_with("Court: 2 of 4, 2 missing\n"), "{text}");
    let numbers: Vec<_> = of_type(&desk.json(&["status"]), "meter")
        .iter()
        .map(|json| json["meter_number"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(numbers, ["WZ-10000002", "WZ-10000003", "WZ-10000000", "WZ-10000001"]);
}

#[test]
fn a_reader_enters_corrects_skips_and_notes() {
    let desk = Desk::new();
    let refused = desk.fail(&["manual", "--meter", "WZ-10000002", "99,5", "--reason", "not_heard"]);
    assert!(refused.contains("--confirm below_previous"), "{refused}");
    let entered = desk.json(&[
        "manual",
        "--meter",
        "WZ-10000002",
        "99,5",
        "--reason",
        "not_heard",
        "--confirm",
        "below_previous",
    ]);
    assert_eq!(entered[0]["line"]["state"], "manual");
    let event = entered[0]["event"].as_str().unwrap().to_owned();
    let corrected =
        desk.json(&["manual", "--meter", "10000002", "199,5", "--reason", "not_heard", "--corrects", &event]);
    assert_eq!(corrected[0]["line"]["value"]["value"], "199.5");
    let skipped = desk.json(&["skip", "--meter", "WZ-10000003", "--reason", "no_access"]);
    assert_eq!(skipped[0]["line"]["skip_reason"], "no_access");
    let noted = desk.json(&["note", "--meter", "WZ-10000003", "the dog is kind"]);
    assert_eq!(noted[0]["line"]["note"], "the dog is kind");
    let picture = desk.directory.path().join("1.jpg");
    std::fs::write(&picture, b"a picture").unwrap();
    desk.json(&["photo", "--meter", "WZ-10000003", picture.to_str().unwrap()]);

    let ended = desk.succeed(&["end"]);
    assert_eq!(ended, "ended with 1 of 4, 2 missing, 1 skipped\n");
    assert!(desk.fail(&["end"]).contains("not being walked"));
    assert_eq!(desk.store().fact_counts().unwrap().events, 5);
}

#[test]
fn what_is_not_there_is_said() {
    let desk = Desk::new();
    assert!(desk.fail(&["status", "--tour", "Nowhere"]).contains("no such tour"));
    assert!(desk.fail(&["skip", "--meter", "1", "--reason", "no_access"]).contains("no such meter"));
    assert!(desk.fail(&["pull"]).contains("not paired"));
    assert!(desk.fail(&["walk", "--replay", "/nowhere"]).contains("/nowhere"));
    let status = &desk.json(&["sync", "status"])[0];
    assert_eq!((&status["done"], &status["server"]), (&true.into(), &Value::Null));
}

#[test]
fn a_wrong_passphrase_is_a_clear_error() {
    let desk = Desk::new();
    std::fs::write(desk.directory.path().join("words"), "something else\n").unwrap();
    let error = desk.fail(&["status"]);
    assert!(error.contains("passphrase does not open the store"), "{error}");
}

#[test]
fn logs_name_no_meter_and_no_key() {
    let desk = Desk::new();
    let output = command(&desk.directory.path().join("store"))
        .args(["walk", "--as-fast", "--replay", desk.recording().to_str().unwrap()])
        .env("WALKBY_PASSPHRASE", PASSPHRASE)
        .env("RUST_LOG", "trace")
        .output()
        .unwrap();
    assert!(output.status.success());
    let log = String::from_utf8(output.stderr).unwrap();
    let key = "77".repeat(16);
    for secret in ["10000000", "10000001", "10000050", &key, PASSPHRASE] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    assert!(log.contains("line 5"), "the damaged line is named: {log}");
}
