//! What operators ask of a running server: greeting, figures, backups, a new life after a restore.

use std::path::Path;

use sync_protocol::{Hello, SCHEMA};

use super::{Actor, Result, Service, ServiceError, Statistics};

impl Service {
    /// Says what the server is and what it takes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hello(&self) -> Result<Hello> {
        let state = self.begin_read().await?.state().await?;
        let limits = self.config.body_limits;
        Ok(Hello {
            server_time: self.now(),
            server_epoch: state.server_epoch,
            safe_commit: state.safe_commit,
            min_schema: 1,
            max_schema: SCHEMA,
            max_items: u32::try_from(limits.items).unwrap_or(u32::MAX),
            max_body_bytes: limits.compressed as u64,
        })
    }

    /// Returns figures for metrics and health.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn statistics(&self) -> Result<Statistics> {
        let mut tx = self.begin_read().await?;
        let (state, counts) = (tx.state().await?, tx.counts().await?);
        Ok(Statistics {
            server_epoch: state.server_epoch,
            commit: state.last_change,
            safe_commit: state.safe_commit,
            handhelds: counts.handhelds,
            tours: counts.tours,
            waiting_receptions: counts.waiting_receptions,
            quarantined: counts.quarantined,
        })
    }

    /// Copies a SQLite database to a file, checks the copy, and raises the safe commit to what the
    /// copy holds. Returns the safe commit.
    ///
    /// # Errors
    /// When the copy fails its check, or the database is one that its own tools back up.
    pub async fn backup(&self, actor: Actor, path: &Path) -> Result<u64> {
        let commit = self.store.backup(path).await?;
        self.record_backup(actor, commit).await
    }

    /// Records that a verified backup holds everything up to a commit. Returns the safe commit, which
    /// never goes back.
    ///
    /// # Errors
    /// `Unprocessable` when there is no such commit yet.
    pub async fn record_backup(&self, actor: Actor, commit: u64) -> Result<u64> {
        let mut tx = self.begin().await?;
        let state = tx.state().await?;
        if commit > state.last_change {
            let what = format!("commit {commit} lies ahead: the latest is {}", state.last_change);
            return Err(ServiceError::Unprocessable(what));
        }
        let safe_commit = state.safe_commit.max(commit);
        tx.set_safe_commit(safe_commit).await?;
        self.record(&mut *tx, actor, "backup", commit.to_string(), "").await?;
        tx.commit().await?;
        Ok(safe_commit)
    }

    /// Begins a new life of the database after it was restored from a backup: handhelds then offer
    /// again what was not safe. Returns the new epoch.
    ///
    /// The epoch is the time in seconds, not a count: a backup that is restored twice would begin two
    /// lives with the same number, and receipts of the first would pass for receipts of the second.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_new_epoch(&self, actor: Actor) -> Result<u64> {
        let mut tx = self.begin().await?;
        let seconds = u64::try_from(self.now().as_millis() / 1_000).unwrap_or(0);
        let epoch = seconds.max(tx.state().await?.server_epoch + 1);
        tx.set_server_epoch(epoch).await?;
        self.record(&mut *tx, actor, "restore", epoch.to_string(), "").await?;
        tx.commit().await?;
        Ok(epoch)
    }
}
