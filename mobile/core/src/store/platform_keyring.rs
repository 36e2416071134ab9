//! The keyring of the platform that the app runs on: Secret Service, Keychain, Credential Manager.

use keyring::{Entry, Error};

use super::key::{Keyring, KeyringError, StoreKey};

/// Under which the keyring lists the app's secrets.
const SERVICE: &str = "walkby";

/// The keyring of the platform.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlatformKeyring;

impl Keyring for PlatformKeyring {
    fn load(&self, name: &str) -> Result<Option<StoreKey>, KeyringError> {
        match entry(name)?.get_secret() {
            Ok(secret) => {
                let bytes = <[u8; 32]>::try_from(secret.as_slice());
                bytes
                    .map(|bytes| Some(StoreKey::new(bytes)))
                    .map_err(|_| KeyringError { reason: "its entry for this store is not a key".to_owned() })
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(refused(&error)),
        }
    }

    fn save(&self, name: &str, key: &StoreKey) -> Result<(), KeyringError> {
        entry(name)?.set_secret(key.expose()).map_err(|error| refused(&error))
    }
}

fn entry(name: &str) -> Result<Entry, KeyringError> {
    // The error of a missing store says nothing; the reason why it is missing does.
    if let Err(error) = Entry::store_status() {
        return Err(refused(error));
    }
    Entry::new(SERVICE, name).map_err(|error| refused(&error))
}

fn refused(error: &Error) -> KeyringError {
    KeyringError { reason: error.to_string() }
}
