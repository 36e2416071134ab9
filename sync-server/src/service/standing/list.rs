//! The lines of a tour, page by page.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{ReplicaId, TourId, TourMeterId};

use super::super::tours::known_tour;
use super::super::{Result, Service, ServiceError};
use super::model::{LinePage, LineRow};
use super::query::{Line, LineQuery, page};
use super::row::{line_row, read, standings_by_line};
use crate::store::Transaction;

impl Service {
    /// Returns a page of a tour's lines.
    ///
    /// # Errors
    /// `NotFound` when there is no such tour, `CursorGone` when the cursor was given for another order.
    pub async fn lines(&self, tour: TourId, query: &LineQuery) -> Result<LinePage> {
        let mut tx = self.begin_read().await?;
        known_tour(&mut *tx, tour).await?;
        let mut standings = standings_by_line(&mut *tx, tour).await?;
        let lines = tx.tour_meters(tour).await?.into_iter().map(|row| {
            let standing = standings.remove(&row.meter.id).unwrap_or_default();
            (row.meter, standing)
        });
        let (lines, total, cursor) = page(lines.collect(), query).ok_or(ServiceError::CursorGone)?;
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        Ok(LinePage { lines: rows(&mut *tx, lines).await?, total, cursor })
    }

    /// Returns one line of a tour; none when there is no such line.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn line(&self, tour: TourId, line: TourMeterId) -> Result<Option<LineRow>> {
        let mut tx = self.begin_read().await?;
        let rows = tx.tour_meters_by_id(vec![line]).await?;
        let Some(row) = rows.into_iter().next().filter(|row| row.meter.tour == tour) else { return Ok(None) };
        let kept = tx.standings_of(vec![(tour, line)]).await?.into_iter().next();
        let standing = kept.map(read).transpose()?.map(|(_, standing)| standing).unwrap_or_default();
        Ok(self::rows(&mut *tx, vec![(row.meter, standing)]).await?.pop())
    }
}

/// Writes lines for the office.
pub(super) async fn rows(tx: &mut dyn Transaction, lines: Vec<Line>) -> Result<Vec<LineRow>> {
    let radio_ids: BTreeSet<String> = lines.iter().filter_map(|(meter, _)| meter.radio_id.clone()).collect();
    let held: BTreeSet<String> =
        tx.keys(radio_ids.into_iter().collect()).await?.into_iter().map(|key| key.radio_id).collect();
    let names = handheld_names(tx).await?;
    Ok(lines
        .into_iter()
        .map(|(meter, standing)| {
            let has_key = meter.radio_id.as_ref().is_some_and(|radio_id| held.contains(radio_id));
            line_row(meter, standing, has_key, &names)
        })
        .collect())
}

/// Returns what the office calls its handhelds.
pub(super) async fn handheld_names(tx: &mut dyn Transaction) -> Result<BTreeMap<ReplicaId, String>> {
    Ok(tx.handhelds().await?.into_iter().map(|handheld| (handheld.replica, handheld.name)).collect())
}
