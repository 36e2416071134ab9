//! Readings as they stand in the database, page by page.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{TelegramId, TourId};

use super::clock::{Clocks, CorrectedTime};
use super::{Reading, ReadingPage, ReadingQuery, Result, Service, ServiceError};
use crate::store::Transaction;
use crate::store::rows::{PlacedReading, ReceptionRow};

/// Readings of a page at most.
const PAGE: u32 = 1_000;

/// The place of a reading: meter, telegram, record.
type Place = (String, TelegramId, u32);

impl Service {
    /// Returns a page of readings, ordered by meter, telegram and record.
    ///
    /// # Errors
    /// `CursorGone` when the cursor was not given by this endpoint.
    pub async fn readings(&self, query: &ReadingQuery) -> Result<ReadingPage> {
        let limit = query.limit.clamp(1, PAGE);
        let after = match &query.cursor {
            Some(cursor) => Some(read_cursor(cursor).ok_or(ServiceError::CursorGone)?),
            None => None,
        };
        let mut tx = self.begin_read().await?;
        let mut placed = tx.readings(query.tour, query.meter.clone(), after, limit + 1).await?;
        let has_more = placed.len() > limit as usize;
        placed.truncate(limit as usize);
        let cursor = placed.last().filter(|_| has_more).map(write_cursor);
        let times = earliest_receptions(&mut *tx, &placed, query.tour).await?;
        let readings = placed.into_iter().map(|placed| {
            let time = times.get(&placed.telegram);
            reading(placed, time)
        });
        Ok(ReadingPage { readings: readings.collect(), cursor })
    }
}

/// Returns when the telegrams of readings were first heard, on a tour or at all.
async fn earliest_receptions(
    tx: &mut dyn Transaction,
    placed: &[PlacedReading],
    tour: Option<TourId>,
) -> Result<BTreeMap<TelegramId, CorrectedTime>> {
    let keys: BTreeSet<(String, TelegramId)> =
        placed.iter().map(|placed| (placed.meter.clone(), placed.telegram)).collect();
    let mut receptions = tx.receptions_of(keys.into_iter().collect()).await?;
    receptions.retain(|row| tour.is_none_or(|tour| row.told.reception.tour == tour));
    let replicas = receptions.iter().map(|row| row.told.replica).collect();
    let clocks = Clocks::load(tx, replicas).await?;
    Ok(first_times(&receptions, &clocks).into_iter().map(|(telegram, (time, _))| (telegram, time)).collect())
}

/// Returns the first reception of each telegram, by corrected time.
pub(super) fn first_times<'a>(
    receptions: &'a [ReceptionRow],
    clocks: &Clocks,
) -> BTreeMap<TelegramId, (CorrectedTime, &'a ReceptionRow)> {
    let mut first: BTreeMap<TelegramId, (CorrectedTime, &ReceptionRow)> = BTreeMap::new();
    for row in receptions {
        let time = clocks.reception(&row.told);
        let order = |time: CorrectedTime, row: &ReceptionRow| (time, row.told.reception.id);
        let known = first.entry(row.told.reception.telegram).or_insert((time, row));
        if order(time, row) < order(known.0, known.1) {
            *known = (time, row);
        }
    }
    first
}

fn reading(placed: PlacedReading, time: Option<&CorrectedTime>) -> Reading {
    let reading = placed.reading;
    Reading {
        meter: placed.meter,
        telegram: placed.telegram.to_string(),
        record: reading.record,
        quantity: reading.quantity,
        unit: reading.unit,
        value: reading.value,
        value_type: reading.value_type,
        storage: reading.storage,
        tariff: reading.tariff,
        subunit: reading.subunit,
        function: reading.function,
        value_date: reading.value_date,
        qualifiers: reading.qualifiers,
        received_at: time.map(|time| time.at),
        time_quality: time.map(|time| time.quality.as_str().to_owned()),
        warnings: reading.warnings,
        decoder_version: reading.decoder_version,
    }
}

/// A cursor is the place of the last reading of a page.
fn write_cursor(placed: &PlacedReading) -> String {
    format!("{}/{}/{}", placed.meter, placed.telegram, placed.reading.record)
}

fn read_cursor(cursor: &str) -> Option<Place> {
    let mut parts = cursor.split('/');
    let place = (parts.next()?.to_owned(), parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.next().is_none() && !place.0.contains('\0')).then_some(place)
}
