//! Opening the store with the key that the caller has.

use std::env::VarError;

use anyhow::{Context, bail};
use field_core::{KeySource, OsRandomness, Passphrase, Store, SystemClock};

use super::arguments::Arguments;

/// What every verb works with.
pub(super) struct Opened {
    pub(super) store: Store,
    pub(super) clock: SystemClock,
}

impl Opened {
    pub(super) fn new(arguments: &Arguments) -> anyhow::Result<Self> {
        let clock = SystemClock::new(&mut OsRandomness)?;
        let source = key_source(arguments)?;
        let store = Store::open(&arguments.store, &source, clock.now(), &mut OsRandomness)?;
        Ok(Self { store, clock })
    }
}

fn key_source(arguments: &Arguments) -> anyhow::Result<KeySource> {
    if let Some(path) = &arguments.passphrase_file {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
        return passphrase(text.trim_end_matches(['\r', '\n']));
    }
    match std::env::var("WALKBY_PASSPHRASE") {
        Ok(text) => passphrase(&text),
        Err(VarError::NotPresent) => keyring(),
        Err(VarError::NotUnicode(_)) => bail!("WALKBY_PASSPHRASE is not UTF-8"),
    }
}

fn passphrase(text: &str) -> anyhow::Result<KeySource> {
    if text.is_empty() {
        bail!("the passphrase is empty");
    }
    Ok(KeySource::Passphrase(Passphrase::new(text.to_owned())))
}

#[cfg(feature = "keyring")]
fn keyring() -> anyhow::Result<KeySource> {
    Ok(KeySource::Keyring(Box::new(field_core::store::PlatformKeyring)))
}

#[cfg(not(feature = "keyring"))]
fn keyring() -> anyhow::Result<KeySource> {
    bail!("this build knows no keyring; give --passphrase-file or WALKBY_PASSPHRASE")
}
