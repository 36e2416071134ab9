//! The encrypted store: keys, versions, what a commit means.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use common::{
    Clock, STORE_KEY, Seeded, files, frame, hear, line, load_tour, open, raw_connection, tour_id, try_open,
};
use field_core::store::{Keyring, KeyringError, PASSPHRASE_FILE, known_version};
use field_core::{KeySource, Passphrase, Store, StoreError, StoreKey, TourView, Walk};
use sync_protocol::{Change, Cursor};

fn open_with(directory: &Path, source: &KeySource) -> Result<Store, StoreError> {
    Store::open(directory, source, Clock::default().now(), &mut Seeded(1))
}

fn passphrase(words: &str) -> KeySource {
    KeySource::Passphrase(Passphrase::new(words.to_owned()))
}

#[test]
fn the_file_does_not_look_like_sqlite_and_another_key_neither_opens_nor_changes_it() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let before = files(directory.path());
    let database = &before.iter().find(|(name, _)| name == "walkby.db").unwrap().1;
    assert!(!database.starts_with(b"SQLite format 3"));
    assert!(!database.windows(11).any(|window| window == b"tour_meters"));

    let mut other = STORE_KEY;
    other[31] ^= 1;
    let refused = open_with(directory.path(), &KeySource::Raw(StoreKey::new(other)));
    assert!(matches!(refused, Err(StoreError::WrongKey)), "{refused:?}");
    assert_eq!(files(directory.path()), before);
    assert_eq!(open(directory.path()).tours().unwrap(), []);
}

#[test]
fn a_store_of_a_newer_app_is_refused_with_both_versions_and_stays_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let newer = known_version() + 1;
    raw_connection(directory.path()).pragma_update(None, "user_version", newer).unwrap();
    let before = files(directory.path());
    match try_open(directory.path()) {
        Err(StoreError::NewerStore { found, known }) => assert_eq!((found, known), (newer, newer - 1)),
        other => panic!("{other:?}"),
    }
    assert_eq!(files(directory.path()), before);
}

#[test]
fn a_store_of_the_first_version_is_brought_up_with_all_its_rows() {
    let directory = tempfile::tempdir().unwrap();
    let connection = raw_connection(directory.path());
    connection.execute_batch(include_str!("../src/store/migrations/0001_field.sql")).unwrap();
    connection
        .execute_batch("INSERT INTO tours VALUES (x'00000000000000000000000000007041', 'Old', 0, NULL, 0)")
        .unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    drop(connection);

    let store = open(directory.path());
    assert_eq!(store.tour(tour_id()).unwrap().tour.name, "Old");
    drop(store);
    let version: u32 =
        raw_connection(directory.path()).query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, known_version());
}

#[test]
fn a_passphrase_opens_its_store_and_no_other_does() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_with(directory.path(), &passphrase("seven wet meters")).unwrap();
    let epoch = store.epoch().unwrap();
    drop(store);
    let refused = open_with(directory.path(), &passphrase("seven wet metres"));
    assert!(matches!(refused, Err(StoreError::WrongKey)), "{refused:?}");
    let opened = open_with(directory.path(), &passphrase("seven wet meters")).unwrap();
    assert_eq!(opened.epoch().unwrap(), epoch);
}

#[test]
fn without_its_parameters_a_passphrase_store_is_not_overwritten_by_a_new_one() {
    let directory = tempfile::tempdir().unwrap();
    drop(open_with(directory.path(), &passphrase("seven wet meters")).unwrap());
    let parameters = directory.path().join(PASSPHRASE_FILE);
    for damage in [Some("not json"), Some(r#"{"kdf":"md5"}"#), None] {
        match damage {
            Some(text) => std::fs::write(&parameters, text).unwrap(),
            None => std::fs::remove_file(&parameters).unwrap(),
        }
        let before = files(directory.path());
        let refused = open_with(directory.path(), &passphrase("seven wet meters"));
        assert!(matches!(refused, Err(StoreError::KeyParameters { .. })), "{refused:?}");
        assert_eq!(files(directory.path()), before);
    }
}

#[test]
fn the_parameters_of_a_passphrase_keep_neither_passphrase_nor_key() {
    let directory = tempfile::tempdir().unwrap();
    drop(open_with(directory.path(), &passphrase("seven wet meters")).unwrap());
    let text = std::fs::read_to_string(directory.path().join(PASSPHRASE_FILE)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut names: Vec<&String> = json.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["kdf", "lanes", "memory_kib", "passes", "salt"]);
    assert_eq!(json["kdf"], "argon2id-v19");
}

/// A keyring in memory that can lose its entries.
#[derive(Debug, Clone, Default)]
struct Drawer(Arc<Mutex<HashMap<String, StoreKey>>>);

impl Keyring for Drawer {
    fn load(&self, name: &str) -> Result<Option<StoreKey>, KeyringError> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    fn save(&self, name: &str, key: &StoreKey) -> Result<(), KeyringError> {
        self.0.lock().unwrap().insert(name.to_owned(), key.clone());
        Ok(())
    }
}

#[test]
fn a_keyring_gets_a_new_key_for_a_new_store_only() {
    let directory = tempfile::tempdir().unwrap();
    let drawer = Drawer::default();
    let source = KeySource::Keyring(Box::new(drawer.clone()));
    drop(open_with(directory.path(), &source).unwrap());
    assert_eq!(drawer.0.lock().unwrap().len(), 1);
    drop(open_with(directory.path(), &source).unwrap());

    drawer.0.lock().unwrap().clear();
    let before = files(directory.path());
    let refused = open_with(directory.path(), &source);
    assert!(matches!(refused, Err(StoreError::KeyMissing)), "{refused:?}");
    assert_eq!(drawer.0.lock().unwrap().len(), 0);
    assert_eq!(files(directory.path()), before);
}

#[test]
fn a_store_with_a_passphrase_asks_for_it_instead_of_the_keyring() {
    let directory = tempfile::tempdir().unwrap();
    drop(open_with(directory.path(), &passphrase("seven wet meters")).unwrap());
    let refused = open_with(directory.path(), &KeySource::Keyring(Box::new(Drawer::default())));
    assert!(matches!(refused, Err(StoreError::PassphraseNeeded)), "{refused:?}");
}

#[test]
fn each_database_has_its_own_epoch_and_a_restored_one_gets_another() {
    let [a, b] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut first =
        Store::open(a.path(), &common::key_source(), Clock::default().now(), &mut Seeded(1)).unwrap();
    let second =
        Store::open(b.path(), &common::key_source(), Clock::default().now(), &mut Seeded(2)).unwrap();
    let minted = first.epoch().unwrap();
    assert_ne!(minted, second.epoch().unwrap());
    let renewed = first.new_epoch(Clock::default().now(), &mut Seeded(3)).unwrap();
    assert_ne!(renewed, minted);
    drop(first);
    assert_eq!(open(a.path()).epoch().unwrap(), renewed);
}

#[test]
fn changes_and_their_cursor_are_kept_together_and_twice_is_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    let mut odd = line(1, Some([7; 16]));
    odd.extra = [("caretaker".to_owned(), "Frau Yılmaz".to_owned())].into();
    let lines = vec![odd, line(2, None)];
    load_tour(&mut store, &lines);
    assert_eq!(store.tour_meters(tour_id()).unwrap(), lines);
    let once = store.tours().unwrap();
    load_tour(&mut store, &lines);
    assert_eq!(store.tours().unwrap(), once);
    assert_eq!((once[0].lines, once[0].keys, once[0].is_whole()), (2, 1, true));
    let cursor: String = raw_connection(directory.path())
        .query_row("SELECT value FROM meta WHERE key = 'cursor'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(cursor, "1");
}

#[test]
fn lines_may_arrive_before_their_tour() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    let lines = [line(1, None)];
    let mut changes = common::changes_of(&lines);
    changes.reverse();
    store.apply_changes(&changes[..1], &Cursor("1".into())).unwrap();
    assert_eq!(store.tours().unwrap(), []);
    store.apply_changes(&changes[1..], &Cursor("2".into())).unwrap();
    assert!(store.tour(tour_id()).unwrap().is_whole());
}

#[test]
fn a_withdrawn_tour_loses_its_keys_and_keeps_its_facts() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    let key = [0xA5; 16];
    load_tour(&mut store, &[line(1, Some(key))]);
    let clock = Clock::default();
    let mut walk = Walk::open(&mut store, tour_id(), clock.now(), &mut Seeded(3)).unwrap();
    hear(&mut walk, &mut store, &clock, &[frame(1, 1, 123_000, Some(key))]).unwrap();
    drop(walk);

    let withdrawn = Change::TourWithdrawn { tour: tour_id() };
    store.apply_changes(&[withdrawn], &Cursor("2".into())).unwrap();
    let stored = store.tour(tour_id()).unwrap();
    assert!(stored.withdrawn);
    assert_eq!(stored.keys, 0);
    assert_eq!(store.fact_counts().unwrap().receptions, 1);
    let view = TourView::load(&store, tour_id()).unwrap();
    assert_eq!(view.lines[0].assessment.candidate.as_ref().unwrap().value.to_string(), "123.000");
    let refused = Walk::open(&mut store, tour_id(), clock.now(), &mut Seeded(4));
    assert!(matches!(refused, Err(field_core::WalkError::TourWithdrawn)), "{refused:?}");
    let keys: u32 = raw_connection(directory.path())
        .query_row("SELECT count(*) FROM tour_meters WHERE meter_key IS NOT NULL", [], |row| row.get(0))
        .unwrap();
    assert_eq!(keys, 0);
}

#[test]
fn a_tour_that_has_not_arrived_whole_is_not_walked() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    let lines = [line(1, None), line(2, None)];
    let changes = common::changes_of(&lines);
    store.apply_changes(&changes[..2], &Cursor("1".into())).unwrap();
    let refused = Walk::open(&mut store, tour_id(), Clock::default().now(), &mut Seeded(4));
    assert!(
        matches!(refused, Err(field_core::WalkError::TourIncomplete { lines: 1, meters: 2 })),
        "{refused:?}"
    );
}
