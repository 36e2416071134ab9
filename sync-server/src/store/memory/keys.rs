//! Sealed keys of meters.

use std::collections::BTreeSet;

use async_trait::async_trait;

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

    async fn keys(&mut self, radio_ids: Vec<String>) -> Result<Vec<SealedKey>, StoreError> {
        let wanted: BTreeSet<String> = radio_ids.into_iter().collect();
        Ok(self.tables.keys.values().filter(|key| wanted.contains(&key.radio_id)).cloned().collect())
    }
}
