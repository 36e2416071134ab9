//! The keys that are tried on a telegram, in order.

use super::super::SealedReason;
use super::Sealed;
use crate::meter::MeterAddress;
use crate::security::{AesKey, Key64, Keys, default_keys, lfsr};
use alloc::vec::Vec;

/// A key that may open a telegram.
#[derive(Debug)]
pub(super) struct Candidate<'k, K> {
    pub(super) key: &'k K,
    /// Whether the maker publishes it; such a key is tried last.
    pub(super) is_default: bool,
}

/// Tells a missing key from a wrong one: published keys that do not fit are none of the meter's.
pub(super) fn why_not<K>(candidates: &[Candidate<'_, K>]) -> SealedReason {
    if candidates.iter().all(|candidate| candidate.is_default) {
        SealedReason::NoKey
    } else {
        SealedReason::WrongKey
    }
}

impl<'a> Sealed<'a> {
    /// The keys of the meter, those of the radio converter on it, then what its maker publishes.
    pub(super) fn candidates(self, keys: &'a dyn Keys) -> Vec<Candidate<'a, AesKey>> {
        let own = |address| keys.candidates(&address);
        let published = self.addresses().flat_map(|address| default_keys(&address));
        arrange(self.addresses().flat_map(own), published)
    }

    /// The same of keys for DES.
    pub(super) fn candidates_64(self, keys: &'a dyn Keys) -> Vec<Candidate<'a, Key64>> {
        arrange(self.addresses().flat_map(|address| keys.candidates_64(&address)), [])
    }

    /// The same of keys for the scrambling of the Diehl group.
    pub(super) fn candidates_scrambling(self, keys: &'a dyn Keys) -> Vec<Candidate<'a, Key64>> {
        let own = self.addresses().flat_map(|address| keys.candidates_64(&address));
        arrange(own, &lfsr::FACTORY_KEYS)
    }

    /// The meter, then the sender where it is another.
    fn addresses(self) -> impl Iterator<Item = MeterAddress> {
        let meter = self.meter();
        meter.into_iter().chain(self.link.address.filter(move |sender| Some(*sender) != meter))
    }
}

fn arrange<'k, K: PartialEq>(
    own: impl IntoIterator<Item = &'k K>,
    published: impl IntoIterator<Item = &'k K>,
) -> Vec<Candidate<'k, K>> {
    let mut candidates: Vec<Candidate<'k, K>> = Vec::new();
    let own = own.into_iter().map(|key| Candidate { key, is_default: false });
    for candidate in own.chain(published.into_iter().map(|key| Candidate { key, is_default: true })) {
        if candidates.iter().all(|earlier| earlier.key != candidate.key) {
            candidates.push(candidate);
        }
    }
    candidates
}
