//! Which keys may open a meter's telegrams.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::{AesKey, Key64};
use crate::meter::{IdentificationNumber, MeterAddress};

/// Gives the keys that may open the telegrams of a meter, the likeliest first.
pub trait Keys {
    /// Returns the candidates for `address`; none means that the meter's key is not known.
    fn candidates<'k>(&'k self, address: &MeterAddress) -> Vec<&'k AesKey>;

    /// Returns the candidates among keys of 64 bits, which old and proprietary ciphers use.
    fn candidates_64<'k>(&'k self, _address: &MeterAddress) -> Vec<&'k Key64> {
        Vec::new()
    }
}

/// A single key opens whatever it fits.
impl Keys for AesKey {
    fn candidates<'k>(&'k self, _: &MeterAddress) -> Vec<&'k AesKey> {
        vec![self]
    }
}

/// A single key of 64 bits opens whatever it fits.
impl Keys for Key64 {
    fn candidates<'k>(&'k self, _: &MeterAddress) -> Vec<&'k AesKey> {
        Vec::new()
    }

    fn candidates_64<'k>(&'k self, _: &MeterAddress) -> Vec<&'k Key64> {
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
    by_address: BTreeMap<MeterAddress, MeterKeys>,
    by_number: BTreeMap<IdentificationNumber, MeterKeys>,
}

#[derive(Clone, Default)]
struct MeterKeys {
    aes: Vec<AesKey>,
    bits_64: Vec<Key64>,
}

impl KeyRing {
    /// Adds a key for every meter with this identification number.
    pub fn insert(&mut self, number: IdentificationNumber, key: AesKey) {
        add(&mut self.by_number.entry(number).or_default().aes, key);
    }

    /// Adds a key for exactly this meter; it is tried before the keys by number.
    pub fn insert_for(&mut self, address: MeterAddress, key: AesKey) {
        add(&mut self.by_address.entry(address).or_default().aes, key);
    }

    /// Adds a key of 64 bits for every meter with this identification number.
    pub fn insert_64(&mut self, number: IdentificationNumber, key: Key64) {
        add(&mut self.by_number.entry(number).or_default().bits_64, key);
    }

    /// Adds a key of 64 bits for exactly this meter; it is tried before the keys by number.
    pub fn insert_64_for(&mut self, address: MeterAddress, key: Key64) {
        add(&mut self.by_address.entry(address).or_default().bits_64, key);
    }

    /// Returns what is known for exactly this meter, then what is known for its number.
    fn of(&self, address: &MeterAddress) -> impl Iterator<Item = &MeterKeys> {
        let exact = self.by_address.get(address).into_iter();
        exact.chain(self.by_number.get(&address.identification_number))
    }
}

fn add<K: PartialEq>(keys: &mut Vec<K>, key: K) {
    if !keys.contains(&key) {
        keys.push(key);
    }
}

impl Keys for KeyRing {
    fn candidates<'k>(&'k self, address: &MeterAddress) -> Vec<&'k AesKey> {
        self.of(address).flat_map(|keys| &keys.aes).collect()
    }

    fn candidates_64<'k>(&'k self, address: &MeterAddress) -> Vec<&'k Key64> {
        self.of(address).flat_map(|keys| &keys.bits_64).collect()
    }
}

/// Says how many meters have keys; neither keys nor meter numbers.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meters = self.by_address.len() + self.by_number.len();
        f.debug_struct("KeyRing").field("meters", &meters).finish_non_exhaustive()
    }
}
