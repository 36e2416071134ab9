//! What people did on the server.

use async_trait::async_trait;
use sync_protocol::TourId;

use super::MemoryTransaction;
use crate::store::rows::{AuditRow, CorrectionRow, Counts};
use crate::store::{Journal, StoreError};

#[async_trait]
impl Journal for MemoryTransaction {
    async fn append_audit(&mut self, row: AuditRow) -> Result<(), StoreError> {
        self.put(|tables| &mut tables.audit, row.number, row);
        Ok(())
    }

    async fn audit(&mut self, before: Option<u64>, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let rows = self.tables.audit.range(..before.unwrap_or(u64::MAX)).rev();
        Ok(rows.take(limit as usize).map(|(_, row)| row.clone()).collect())
    }

    async fn insert_correction(&mut self, row: CorrectionRow) -> Result<(), StoreError> {
        self.put(|tables| &mut tables.corrections, (row.at, row.id), row);
        Ok(())
    }

    async fn corrections(&mut self, tour: TourId) -> Result<Vec<CorrectionRow>, StoreError> {
        Ok(self.tables.corrections.values().filter(|row| row.tour == tour).cloned().collect())
    }

    async fn counts(&mut self) -> Result<Counts, StoreError> {
        let tables = &*self.tables;
        Ok(Counts {
            handhelds: tables.handhelds.values().filter(|handheld| handheld.revoked_at.is_none()).count()
                as u64,
            tours: tables.tours.len() as u64,
            waiting_receptions: tables.waiting.len() as u64,
            quarantined: tables.quarantine.len() as u64,
        })
    }
}
