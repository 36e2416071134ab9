//! Readings of a tour as CSV for billing: one row for each line of the tour and register.
//!
//! The order of rows follows the tour and is the same on every database.

mod guard;
mod register;
mod row;

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{EventKind, ReplicaId, TelegramId, TourId, TourMeter, TourMeterId};

use super::clock::Clocks;
use super::events::{events_by_line, standing_events};
use super::matching::HeardMeters;
use super::readings::first_times;
use super::standing::{Standing, standings_by_line};
use super::tours::known_tour;
use super::{Actor, LineState, Result, Service, ServiceError};
use crate::store::Transaction;
use crate::store::rows::{
    CorrectionRow, Derivation, EventRow, PlacedReading, ReceptionRow, TourMeterRow, TourRow,
};
use register::{Heard, Kind, best_registers};
use row::{Row, header};

impl Service {
    /// Returns the readings of a tour as CSV for billing: `;` between fields, CRLF line ends, UTF-8.
    /// A line of the tour without a value is a row, too, and says why.
    ///
    /// # Errors
    /// `NotFound` when there is no such tour.
    pub async fn export_readings(&self, actor: Actor, tour: TourId) -> Result<String> {
        let mut tx = self.begin_read().await?;
        let row = known_tour(&mut *tx, tour).await?;
        let csv = Export::load(&mut *tx, row).await?.write()?;
        drop(tx);
        let mut tx = self.begin().await?;
        self.record(&mut *tx, actor, "export", tour.to_string(), "").await?;
        tx.commit().await?;
        Ok(csv)
    }
}

/// What a telegram says of its meter's health.
struct Health {
    status: Option<u8>,
    alarms: Vec<String>,
}

/// Everything that the rows of an export follow from.
struct Export {
    tour: TourRow,
    lines: Vec<TourMeterRow>,
    standings: BTreeMap<TourMeterId, Standing>,
    meters: HeardMeters,
    readings: BTreeMap<String, Vec<PlacedReading>>,
    health: BTreeMap<TelegramId, Health>,
    receptions: Vec<ReceptionRow>,
    events: Vec<EventRow>,
    corrections: Vec<CorrectionRow>,
    clocks: Clocks,
    handhelds: BTreeMap<ReplicaId, String>,
}

impl Export {
    async fn load(tx: &mut dyn Transaction, tour: TourRow) -> Result<Self> {
        let lines = tx.tour_meters(tour.id).await?;
        let receptions = tx.receptions_of_tour(tour.id).await?;
        let events = standing_events(tx.events_of_tour(tour.id).await?);
        let replicas = receptions.iter().map(|row| row.told.replica);
        let replicas: BTreeSet<ReplicaId> = replicas.chain(events.iter().map(|row| row.replica)).collect();
        let mut readings: BTreeMap<String, Vec<PlacedReading>> = BTreeMap::new();
        for placed in tx.readings_of_tour(tour.id).await? {
            readings.entry(placed.meter.clone()).or_default().push(placed);
        }
        let derivations = tx.derivations_of_tour(tour.id).await?;
        Ok(Self {
            standings: standings_by_line(tx, tour.id).await?,
            meters: HeardMeters::load(tx, &lines).await?,
            health: derivations
                .into_iter()
                .map(|derivation| {
                    let Derivation { telegram, meter_status: status, alarms, .. } = derivation;
                    (telegram, Health { status, alarms })
                })
                .collect(),
            corrections: tx.corrections(tour.id).await?,
            clocks: Clocks::load(tx, replicas).await?,
            handhelds: tx.handhelds().await?.into_iter().map(|row| (row.replica, row.name)).collect(),
            tour,
            lines,
            readings,
            receptions,
            events,
        })
    }

    fn write(&self) -> Result<String> {
        const FAULT: ServiceError = ServiceError::Internal("the export cannot be written");
        let extra: BTreeSet<&str> =
            self.lines.iter().flat_map(|line| line.meter.extra.keys()).map(String::as_str).collect();
        let mut writer = csv::WriterBuilder::new()
            .delimiter(b';')
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer.write_record(header(&extra)).map_err(|_| FAULT)?;
        let heard = self.heard();
        let events = events_by_line(self.events.clone());
        for line in &self.lines {
            let line = &line.meter;
            let mut rows = self.radio_rows(line, &heard);
            rows.extend(
                events.get(&line.id).into_iter().flatten().filter_map(|row| self.hand_row(line, row)),
            );
            let corrections = self.corrections.iter().filter(|row| row.tour_meter == line.id);
            rows.extend(corrections.map(|row| self.correction_row(line, row)));
            if rows.is_empty() {
                rows.push(self.row_without_value(line, events.get(&line.id)));
            }
            for row in rows {
                writer.write_record(row.fields(&extra)).map_err(|_| FAULT)?;
            }
        }
        let bytes = writer.into_inner().map_err(|_| FAULT)?;
        String::from_utf8(bytes).map_err(|_| FAULT)
    }

    /// Returns how each telegram was first heard on the tour.
    fn heard(&self) -> BTreeMap<TelegramId, Heard<'_>> {
        first_times(&self.receptions, &self.clocks)
            .into_iter()
            .map(|(telegram, (time, row))| {
                let health = self.health.get(&telegram);
                let status = health.and_then(|health| health.status);
                let alarms = health.map_or(&[][..], |health| &health.alarms);
                (telegram, Heard { time, told: &row.told, status, alarms })
            })
            .collect()
    }

    fn row<'a>(&'a self, line: &'a TourMeter) -> Row<'a> {
        Row { tour: &self.tour.name, line: Some(line), ..Row::default() }
    }

    fn handheld(&self, replica: ReplicaId) -> String {
        self.handhelds.get(&replica).cloned().unwrap_or_else(|| replica.to_string())
    }

    fn radio_rows<'a>(
        &'a self,
        line: &'a TourMeter,
        heard: &BTreeMap<TelegramId, Heard<'_>>,
    ) -> Vec<Row<'a>> {
        let meters = self.meters.of_line(line);
        let standing = self.standings.get(&line.id);
        let readings = meters.into_iter().filter_map(|meter| self.readings.get(meter)).flatten();
        let due_date = line.due_date.as_deref();
        best_registers(readings, due_date, heard)
            .into_iter()
            .map(|best| {
                let reception = &best.heard.told.reception;
                Row {
                    register: best.register,
                    value: best.value,
                    unit: best.unit,
                    value_date: best.value_date,
                    value_kind: best.kind.as_str(),
                    read_at: Some(best.heard.time.at),
                    read_method: "radio",
                    // A handheld is carried by one person at a time: its name says who read.
                    reader: self.handheld(best.heard.told.replica),
                    handheld: self.handheld(best.heard.told.replica),
                    receiver: reception.receiver.clone().unwrap_or_default(),
                    rssi_dbm: reception.rssi_dbm,
                    meter_status: best.heard.status,
                    alarms: best.heard.alarms.join(" "),
                    quality: doubted(standing, best.kind).unwrap_or(best.quality),
                    ..self.row(line)
                }
            })
            .collect()
    }

    fn hand_row<'a>(&'a self, line: &'a TourMeter, row: &EventRow) -> Option<Row<'a>> {
        let EventKind::ManualReading { value, unit, reason, confirmed, note } = &row.event.kind else {
            return None;
        };
        let event = &row.event;
        let time = self.clocks.correct(row.replica, event.boot, event.at, row.arrived_at);
        Some(Row {
            value: value.clone(),
            unit: unit.clone(),
            value_kind: "manual",
            read_at: Some(time.at),
            read_method: "manual",
            reader: self.handheld(row.replica),
            handheld: self.handheld(row.replica),
            quality: confirmed.join(" "),
            reason_code: reason.clone(),
            note: note.clone().unwrap_or_default(),
            ..self.row(line)
        })
    }

    fn correction_row<'a>(&'a self, line: &'a TourMeter, row: &CorrectionRow) -> Row<'a> {
        Row {
            register: row.quantity.clone(),
            value: row.value.clone(),
            unit: row.unit.clone(),
            value_date: row.value_date.clone().unwrap_or_default(),
            value_kind: "manual",
            read_at: Some(row.at),
            read_method: "manual",
            reader: row.actor.clone(),
            quality: "correction".to_owned(),
            note: row.reason.clone(),
            ..self.row(line)
        }
    }

    fn row_without_value<'a>(&'a self, line: &'a TourMeter, events: Option<&Vec<EventRow>>) -> Row<'a> {
        let standing = self.standings.get(&line.id);
        let quality = standing.map_or(LineState::Open, |standing| standing.state).as_str().to_owned();
        let row = Row { quality, ..self.row(line) };
        let skip = events.into_iter().flatten().find_map(|row| match &row.event.kind {
            EventKind::Skip { reason, note } => Some((row, reason.clone(), note.clone())),
            _ => None,
        });
        let Some((skip, reason_code, note)) = skip else { return row };
        let event = &skip.event;
        let time = self.clocks.correct(skip.replica, event.boot, event.at, skip.arrived_at);
        Row {
            read_at: Some(time.at),
            reader: self.handheld(skip.replica),
            handheld: self.handheld(skip.replica),
            reason_code,
            note: note.unwrap_or_default(),
            ..row
        }
    }
}

/// Returns why the value of a line can hardly be true, where it is of this kind.
fn doubted(standing: Option<&Standing>, kind: Kind) -> Option<String> {
    let standing = standing.filter(|standing| standing.state == LineState::Implausible)?;
    let of_kind = match kind {
        Kind::Due => "due_date",
        Kind::Month => "month",
        Kind::Current => "current",
    };
    standing.reason.clone().filter(|_| standing.value_kind.as_deref() == Some(of_kind))
}
