//! The key that the store's file is encrypted under, and where it comes from.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// The 32 bytes that SQLCipher encrypts the file with. Never shown.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct StoreKey([u8; 32]);

impl StoreKey {
    /// Wraps key bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the key bytes, for a keyring only.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns SQLCipher's notation of a raw key, which skips its own key derivation.
    pub(super) fn pragma(&self) -> Pragma {
        let digits: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        Pragma(format!("PRAGMA key = \"x'{digits}'\""))
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(hidden)")
    }
}

/// A statement that carries the key; wiped when it is dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Pragma(pub(super) String);

/// What the reader types to open the store. Never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Passphrase(String);

impl Passphrase {
    /// Wraps the words.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns whether there is nothing but space in it.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(hidden)")
    }
}

/// Why the platform's keyring did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[error("the platform's keyring cannot be used ({reason}); use a passphrase instead")]
pub struct KeyringError {
    /// What the platform said.
    pub reason: String,
}

/// The platform's place for secrets.
pub trait Keyring: fmt::Debug {
    /// Returns the key kept under a name, if there is one.
    ///
    /// # Errors
    /// When the keyring cannot be asked.
    fn load(&self, name: &str) -> Result<Option<StoreKey>, KeyringError>;

    /// Keeps a key under a name.
    ///
    /// # Errors
    /// When the keyring cannot keep it.
    fn save(&self, name: &str, key: &StoreKey) -> Result<(), KeyringError>;
}

/// Where the store's key comes from.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeySource {
    /// The caller keeps the key.
    Raw(StoreKey),
    /// The reader types a passphrase; the key is derived from it (Argon2id).
    Passphrase(Passphrase),
    /// The platform keeps the key.
    Keyring(Box<dyn Keyring>),
}
