//! What the standing of lines follows from.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{TelegramId, TourId, TourMeter, TourMeterId};

use super::super::Result;
use super::super::clock::{Clocks, CorrectedTime};
use super::super::matching::HeardMeters;
use super::super::readings::first_times;
use crate::store::Transaction;
use crate::store::rows::{Derivation, EventRow, ReceptionRow, TourMeterRow};

/// Facts of some lines, and what was derived from them.
pub(super) struct Facts {
    meters: HeardMeters,
    /// By tour and meter.
    receptions: BTreeMap<(TourId, String), Vec<ReceptionRow>>,
    derivations: BTreeMap<TelegramId, Derivation>,
    events: BTreeMap<TourMeterId, Vec<EventRow>>,
    clocks: Clocks,
}

/// A telegram of a line that was heard on its tour.
pub(super) struct Heard<'a> {
    pub(super) meter: &'a str,
    pub(super) telegram: TelegramId,
    /// The first reception, by corrected time.
    pub(super) at: CorrectedTime,
    pub(super) first: &'a ReceptionRow,
    pub(super) receptions: Vec<&'a ReceptionRow>,
    /// None while it was not decoded.
    pub(super) derivation: Option<&'a Derivation>,
}

/// What a person did at a line.
pub(super) struct Done<'a> {
    pub(super) at: CorrectedTime,
    pub(super) row: &'a EventRow,
}

impl Facts {
    /// Loads the facts of lines.
    pub(super) async fn load(tx: &mut dyn Transaction, lines: &[TourMeterRow]) -> Result<Self> {
        let meters = HeardMeters::load(tx, lines).await?;
        let pairs: BTreeSet<(TourId, String)> = lines
            .iter()
            .flat_map(|line| {
                let meters = meters.of_line(&line.meter).into_iter();
                meters.map(|meter| (line.meter.tour, meter.to_owned()))
            })
            .collect();
        let rows = tx.receptions_of_meters(pairs.into_iter().collect()).await?;
        let telegrams: BTreeSet<(String, TelegramId)> =
            rows.iter().map(|row| (row.meter.clone(), row.told.reception.telegram)).collect();
        let derivations = tx.derivations_of(telegrams.into_iter().collect()).await?;
        let keys = lines.iter().map(|line| (line.meter.tour, line.meter.id)).collect();
        let done = tx.events_of_lines(keys).await?;
        let replicas =
            rows.iter().map(|row| row.told.replica).chain(done.iter().map(|row| row.replica)).collect();
        let clocks = Clocks::load(tx, replicas).await?;

        let mut receptions: BTreeMap<(TourId, String), Vec<ReceptionRow>> = BTreeMap::new();
        for row in rows {
            receptions.entry((row.told.reception.tour, row.meter.clone())).or_default().push(row);
        }
        let mut events: BTreeMap<TourMeterId, Vec<EventRow>> = BTreeMap::new();
        for row in done {
            events.entry(row.event.tour_meter).or_default().push(row);
        }
        let derivations = derivations.into_iter().map(|row| (row.telegram, row)).collect();
        Ok(Self { meters, receptions, derivations, events, clocks })
    }

    /// Returns the meters that a line means, as they were heard anywhere.
    pub(super) fn meters(&self, line: &TourMeter) -> Vec<&str> {
        self.meters.of_line(line)
    }

    /// Returns the clocks of the handhelds that heard the lines.
    pub(super) fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    /// Returns the telegrams of a line that were heard on its tour, in the order of first receptions.
    pub(super) fn heard(&self, line: &TourMeter) -> Vec<Heard<'_>> {
        let mut heard = Vec::new();
        for meter in self.meters.of_line(line) {
            let Some(((_, meter), rows)) = self.receptions.get_key_value(&(line.tour, meter.to_owned()))
            else {
                continue;
            };
            let mut of_telegram: BTreeMap<TelegramId, Vec<&ReceptionRow>> = BTreeMap::new();
            for row in rows {
                of_telegram.entry(row.told.reception.telegram).or_default().push(row);
            }
            for (telegram, (at, first)) in first_times(rows, &self.clocks) {
                heard.push(Heard {
                    meter,
                    telegram,
                    at,
                    first,
                    receptions: of_telegram.remove(&telegram).unwrap_or_default(),
                    derivation: self.derivations.get(&telegram),
                });
            }
        }
        heard.sort_by_key(|heard| (heard.at, std::cmp::Reverse(heard.telegram)));
        heard
    }

    /// Returns what people did at a line, superseded events too, in the order of time.
    pub(super) fn done(&self, line: TourMeterId) -> Vec<Done<'_>> {
        let rows = self.events.get(&line).map_or(&[][..], Vec::as_slice);
        let mut done: Vec<Done<'_>> = rows
            .iter()
            .map(|row| {
                let event = &row.event;
                Done { at: self.clocks.correct(row.replica, event.boot, event.at, row.arrived_at), row }
            })
            .collect();
        done.sort_by_key(|done| (done.at.at, done.row.event.sequence, done.row.event.id));
        done
    }
}
