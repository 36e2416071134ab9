//! What people did on the server.

use async_trait::async_trait;
use sync_protocol::{TourId, TourMeterId};

use super::{Driver, Result, Row, SqlTransaction};
use crate::store::rows::{AuditRow, CorrectionRow, Counts};
use crate::store::{Journal, StoreError};

fn audit_row(mut row: Row) -> Result<AuditRow> {
    Ok(AuditRow {
        number: row.number()?,
        at: row.timestamp()?,
        actor: row.text()?,
        action: row.text()?,
        subject: row.text()?,
        detail: row.text()?,
    })
}

fn correction(mut row: Row) -> Result<CorrectionRow> {
    Ok(CorrectionRow {
        id: row.uuid()?,
        tour: TourId(row.uuid()?),
        tour_meter: TourMeterId(row.uuid()?),
        quantity: row.text()?,
        value: row.text()?,
        unit: row.text()?,
        value_date: row.optional_text()?,
        reason: row.text()?,
        actor: row.text()?,
        at: row.timestamp()?,
    })
}

#[async_trait]
impl<D: Driver> Journal for SqlTransaction<D> {
    async fn append_audit(&mut self, row: AuditRow) -> Result<()> {
        let sql =
            "INSERT INTO audit (number, at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            row.number.into(),
            row.at.into(),
            row.actor.into(),
            row.action.into(),
            row.subject.into(),
            row.detail.into(),
        ];
        self.driver.execute(sql, values).await
    }

    async fn audit(&mut self, before: Option<u64>, limit: u32) -> Result<Vec<AuditRow>> {
        let sql = "SELECT number, at, actor, action, subject, detail FROM audit WHERE number < $1 \
                   ORDER BY number DESC LIMIT $2";
        self.query_all(sql, vec![before.unwrap_or(u64::MAX).into(), limit.into()], audit_row).await
    }

    async fn insert_correction(&mut self, row: CorrectionRow) -> Result<()> {
        let sql = "INSERT INTO corrections (correction, tour, tour_meter, quantity, value, unit, value_date, \
                   reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = vec![
            row.id.into(),
            row.tour.0.into(),
            row.tour_meter.0.into(),
            row.quantity.into(),
            row.value.into(),
            row.unit.into(),
            row.value_date.into(),
            row.reason.into(),
            row.actor.into(),
            row.at.into(),
        ];
        self.driver.execute(sql, values).await
    }

    async fn corrections(&mut self, tour: TourId) -> Result<Vec<CorrectionRow>> {
        let sql = "SELECT correction, tour, tour_meter, quantity, value, unit, value_date, reason, actor, at \
                   FROM corrections WHERE tour = $1 ORDER BY at, correction";
        self.query_all(sql, vec![tour.0.into()], correction).await
    }

    async fn counts(&mut self) -> Result<Counts> {
        let sql = "SELECT (SELECT COUNT(*) FROM handhelds WHERE revoked_at IS NULL), \
                   (SELECT COUNT(*) FROM tours), (SELECT COUNT(*) FROM waiting_receptions), \
                   (SELECT COUNT(*) FROM quarantine)";
        let row = self.query_one(sql, Vec::new()).await?;
        let mut row = row.ok_or(StoreError::Corrupt { place: "counts" })?;
        Ok(Counts {
            handhelds: row.number()?,
            tours: row.number()?,
            waiting_receptions: row.number()?,
            quarantined: row.number()?,
        })
    }
}
