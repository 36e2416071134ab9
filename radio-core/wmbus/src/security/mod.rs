//! Keys and ciphers: AES-128 in CBC, CTR and CCM, CMAC, key derivation (EN 13757-7, clause 9; EN 13757-4,
//! 12.2.6), DES-CBC, and the scrambling of the Diehl group.

mod any_key;
pub mod cipher;
mod defaults;
mod key;
mod key_ring;
pub mod lfsr;

pub use any_key::{AnyKey, ParseAnyKeyError};
pub(crate) use defaults::default_keys;
pub use key::{AesKey, Key64, ParseAesKeyError, ParseKey64Error};
pub use key_ring::{KeyRing, Keys};
