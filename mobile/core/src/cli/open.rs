//! Opening the store with the key that the caller has.

use anyhow::Context;
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
        return Ok(KeySource::Passphrase(Passphrase::new(text.trim_end_matches(['\r', '\n']).to_owned())));
    }
    match std::env::var("WALKBY_PASSPHRASE") {
        Ok(text) => Ok(KeySource::Passphrase(Passphrase::new(text))),
        Err(_) => keyring(),
    }
}

#[cfg(feature = "keyring")]
fn keyring() -> anyhow::Result<KeySource> {
    Ok(KeySource::Keyring(Box::new(field_core::store::PlatformKeyring)))
}

#[cfg(not(feature = "keyring"))]
fn keyring() -> anyhow::Result<KeySource> {
    anyhow::bail!("this build knows no keyring; give --passphrase-file or WALKBY_PASSPHRASE")
}
