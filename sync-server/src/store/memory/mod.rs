//! A store in memory, for tests and simulations: the plainest reading of the verbs.

mod access;
mod derived;
mod facts;
mod journal;
mod keys;
mod standing;
mod state;
mod tables;
mod tours;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{Store, StoreError, Transaction};
use tables::Tables;

/// A database that lives as long as its value.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: Arc<Mutex<Tables>>,
}

impl MemoryStore {
    /// Returns a copy of the present state, as a backup of the machine would hold it.
    pub async fn snapshot(&self) -> Self {
        Self { tables: Arc::new(Mutex::new(self.tables.lock().await.clone())) }
    }

    async fn lock(&self) -> Box<dyn Transaction> {
        Box::new(MemoryTransaction {
            tables: Arc::clone(&self.tables).lock_owned().await,
            undo: Vec::new(),
            committed: false,
        })
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(self.lock().await)
    }

    async fn begin_read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(self.lock().await)
    }
}

/// Takes one change back.
type Undo = Box<dyn FnOnce(&mut Tables) + Send>;

/// Selects one table.
type Select<K, V> = fn(&mut Tables) -> &mut BTreeMap<K, V>;

/// Holds the tables alone, and how to take back what it did: a copy of the tables for every
/// transaction would make simulations slow.
struct MemoryTransaction {
    tables: OwnedMutexGuard<Tables>,
    undo: Vec<Undo>,
    committed: bool,
}

impl MemoryTransaction {
    /// Puts a row in place of an earlier one.
    fn put<K, V>(&mut self, table: Select<K, V>, key: K, row: V)
    where
        K: Ord + Clone + Send + 'static,
        V: Send + 'static,
    {
        let earlier = table(&mut self.tables).insert(key.clone(), row);
        self.undo.push(Box::new(move |tables| {
            match earlier {
                Some(row) => table(tables).insert(key, row),
                None => table(tables).remove(&key),
            };
        }));
    }

    /// Inserts a row unless there is one. Says whether it was new.
    fn insert<K, V>(&mut self, table: Select<K, V>, key: K, row: V) -> bool
    where
        K: Ord + Clone + Send + 'static,
        V: Send + 'static,
    {
        let is_new = !table(&mut self.tables).contains_key(&key);
        if is_new {
            self.put(table, key, row);
        }
        is_new
    }

    /// Removes the rows that a rule picks.
    fn remove<K, V>(&mut self, table: Select<K, V>, picks: impl Fn(&K, &V) -> bool)
    where
        K: Ord + Clone + Send + 'static,
        V: Send + 'static,
    {
        let gone: Vec<(K, V)> = table(&mut self.tables).extract_if(.., |key, row| picks(key, row)).collect();
        self.undo.push(Box::new(move |tables| table(tables).extend(gone)));
    }
}

impl Drop for MemoryTransaction {
    fn drop(&mut self) {
        if !self.committed {
            while let Some(undo) = self.undo.pop() {
                undo(&mut self.tables);
            }
        }
    }
}

#[async_trait]
impl Transaction for MemoryTransaction {
    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        self.committed = true;
        Ok(())
    }
}
