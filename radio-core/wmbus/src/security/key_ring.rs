//! Which keys may open a meter's telegrams.

use std::collections::HashMap;
use std::fmt;

use super::AesKey;
use crate::meter::{IdentificationNumber, MeterAddress};

/// Gives the keys that may open the telegrams of a meter, the likeliest first.
pub trait Keys {
    /// Returns the candidates for `address`; none means that the meter's key is not known.
    fn candidates<'k>(&'k self, address: &MeterAddress) -> Vec<&'k AesKey>;
}

/// A single key opens whatever it fits.
impl Keys for AesKey {
    fn candidates<'k>(&'k self, _: &MeterAddress) -> Vec<&'k AesKey> {
        vec![self]
    }
}

/// Keys by meter. One meter may have several, such as the old and the new key around a key exchange.
///
/// ```
/// use wmbus::KeyRing;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut keys = KeyRing::default();
/// keys.insert("12345678".parse()?, "000102030405060708090A0B0C0D0E0F".parse()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct KeyRing {
    by_address: HashMap<MeterAddress, Vec<AesKey>>,
    by_number: HashMap<IdentificationNumber, Vec<AesKey>>,
}

impl KeyRing {
    /// Adds a key for every meter with this identification number.
    pub fn insert(&mut self, number: IdentificationNumber, key: AesKey) {
        add(self.by_number.entry(number).or_default(), key);
    }

    /// Adds a key for exactly this meter; it is tried before the keys by number.
    pub fn insert_for(&mut self, address: MeterAddress, key: AesKey) {
        add(self.by_address.entry(address).or_default(), key);
    }
}

fn add(keys: &mut Vec<AesKey>, key: AesKey) {
    if !keys.contains(&key) {
        keys.push(key);
    }
}

impl Keys for KeyRing {
    fn candidates<'k>(&'k self, address: &MeterAddress) -> Vec<&'k AesKey> {
        let exact = self.by_address.get(address).into_iter().flatten();
        let by_number = self.by_number.get(&address.identification_number).into_iter().flatten();
        exact.chain(by_number).collect()
    }
}

/// Says how many meters have keys; neither keys nor meter numbers.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meters = self.by_address.len() + self.by_number.len();
        f.debug_struct("KeyRing").field("meters", &meters).finish_non_exhaustive()
    }
}
