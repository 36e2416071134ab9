//! Everything that the server knows of one line.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{EventId, EventKind, ReplicaId, TourId, TourMeterId};

use super::super::{Result, Service, ServiceError};
use super::assess::assess;
use super::facts::{Done, Facts, Heard};
use super::list::{handheld_names, rows};
use super::model::{AlarmDetail, LineDetail, LineEvent, LineTelegram, ToldAlarm};
use super::readings::readings;
use super::row::name;
use crate::store::Transaction;
use crate::store::rows::TourMeterRow;

/// Telegrams of a line at most.
const MOST_TELEGRAMS: usize = 200;

impl Service {
    /// Returns everything that the server knows of a line.
    ///
    /// # Errors
    /// `NotFound` when the tour has no such line.
    pub async fn line_detail(&self, tour: TourId, line: TourMeterId) -> Result<LineDetail> {
        let mut tx = self.begin_read().await?;
        let line = known_line(&mut *tx, tour, line).await?;
        let facts = Facts::load(&mut *tx, std::slice::from_ref(&line)).await?;
        let names = handheld_names(&mut *tx).await?;
        let line = line.meter;
        let (heard, done) = (facts.heard(&line), facts.done(line.id));
        let standing = assess(&line, &heard, &done);
        let details = |alarms: &[ToldAlarm]| alarms.iter().cloned().map(AlarmDetail::from).collect();
        let (alarm_details, past_alarms) = (details(&standing.alarms), details(&standing.past_alarms));
        let readings = readings(&line, &heard, &done);
        let row = rows(&mut *tx, vec![(line.clone(), standing)]).await?.pop();
        Ok(LineDetail {
            row: row.ok_or(ServiceError::Internal("a line was written as none"))?,
            low: line.low,
            high: line.high,
            due_date: line.due_date,
            factor: line.factor,
            digits: line.digits,
            sends: line.sends,
            note: line.note,
            customer_ref: line.customer_ref,
            account_ref: line.account_ref,
            extra: line.extra,
            readings,
            telegrams: heard.iter().rev().take(MOST_TELEGRAMS).map(|heard| telegram(heard, &names)).collect(),
            events: events(&done, &names),
            alarm_details,
            past_alarms,
        })
    }
}

/// Returns a line of a tour, or says that there is none.
pub(super) async fn known_line(
    tx: &mut dyn Transaction,
    tour: TourId,
    line: TourMeterId,
) -> Result<TourMeterRow> {
    let rows = tx.tour_meters_by_id(vec![line]).await?;
    let of_tour = rows.into_iter().find(|row| row.meter.tour == tour);
    of_tour.ok_or(ServiceError::NotFound("line of this tour"))
}

fn telegram(heard: &Heard<'_>, names: &BTreeMap<ReplicaId, String>) -> LineTelegram {
    let (content, reason) = content(heard.derivation.map(|derivation| derivation.status.as_str()));
    let handhelds: BTreeSet<ReplicaId> = heard.receptions.iter().map(|row| row.told.replica).collect();
    LineTelegram {
        id: heard.telegram.to_string(),
        content: content.to_owned(),
        reason: reason.map(str::to_owned),
        first_at: heard.at.at,
        receptions: u32::try_from(heard.receptions.len()).unwrap_or(u32::MAX),
        best_rssi_dbm: heard.receptions.iter().filter_map(|row| row.told.reception.rssi_dbm).max(),
        link_mode: heard.receptions.iter().find_map(|row| row.told.reception.link_mode.clone()),
        handhelds: handhelds.into_iter().map(|replica| name(names, replica)).collect(),
    }
}

/// Returns what a telegram with a decode status carries, and why it is sealed.
pub(super) fn content(status: Option<&str>) -> (&str, Option<&str>) {
    match status {
        None => ("pending", None),
        Some("read") => ("records", None),
        Some(reason @ ("no_key" | "wrong_key" | "mac_failed" | "unsupported_mode")) => {
            ("sealed", Some(reason))
        }
        Some(kind) => (kind, None),
    }
}

fn events(done: &[Done<'_>], names: &BTreeMap<ReplicaId, String>) -> Vec<LineEvent> {
    let corrections: BTreeMap<EventId, EventId> =
        done.iter().filter_map(|done| Some((done.row.event.supersedes?, done.row.event.id))).collect();
    done.iter().rev().map(|done| event(done, &corrections, names)).collect()
}

fn event(
    done: &Done<'_>,
    corrections: &BTreeMap<EventId, EventId>,
    names: &BTreeMap<ReplicaId, String>,
) -> LineEvent {
    let row = done.row;
    let told = LineEvent {
        id: row.event.id.to_string(),
        kind: "note",
        at: done.at.at,
        handheld: name(names, row.replica),
        value: None,
        unit: None,
        reason: None,
        confirmed: Vec::new(),
        note: None,
        superseded_by: corrections.get(&row.event.id).map(ToString::to_string),
    };
    match row.event.kind.clone() {
        EventKind::ManualReading { value, unit, reason, confirmed, note } => LineEvent {
            kind: "manual_reading",
            value: Some(value),
            unit: Some(unit),
            reason: Some(reason),
            confirmed,
            note,
            ..told
        },
        EventKind::Skip { reason, note } => LineEvent { kind: "skip", reason: Some(reason), note, ..told },
        EventKind::Note { text } => LineEvent { note: Some(text), ..told },
        EventKind::Photo { .. } => LineEvent { kind: "photo", ..told },
    }
}
