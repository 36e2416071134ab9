//! Who did what, in the same transaction as what was done.

use super::{Actor, Result, Service};
use crate::store::Transaction;
use crate::store::rows::AuditRow;

/// One line of the audit.
pub use crate::store::rows::AuditRow as AuditEntry;

/// Entries of a page at most.
const PAGE: u32 = 500;

impl Service {
    /// Returns the audit before a number, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, before: Option<u64>, limit: u32) -> Result<Vec<AuditEntry>> {
        Ok(self.begin_read().await?.audit(before, limit.clamp(1, PAGE)).await?)
    }

    /// Appends to the audit.
    pub(super) async fn record(
        &self,
        tx: &mut dyn Transaction,
        actor: Actor,
        action: &str,
        subject: impl Into<String> + Send,
        detail: impl Into<String> + Send,
    ) -> Result<()> {
        let number = tx.advance(1).await?;
        let row = AuditRow {
            number,
            at: self.now(),
            actor: actor.to_string(),
            action: action.to_owned(),
            subject: subject.into(),
            detail: detail.into(),
        };
        Ok(tx.append_audit(row).await?)
    }
}
