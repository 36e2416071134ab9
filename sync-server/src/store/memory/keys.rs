//! Sealed keys of meters.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use sync_protocol::Timestamp;

use super::MemoryTransaction;
use crate::store::rows::SealedKey;
use crate::store::{Keys, StoreError};

#[async_trait]
impl Keys for MemoryTransaction {
    async fn insert_keys(&mut self, keys: Vec<SealedKey>) -> Result<Vec<bool>, StoreError> {
        Ok(keys
            .into_iter()
            .map(|key| self.insert(|tables| &mut tables.keys, (key.radio_id.clone(), key.fingerprint), key))
            .collect())
    }

    async fn key_imports(&mut self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let mut latest: BTreeMap<String, Timestamp> = BTreeMap::new();
        for key in self.tables.keys.values() {
            let at = latest.entry(key.radio_id.clone()).or_insert(key.imported_at);
            *at = key.imported_at.max(*at);
        }
        Ok(latest.into_iter().collect())
    }

    async fn keys(&mut self, radio_ids: Vec<String>) -> Result<Vec<SealedKey>, StoreError> {
        let wanted: BTreeSet<String> = radio_ids.into_iter().collect();
        Ok(self.tables.keys.values().filter(|key| wanted.contains(&key.radio_id)).cloned().collect())
    }
}
