//! Opening the store: keyrings, passphrases, and what the window is told.

use field_core::Passphrase;
use field_core::StoreKey;
use field_core::app::model::{Language, Problem, Settings, Theme};
use field_core::app::{App, Options};
use field_core::store::{DATABASE_FILE, Keyring, KeyringError};

use crate::common::{Clock, STORE_KEY, Seeded, line, raw_connection};
use crate::kit::{Bench, options};

#[derive(Debug)]
struct NoKeyring;

impl Keyring for NoKeyring {
    fn load(&self, _name: &str) -> Result<Option<StoreKey>, KeyringError> {
        Err(KeyringError { reason: "no such service".into() })
    }

    fn save(&self, _name: &str, _key: &StoreKey) -> Result<(), KeyringError> {
        Err(KeyringError { reason: "no such service".into() })
    }
}

fn without_keyring(directory: &std::path::Path) -> Options {
    Options { keyring: || Some(Box::new(NoKeyring)), ..options(directory) }
}

fn try_open(options: &Options, passphrase: Option<&str>) -> Result<App, Problem> {
    let passphrase = passphrase.map(|words| Passphrase::new(words.into()));
    App::open(options.clone(), passphrase, Clock::default().now(), &mut Seeded(3))
}

#[test]
fn without_a_keyring_a_passphrase_is_chosen_and_then_needed() {
    let folder = tempfile::tempdir().unwrap();
    let options = without_keyring(folder.path());
    assert_eq!(try_open(&options, None).unwrap_err().code, "no_keyring");
    assert!(!folder.path().join(DATABASE_FILE).exists(), "nothing was made");
    drop(try_open(&options, Some("two words")).unwrap());
    assert_eq!(try_open(&options, None).unwrap_err().code, "passphrase_needed");
    let wrong = try_open(&options, Some("three words")).unwrap_err();
    assert_eq!((wrong.code, wrong.retry), ("wrong_passphrase", true));
    try_open(&options, Some("two words")).unwrap();
}

#[test]
fn an_empty_passphrase_protects_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let refused = try_open(&without_keyring(folder.path()), Some(" ")).unwrap_err();
    assert_eq!(refused.code, "no_keyring");
    assert!(!folder.path().join(DATABASE_FILE).exists());
}

#[test]
fn a_store_whose_keyring_is_out_of_reach_is_not_opened_with_a_new_passphrase() {
    let bench = Bench::with_tour(&[line(1, None)]);
    let folder = bench.folder;
    drop(bench.app);
    let options = without_keyring(folder.path());
    assert_eq!(try_open(&options, None).unwrap_err().code, "key_missing");
    assert_eq!(try_open(&options, Some("two words")).unwrap_err().code, "key_missing");
}

#[test]
fn a_store_of_a_newer_app_is_refused_and_stays_as_it_is() {
    let bench = Bench::with_tour(&[line(1, None)]);
    let folder = bench.folder;
    drop(bench.app);
    raw_connection(folder.path()).pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(try_open(&options(folder.path()), None).unwrap_err().code, "newer_store");
}

#[test]
fn a_file_that_the_keyrings_key_does_not_open_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(DATABASE_FILE), [7; 8192]).unwrap();
    let refused = try_open(&options(folder.path()), None).unwrap_err();
    assert_eq!((refused.code, refused.retry), ("store_damaged", false));
}

#[test]
fn what_the_reader_chose_is_there_at_the_next_start() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    assert_eq!(bench.app.start(bench.clock.now()).unwrap().settings, Settings::default());
    let settings =
        Settings { language: Some(Language::Ru), theme: Theme::Contrast, sound: false, vibration: true };
    bench.app.save_settings(settings).unwrap();
    let mut bench = bench.killed();
    let start = bench.app.start(bench.clock.now()).unwrap();
    assert_eq!((start.settings, start.pairing, start.open_walk), (settings, None, None));
    let shown = format!("{:?} {:?}", bench.app, crate::kit::options(bench.folder.path()));
    let digits: String = STORE_KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!shown.contains(&digits));
}
