//! Secrets at rest: keys of meters sealed under the master key, tokens and codes as hashes.

mod master_key;

pub use master_key::{MasterKey, ParseMasterKeyError};

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
