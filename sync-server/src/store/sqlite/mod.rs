//! A database in one file, embedded: SQLite in WAL mode, each commit on disk before it returns.

mod backup;
mod driver;
mod open;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::sql::SqlTransaction;
use super::{Store, StoreError, Transaction};
use driver::SqliteDriver;
use worker::Worker;

/// Connections that read beside the one that writes.
const READERS: usize = 2;

/// A SQLite database: one connection writes, a few read.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    /// Before the writer: the last connection to close moves the write-ahead log into the file.
    readers: Vec<Arc<Mutex<Worker>>>,
    writer: Arc<Mutex<Worker>>,
    next_reader: AtomicUsize,
}

/// What can be set of a SQLite database.
#[derive(Debug, Clone, Copy, Default)]
pub struct SqliteOptions {
    /// Most pages of the file (4,096 bytes each): a quota.
    pub max_pages: Option<u32>,
}

impl SqliteStore {
    /// Opens a database file, or makes it, and brings it to the present schema.
    ///
    /// # Errors
    /// When the file cannot be opened, is no database, or was written by a newer program.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, SqliteOptions::default()).await
    }

    /// Opens a database file as [`Self::open`] does, with options.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(path: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        let file = path.to_owned();
        let writer = Worker::start(move || open::writer(&file, options)).await?;
        let mut readers = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            let file = path.to_owned();
            readers.push(Arc::new(Mutex::new(Worker::start(move || open::reader(&file)).await?)));
        }
        let writer = Arc::new(Mutex::new(writer));
        Ok(Self { path: path.to_owned(), writer, readers, next_reader: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let worker = Arc::clone(&self.writer).lock_owned().await;
        Ok(Box::new(SqlTransaction::new(SqliteDriver::begin(worker, "BEGIN IMMEDIATE").await?)))
    }

    async fn begin_read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed) % READERS;
        let reader = self.readers.get(turn).unwrap_or(&self.writer);
        let worker = Arc::clone(reader).lock_owned().await;
        Ok(Box::new(SqlTransaction::new(SqliteDriver::begin(worker, "BEGIN").await?)))
    }

    async fn backup(&self, path: &Path) -> Result<u64, StoreError> {
        let (from, to) = (self.path.clone(), path.to_owned());
        // A thread of its own: the copy must not hold up those who read and write.
        Worker::start(move || open::reader(&from))
            .await?
            .run(move |connection| backup::copy(connection, &to))
            .await
    }
}
