//! A thread that owns one connection: SQLite blocks, the server must not.

use std::sync::mpsc;
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::StoreError;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A thread with a connection. Dropped, it ends what was queued, closes the connection and ends.
#[derive(Debug)]
pub(super) struct Worker {
    /// Some until this is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
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
        let thread =
            thread.spawn(body).map_err(|error| StoreError::Unavailable { reason: error.to_string() })?;
        let worker = Self { jobs: Some(jobs), thread: Some(thread) };
        is_open.await.unwrap_or_else(|_| Err(StoreError::Unavailable { reason: GONE.to_owned() }))?;
        Ok(worker)
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
        let gone = || StoreError::Unavailable { reason: GONE.to_owned() };
        self.jobs.as_ref().ok_or_else(gone)?.send(Box::new(job)).map_err(|_| gone())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Without a sender the queue ends. Waiting for the thread means that who drops a store may
        // move its file, and that a program does not end before the connection is closed.
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic in it was told to whoever waited for the job.
            let _ = thread.join();
        }
    }
}
