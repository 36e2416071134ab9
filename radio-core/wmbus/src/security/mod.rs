//! Keys and ciphers: AES-128 in CBC and CTR, CMAC, key derivation (EN 13757-7, clause 9; EN 13757-4,
//! 12.2.6), and the scrambling of the Diehl group.

pub mod cipher;
mod key;
mod key_ring;
pub mod lfsr;

pub use key::{AesKey, Key64, ParseAesKeyError, ParseKey64Error};
pub use key_ring::{KeyRing, Keys};
