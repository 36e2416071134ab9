//! Secrets at rest: keys of meters sealed under the master key, tokens and codes as hashes.

mod master_key;
mod password;
mod token;
mod vault;

pub use master_key::{MasterKey, ParseMasterKeyError};
pub(crate) use password::{hash_password, verify_password};
pub(crate) use token::{bearer_token, hash_pairing_code, hash_token, is_same_hash, pairing_code};
pub(crate) use vault::{NONCE_LENGTH, Vault};

/// A secret cannot be made or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    Randomness,
    /// Sealed bytes cannot be opened: another master key sealed them, or they were changed.
    #[error("a sealed secret cannot be opened; was it sealed under another master key?")]
    Sealed,
    /// A password cannot be hashed, or a stored hash is not one.
    #[error("the password hash cannot be computed")]
    PasswordHash,
}
