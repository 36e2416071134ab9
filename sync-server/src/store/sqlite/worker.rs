//! A thread that owns one connection: SQLite blocks, the server must not.

use std::sync::mpsc;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::StoreError;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A thread with a connection; it ends when this value is dropped.
#[derive(Debug)]
pub(super) struct Worker {
    jobs: mpsc::Sender<Job>,
}

const GONE: &str = "the database thread ended";

impl Worker {
    /// Starts a thread and opens its connection.
    pub(super) async fn start(
        open: impl FnOnce() -> Result<Connection, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let (opened, is_open) = oneshot::channel();
        let thread = std::thread::Builder::new().name("walkby-sqlite".to_owned());
        let body = move || {
            let mut connection = match open() {
                Ok(connection) => connection,
                Err(error) => {
                    let _ = opened.send(Err(error));
                    return;
                }
            };
            let _ = opened.send(Ok(()));
            for job in queue {
                job(&mut connection);
            }
        };
        thread.spawn(body).map_err(|error| StoreError::Unavailable { reason: error.to_string() })?;
        is_open.await.unwrap_or_else(|_| Err(StoreError::Unavailable { reason: GONE.to_owned() }))?;
        Ok(Self { jobs })
    }

    /// Runs a job on the thread and waits for its result.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (done, result) = oneshot::channel();
        self.enqueue(move |connection| {
            // Whoever asked may be gone: a closed connection is no fault of the database.
            let _ = done.send(job(connection));
        })?;
        result.await.unwrap_or_else(|_| Err(StoreError::Unavailable { reason: GONE.to_owned() }))
    }

    /// Queues a job without waiting; jobs run in the order in which they were queued.
    pub(super) fn enqueue(
        &self,
        job: impl FnOnce(&mut Connection) + Send + 'static,
    ) -> Result<(), StoreError> {
        self.jobs.send(Box::new(job)).map_err(|_| StoreError::Unavailable { reason: GONE.to_owned() })
    }
}
