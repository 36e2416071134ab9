//! How far a tour is: X of Y, and what is missing.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{EventId, EventKind, ReplicaId, TourMeter, TourMeterId};

use super::matching::HeardMeters;
use super::{LineState, Result, TourDetail, TourLine, TourSummary};
use crate::store::Transaction;
use crate::store::rows::{EventRow, HeardCount, TourMeterRow, TourRow};

/// A tour with everything that its progress follows from.
pub(super) struct TourProgress {
    tour: TourRow,
    lines: Vec<TourMeterRow>,
    replicas: Vec<ReplicaId>,
    meters: HeardMeters,
    heard: BTreeMap<String, Vec<HeardCount>>,
    events: Vec<EventRow>,
}

impl TourProgress {
    /// Loads a tour.
    pub(super) async fn load(tx: &mut dyn Transaction, tour: TourRow) -> Result<Self> {
        let lines = tx.tour_meters(tour.id).await?;
        let assignments = tx.assignments(tour.id).await?;
        let mut heard: BTreeMap<String, Vec<HeardCount>> = BTreeMap::new();
        for count in tx.heard_on_tour(tour.id).await? {
            heard.entry(count.meter.clone()).or_default().push(count);
        }
        Ok(Self {
            replicas: assignments
                .into_iter()
                .filter(|row| row.withdrawn_at.is_none())
                .map(|row| row.replica)
                .collect(),
            meters: HeardMeters::load(tx, &lines).await?,
            heard,
            events: standing_events(tx.events_of_tour(tour.id).await?),
            lines,
            tour,
        })
    }

    /// Returns the tour and how far it is.
    pub(super) fn summary(&self) -> TourSummary {
        let meters = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        let done = self.lines.iter().filter(|line| self.state(&line.meter).0.is_done()).count();
        let done = u32::try_from(done).unwrap_or(u32::MAX);
        TourSummary {
            id: self.tour.id,
            name: self.tour.name.clone(),
            due_date: self.tour.due_date.clone(),
            created_at: self.tour.created_at,
            released_at: self.tour.released_at,
            replicas: self.replicas.clone(),
            meters,
            done,
            missing: meters.saturating_sub(done),
        }
    }

    /// Returns how many lines are left to do: neither read nor skipped.
    pub(super) fn left_to_do(&self) -> u32 {
        let is_left = |state: LineState| !state.is_done() && state != LineState::Skipped;
        let left = self.lines.iter().filter(|line| is_left(self.state(&line.meter).0)).count();
        u32::try_from(left).unwrap_or(u32::MAX)
    }

    /// Returns the tour with its lines, those without a value first.
    pub(super) async fn detail(self, tx: &mut dyn Transaction) -> Result<TourDetail> {
        let radio_ids: BTreeSet<String> =
            self.lines.iter().filter_map(|line| line.meter.radio_id.clone()).collect();
        let with_key: BTreeSet<String> =
            tx.keys(radio_ids.into_iter().collect()).await?.into_iter().map(|key| key.radio_id).collect();
        let summary = self.summary();
        let mut lines: Vec<TourLine> = self
            .lines
            .iter()
            .map(|line| {
                let (state, telegrams) = self.state(&line.meter);
                let has_key = line.meter.radio_id.as_ref().is_some_and(|id| with_key.contains(id));
                TourLine { meter: line.meter.clone(), has_key, state, telegrams }
            })
            .collect();
        lines.sort_by_key(|line| line.state.is_done());
        Ok(TourDetail { summary, lines })
    }

    /// Returns how a line stands, and how many telegrams of it were heard on the tour.
    pub(super) fn state(&self, line: &TourMeter) -> (LineState, u32) {
        let counts: Vec<&HeardCount> = self
            .meters
            .of_line(line)
            .into_iter()
            .filter_map(|meter| self.heard.get(meter))
            .flatten()
            .collect();
        let telegrams: u64 = counts.iter().map(|count| count.telegrams).sum();
        let by_radio = counts.iter().map(|count| radio_state(count.status.as_deref())).max();
        let by_hand = self
            .events
            .iter()
            .filter(|row| row.event.tour_meter == line.id)
            .filter_map(|row| hand_state(&row.event.kind))
            .max();
        let state = by_radio.max(by_hand).unwrap_or(LineState::Open);
        (state, u32::try_from(telegrams).unwrap_or(u32::MAX))
    }
}

/// Returns how a line stands for a telegram with this decode status.
fn radio_state(status: Option<&str>) -> LineState {
    match status {
        Some("read") => LineState::Read,
        Some("no_key") => LineState::HeardNoKey,
        Some("wrong_key" | "mac_failed") => LineState::HeardWrongKey,
        _ => LineState::HeardUndecodable,
    }
}

fn hand_state(kind: &EventKind) -> Option<LineState> {
    match kind {
        EventKind::ManualReading { .. } => Some(LineState::Manual),
        EventKind::Skip { .. } => Some(LineState::Skipped),
        EventKind::Note { .. } | EventKind::Photo { .. } => None,
    }
}

/// Leaves out events that a later one corrects. They stay in the database.
pub(super) fn standing_events(mut events: Vec<EventRow>) -> Vec<EventRow> {
    let superseded: BTreeSet<EventId> = events.iter().filter_map(|row| row.event.supersedes).collect();
    events.retain(|row| !superseded.contains(&row.event.id));
    events
}

/// Groups events by the line that they are about.
pub(super) fn events_by_line(events: Vec<EventRow>) -> BTreeMap<TourMeterId, Vec<EventRow>> {
    let mut by_line: BTreeMap<TourMeterId, Vec<EventRow>> = BTreeMap::new();
    for row in events {
        by_line.entry(row.event.tour_meter).or_default().push(row);
    }
    by_line
}
