//! A meter of a key file.

use std::fmt;

use zeroize::Zeroizing;

/// A meter of the list, as its texts stand there. `Debug` hides the key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KemMeter {
    /// The serial number, which is the identification number that its radio sends.
    pub number: Option<String>,
    /// The key, named DEK there.
    pub key: Option<Zeroizing<String>>,
}

impl fmt::Debug for KemMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_ref().map(|_| "…");
        f.debug_struct("KemMeter").field("number", &self.number).field("key", &key).finish()
    }
}
