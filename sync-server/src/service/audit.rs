//! Who did what, in the same transaction as what was done.

use sync_protocol::TelegramId;

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

    /// Writes into the audit that someone looked at a telegram: it says when people are at home.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_telegram_view(&self, actor: Actor, telegram: TelegramId) -> Result<()> {
        let mut tx = self.begin().await?;
        self.record(&mut *tx, actor, "telegram_view", telegram.to_string(), "").await?;
        Ok(tx.commit().await?)
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
        self.record_as(tx, number, actor, action, subject, detail).await
    }

    /// Appends to the audit what a change that has its number already did.
    pub(super) async fn record_as(
        &self,
        tx: &mut dyn Transaction,
        number: u64,
        actor: Actor,
        action: &str,
        subject: impl Into<String> + Send,
        detail: impl Into<String> + Send,
    ) -> Result<()> {
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
