//! How often telegrams were decoded since the program began, by what came of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::Service;
use crate::store::rows::Derivation;

/// Counts decodings; a telegram that is decoded again counts again.
#[derive(Debug, Default)]
pub(super) struct Decodings(Mutex<BTreeMap<String, u64>>);

impl Decodings {
    pub(super) fn count(&self, derivations: &[Derivation]) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for derivation in derivations {
            *counts.entry(derivation.status.clone()).or_default() += 1;
        }
    }
}

impl Service {
    /// Returns how often telegrams were decoded since the program began, by status (`read`, `no_key`, …).
    ///
    /// Not what the database holds: counting millions of rows is too much for every look at the metrics.
    pub fn decodings(&self) -> BTreeMap<String, u64> {
        self.decodings.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
