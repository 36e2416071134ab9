//! What must not be found on a handheld: foreign meters anywhere, secrets in clear.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{Clock, Seeded, demo_lines, files, load_tour, open, raw_connection, replay, tour_id};
use field_core::walk::ManualEntry;
use field_core::{Store, Walk, support, sync};
use radio_core::demo::{self, DemoWalk};
use radio_core::replay::Replay;
use sync_protocol::{PairAnswer, ReplicaId, Token, TourMeter};
use wmbus::{Addresses, IdentificationNumber};

const TOKEN: &str = "wbt_0123456789abcdefghijklmnop";

/// A thing to look for, in every form in which it could lie on a disk.
struct Needle {
    name: String,
    forms: Vec<Vec<u8>>,
}

impl Needle {
    fn text(text: &str) -> Self {
        let forms = [text.to_owned(), text.to_lowercase(), text.to_uppercase()];
        Self { name: text.to_owned(), forms: forms.map(String::into_bytes).into() }
    }

    /// Digits as text in either case, and as bytes in either order.
    fn digits(digits: &str) -> Self {
        let bytes: Vec<u8> = (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
            .collect();
        let reversed = bytes.iter().rev().copied().collect();
        let mut needle = Self::text(digits);
        needle.forms.extend([bytes, reversed]);
        needle
    }

    fn is_in(&self, haystack: &[u8]) -> bool {
        self.forms.iter().any(|form| haystack.windows(form.len()).any(|window| window == form))
    }
}

struct Scene {
    directory: tempfile::TempDir,
    store: Store,
    walk: Walk,
    lines: Vec<TourMeter>,
    demo: DemoWalk,
}

/// The whole demonstration, with a pairing and entries of the reader.
fn scene() -> Scene {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    let demo = demo::walk();
    let lines = demo_lines(&demo);
    let answer = PairAnswer {
        replica: ReplicaId::default(),
        token: Token::new(TOKEN.into()),
        server_name: "office".into(),
    };
    sync::keep_pairing(&mut store, "https://walkby.example", "handheld", &sync::Trust::Platform, &answer)
        .unwrap();
    load_tour(&mut store, &lines);
    let mut clock = Clock::default();
    let mut walk = Walk::open(&mut store, tour_id(), clock.now(), &mut Seeded(1)).unwrap();
    replay(&mut walk, &mut store, &mut clock, &demo.replay_jsonl);
    let open_line =
        walk.view().lines.iter().find(|line| line.assessment.state.as_str() == "open").unwrap().line.clone();
    let entry = ManualEntry {
        value: open_line.previous_value.clone().unwrap(),
        reason: "not_heard".into(),
        confirmed: vec![field_core::meter::Verdict::Inactive],
        note: Some("Zähler klemmt, Frau Yılmaz weiß Bescheid".into()),
        ..ManualEntry::default()
    };
    walk.enter_manual(&mut store, open_line.id, &entry, clock.now(), &mut Seeded(2)).unwrap();
    Scene { directory, store, walk, lines, demo }
}

fn foreign_numbers(demo: &DemoWalk, lines: &[TourMeter]) -> Vec<Needle> {
    let own: BTreeSet<IdentificationNumber> =
        lines.iter().filter_map(|line| line.radio_id.as_deref()?.parse().ok()).collect();
    let mut foreign = BTreeSet::new();
    for frame in Replay::new(demo.replay_jsonl.as_bytes()).flatten() {
        let Ok(addresses) = Addresses::read(&frame.frame) else { continue };
        let numbers = [addresses.link, addresses.meter].map(|address| address.identification_number);
        if numbers.iter().all(|number| !own.contains(number)) {
            foreign.extend(numbers);
        }
    }
    foreign.iter().map(|number| Needle::digits(&number.to_string())).collect()
}

fn own_numbers(lines: &[TourMeter]) -> Vec<Needle> {
    lines.iter().filter_map(|line| line.radio_id.as_deref()).map(Needle::digits).collect()
}

fn keys(lines: &[TourMeter]) -> Vec<Needle> {
    lines.iter().filter_map(|line| line.key.as_ref()).map(|key| Needle::digits(&key.expose_hex())).collect()
}

/// Everything in the store, as somebody would see it who has the key.
fn decrypted(directory: &Path) -> Vec<u8> {
    let plain = directory.join("plain.db");
    let connection = raw_connection(directory);
    connection.execute("ATTACH DATABASE ?1 AS plain KEY ''", [plain.to_str().unwrap()]).unwrap();
    connection.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(())).unwrap();
    connection.execute_batch("DETACH DATABASE plain").unwrap();
    let bytes = std::fs::read(&plain).unwrap();
    std::fs::remove_file(&plain).unwrap();
    assert!(bytes.starts_with(b"SQLite format 3\0"));
    bytes
}

#[test]
fn no_file_of_the_store_holds_a_meter_a_key_or_a_token_in_clear() {
    let scene = scene();
    let mut needles = own_numbers(&scene.lines);
    needles.extend(foreign_numbers(&scene.demo, &scene.lines));
    needles.extend(keys(&scene.lines));
    needles.extend(scene.lines.iter().map(|line| Needle::text(&line.meter_number)));
    needles.extend([TOKEN, "Lindenweg", "Yılmaz", "walkby.example"].map(Needle::text));
    // The write-ahead log is searched while the store is open, the closed file afterwards.
    let open_files = files(scene.directory.path());
    assert!(open_files.iter().any(|(name, bytes)| name == "walkby.db-wal" && !bytes.is_empty()));
    drop((scene.walk, scene.store));
    for (name, bytes) in open_files.iter().chain(&files(scene.directory.path())) {
        for needle in &needles {
            assert!(!needle.is_in(bytes), "{} is in clear in {name}", needle.name);
        }
        assert!(!bytes.starts_with(b"SQLite format 3"), "{name}");
    }
}

#[test]
fn foreign_meters_are_not_in_the_store_even_for_who_has_the_key() {
    let scene = scene();
    let foreign = foreign_numbers(&scene.demo, &scene.lines);
    assert!(foreign.len() >= 3, "the demonstration has foreign meters");
    assert_eq!(
        scene.walk.view().foreign_frames,
        u64::try_from(scene.demo.foreign_frames).unwrap(),
        "they were heard and counted"
    );
    drop((scene.walk, scene.store));
    let bytes = decrypted(scene.directory.path());
    for needle in &foreign {
        assert!(!needle.is_in(&bytes), "foreign meter {} is in the store", needle.name);
    }
    // The search has teeth: what belongs there is found.
    for needle in own_numbers(&scene.lines) {
        assert!(needle.is_in(&bytes), "own meter {} is not in the store", needle.name);
    }
    assert!(Needle::text(TOKEN).is_in(&bytes));
}

#[test]
fn keys_are_gone_from_the_file_when_their_tour_is_withdrawn() {
    let scene = scene();
    let (mut store, lines) = (scene.store, scene.lines);
    drop(scene.walk);
    assert!(keys(&lines).iter().all(|key| key.is_in(&decrypted(scene.directory.path()))));
    let withdrawn = sync_protocol::Change::TourWithdrawn { tour: tour_id() };
    store.apply_changes(&[withdrawn], &sync_protocol::Cursor("2".into())).unwrap();
    drop(store);
    let bytes = decrypted(scene.directory.path());
    for key in keys(&lines) {
        assert!(!key.is_in(&bytes), "a key of a withdrawn tour is still in the store");
    }
}

#[test]
fn a_support_file_has_numbers_and_states_and_nothing_that_is_secret_or_personal() {
    let scene = scene();
    let text = serde_json::to_string(&support::report(&scene.store).unwrap()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let tour = &json["tours"][0];
    assert_eq!(tour["meters"], scene.lines.len());
    assert_eq!(tour["progress"]["read"], scene.walk.view().progress.read);
    assert_eq!(tour["progress"]["manual"], 1);
    assert_eq!(json["sync"]["is_paired"], true);
    assert_eq!(json["facts"]["events"], 1);

    let mut needles = own_numbers(&scene.lines);
    needles.extend(foreign_numbers(&scene.demo, &scene.lines));
    needles.extend(keys(&scene.lines));
    needles.extend(scene.lines.iter().map(|line| Needle::text(&line.meter_number)));
    let values = scene.walk.view().lines.iter().filter_map(|line| line.assessment.candidate.as_ref());
    let values: Vec<String> = values.map(|candidate| candidate.value.to_string()).collect();
    needles.extend(values.iter().filter(|value| value.len() >= 5).map(|value| Needle::text(value)));
    needles.extend([TOKEN, "Lindenweg", "Court", "Yılmaz", "walkby.example"].map(Needle::text));
    for needle in &needles {
        assert!(!needle.is_in(text.as_bytes()), "{} is in the support file", needle.name);
    }
}

#[test]
fn debug_output_shows_no_key_and_no_token() {
    let scene = scene();
    let text = format!("{:?} {:?} {:?}", scene.walk, scene.store, scene.lines);
    let mut needles = keys(&scene.lines);
    needles.push(Needle::text(TOKEN));
    for needle in &needles {
        assert!(!needle.is_in(text.as_bytes()), "{} is in the debug output", needle.name);
    }
}
