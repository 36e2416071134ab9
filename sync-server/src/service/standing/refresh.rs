//! Deriving again how lines stand.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{TourId, TourMeterId};

use super::super::live::Notice;
use super::super::{Result, Service, ServiceError};
use super::assess::assess;
use super::facts::Facts;
use super::model::Standing;
use super::touched::number;
use crate::store::rows::TourMeterRow;
use crate::store::{StandingRow, Transaction};

/// Lines that are derived at once, so that a large tour does not stand in memory as a whole.
const CHUNK: u32 = 500;

/// Lines that stand otherwise than before.
#[derive(Debug, Default)]
pub(crate) struct Refreshed {
    pub(crate) lines: Vec<(TourId, TourMeterId)>,
}

impl Refreshed {
    /// Returns their tours.
    fn tours(&self) -> BTreeSet<TourId> {
        self.lines.iter().map(|(tour, _)| *tour).collect()
    }

    /// Returns what listeners are to hear of.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        let lines = self.lines.iter().map(|(tour, line)| Notice::Line(*tour, *line));
        lines.chain(self.tours().into_iter().map(Notice::Tour)).collect()
    }
}

impl Service {
    /// Derives how stale lines stand, and keeps it. Returns those that stand otherwise than before.
    pub(in super::super) async fn refresh_stale(&self, tx: &mut dyn Transaction) -> Result<Refreshed> {
        let mut refreshed = Refreshed::default();
        while let Some(some) = self.refresh_some(tx).await? {
            refreshed.lines.extend(some.lines);
            tokio::task::yield_now().await;
        }
        Ok(refreshed)
    }

    /// Derives how some of the stale lines stand; none when there are none.
    pub(in super::super) async fn refresh_some(&self, tx: &mut dyn Transaction) -> Result<Option<Refreshed>> {
        let stale = tx.stale_lines(CHUNK).await?;
        if stale.is_empty() {
            return Ok(None);
        }
        let lines = tx.tour_meters_by_id(stale.clone()).await?;
        let refreshed = Refreshed { lines: refresh(tx, &lines).await? };
        tx.clear_stale(stale).await?;
        let now = self.now();
        for tour in refreshed.tours() {
            tx.touch_tour(tour, now).await?;
        }
        Ok(Some(refreshed))
    }

    /// Notes that the lines that may mean these meters are to be derived again, on whatever tour.
    pub(in super::super) async fn mark_meters(
        &self,
        tx: &mut dyn Transaction,
        meters: impl Iterator<Item = &str> + Send,
    ) -> Result<()> {
        let numbers: BTreeSet<String> = meters.filter_map(number).collect();
        let heard = tx.heard_meters(numbers.into_iter().collect()).await?;
        let radio_ids: BTreeSet<String> =
            heard.into_iter().flat_map(|heard| [heard.meter_id, heard.link_id]).collect();
        let lines = tx.tour_meters_of_radio_ids(radio_ids.into_iter().collect()).await?;
        Ok(tx.mark_stale(lines.iter().map(|line| line.meter.id).collect()).await?)
    }
}

/// Derives how lines stand; returns those that stand otherwise than before.
async fn refresh(tx: &mut dyn Transaction, lines: &[TourMeterRow]) -> Result<Vec<(TourId, TourMeterId)>> {
    let facts = Facts::load(tx, lines).await?;
    let keys: Vec<_> = lines.iter().map(|line| (line.meter.tour, line.meter.id)).collect();
    let known: BTreeMap<TourMeterId, StandingRow> =
        tx.standings_of(keys).await?.into_iter().map(|row| (row.tour_meter, row)).collect();
    let mut changed = Vec::new();
    for line in lines {
        let line = &line.meter;
        let standing = assess(line, &facts.heard(line), &facts.done(line.id));
        let is_news = match known.get(&line.id) {
            None => standing != Standing::default(),
            Some(row) => row.standing != text(&standing)?,
        };
        if is_news {
            changed.push(row(line.tour, line.id, &standing)?);
        }
    }
    let lines = changed.iter().map(|row| (row.tour, row.tour_meter)).collect();
    tx.put_standings(changed).await?;
    Ok(lines)
}

fn row(tour: TourId, tour_meter: TourMeterId, standing: &Standing) -> Result<StandingRow> {
    Ok(StandingRow {
        tour,
        tour_meter,
        state: standing.state.as_str().to_owned(),
        has_alarm: !standing.alarms.is_empty(),
        standing: text(standing)?,
    })
}

fn text(standing: &Standing) -> Result<String> {
    serde_json::to_string(standing).map_err(|_| ServiceError::Internal("a standing cannot be written"))
}
