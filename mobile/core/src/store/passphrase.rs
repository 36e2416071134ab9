//! From a passphrase to the store's key: Argon2id (RFC 9106), its parameters in a file beside the store.

use std::io::Write;
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

use super::key::{Passphrase, StoreKey};
use super::{StoreError, file_error};
use crate::randomness::Randomness;

/// The parameters of a derivation. None of them is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Parameters {
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// RFC 9106, section 4, second recommended option: 64 MiB, three passes, four lanes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;
/// Above this a damaged file would exhaust a handheld's memory.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const KDF: &str = "argon2id-v19";

/// Mints parameters for a new store and writes them durably before the store exists.
pub(super) fn create(
    path: &Path,
    passphrase: &Passphrase,
    randomness: &mut dyn Randomness,
) -> Result<StoreKey, StoreError> {
    let mut salt = [0; 16];
    randomness.fill(&mut salt)?;
    let parameters = Parameters {
        kdf: KDF.to_owned(),
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        lanes: LANES,
        salt: salt.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let key =
        derive(&parameters, passphrase).ok_or_else(|| StoreError::KeyParameters { path: path.to_owned() })?;
    write_durably(path, &parameters).map_err(file_error(path))?;
    Ok(key)
}

/// Derives the key of an existing store.
pub(super) fn load(path: &Path, passphrase: &Passphrase) -> Result<StoreKey, StoreError> {
    let unreadable = || StoreError::KeyParameters { path: path.to_owned() };
    let text = std::fs::read(path).map_err(|_| unreadable())?;
    let parameters: Parameters = serde_json::from_slice(&text).map_err(|_| unreadable())?;
    derive(&parameters, passphrase).ok_or_else(unreadable)
}

fn derive(parameters: &Parameters, passphrase: &Passphrase) -> Option<StoreKey> {
    if parameters.kdf != KDF || parameters.memory_kib > MOST_MEMORY_KIB {
        return None;
    }
    let salt = parameters.salt.parse::<sync_protocol::MeterKey>().ok()?;
    let params = Params::new(parameters.memory_kib, parameters.passes, parameters.lanes, Some(32)).ok()?;
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt.expose(), &mut key)
        .ok()?;
    Some(StoreKey::new(key))
}

/// A file that is whole or absent after a power cut: written aside, synced, renamed.
fn write_durably(path: &Path, parameters: &Parameters) -> std::io::Result<()> {
    let aside = path.with_extension("new");
    let mut file = std::fs::File::create(&aside)?;
    file.write_all(&serde_json::to_vec_pretty(parameters)?)?;
    file.sync_all()?;
    std::fs::rename(&aside, path)?;
    match path.parent() {
        Some(directory) => std::fs::File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}
