//! Values that the office puts beside what was read. Nothing is overwritten.

use wmbus::Decimal;

use super::environment::mint_uuid;
use super::{Actor, NewCorrection, Result, Service, ServiceError};
use crate::store::rows::CorrectionRow;

impl Service {
    /// Puts a value beside what was read, with who and why.
    ///
    /// # Errors
    /// `NotFound` when there is no such line, `Unprocessable` when the value is no decimal or there is
    /// no reason.
    pub async fn correct(&self, actor: Actor, correction: NewCorrection) -> Result<()> {
        check(&correction)?;
        let mut tx = self.begin().await?;
        let lines = tx.tour_meters_by_id(vec![correction.tour_meter]).await?;
        let line = lines.into_iter().next().ok_or(ServiceError::NotFound("line of a tour"))?;
        let row = CorrectionRow {
            id: mint_uuid(&*self.environment)?,
            tour: line.meter.tour,
            tour_meter: correction.tour_meter,
            quantity: correction.quantity,
            value: correction.value,
            unit: correction.unit,
            value_date: correction.value_date,
            reason: correction.reason.clone(),
            actor: actor.to_string(),
            at: self.now(),
        };
        tx.insert_correction(row).await?;
        let subject = correction.tour_meter.to_string();
        self.record(&mut *tx, actor, "correction", subject, correction.reason).await?;
        Ok(tx.commit().await?)
    }
}

fn check(correction: &NewCorrection) -> Result<()> {
    let refuse = |what: &str| Err(ServiceError::Unprocessable(what.to_owned()));
    if correction.value.parse::<Decimal>().is_err() {
        return refuse("the value is no decimal such as 123.5");
    }
    if correction.reason.trim().is_empty() {
        return refuse("a correction needs a reason");
    }
    if correction.value_date.as_ref().is_some_and(|date| date.parse::<jiff::civil::Date>().is_err()) {
        return refuse("the date of the value is no date such as 2026-12-31");
    }
    let texts = [&correction.quantity, &correction.unit, &correction.reason];
    if texts.into_iter().any(|text| text.contains('\0')) {
        return refuse("a text holds a NUL character");
    }
    Ok(())
}
