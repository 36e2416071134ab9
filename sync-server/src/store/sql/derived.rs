//! What was made of the facts.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sync_protocol::{TelegramId, TourId};

use super::facts_rows::{METER_AND_TELEGRAM, telegram};
use super::{Delete, Driver, Insert, Kind, Lookup, OnConflict, Result, Row, SqlTransaction, Value};
use crate::store::rows::{
    Derivation, FormatRow, HeardCount, OpenedMeter, PlacedReading, ReadingRow, TelegramRow,
};
use crate::store::{Derived, StoreError};

const DECODE_STATES: Insert = Insert {
    table: "decode_states",
    columns: &[
        ("meter", Kind::Text),
        ("telegram", Kind::Blob),
        ("status", Kind::Text),
        ("meter_status", Kind::Integer),
        ("alarms", Kind::Text),
        ("decoder_version", Kind::Integer),
    ],
    key: 2,
    on_conflict: OnConflict::Keep,
};

static FIRST_DECODE_STATES: Insert = DECODE_STATES;

static LATER_DECODE_STATES: Insert = Insert { on_conflict: OnConflict::Replace, ..DECODE_STATES };

static READINGS: Insert = Insert {
    table: "readings",
    columns: &[
        ("meter", Kind::Text),
        ("telegram", Kind::Blob),
        ("record", Kind::Integer),
        ("quantity", Kind::Text),
        ("unit", Kind::Text),
        ("value", Kind::Text),
        ("value_type", Kind::Text),
        ("storage", Kind::Integer),
        ("tariff", Kind::Integer),
        ("subunit", Kind::Integer),
        ("function", Kind::Text),
        ("value_date", Kind::Text),
        ("qualifiers", Kind::Text),
        ("is_plain", Kind::Integer),
        ("is_history", Kind::Integer),
        ("is_doubtful", Kind::Integer),
        ("warnings", Kind::Text),
        ("decoder_version", Kind::Integer),
    ],
    key: 3,
    on_conflict: OnConflict::Keep,
};

static OPENED_METERS: Insert = Insert {
    table: "opened_meters",
    columns: &[("meter", Kind::Text), ("opened_at", Kind::Integer)],
    key: 1,
    on_conflict: OnConflict::Replace,
};

static FORMATS: Insert = Insert {
    table: "formats",
    columns: &[("manufacturer", Kind::Text), ("headers", Kind::Blob)],
    key: 2,
    on_conflict: OnConflict::Keep,
};

static OPENED_METERS_BY_METER: Lookup =
    Lookup { select: "SELECT meter, opened_at FROM opened_meters", keys: &[("meter", Kind::Text)] };

static READINGS_TO_DELETE: Delete = Delete { table: "readings", keys: METER_AND_TELEGRAM };

macro_rules! reading_select {
    ($tail:literal) => {
        concat!(
            "SELECT meter, telegram, record, quantity, unit, value, value_type, storage, tariff, subunit, ",
            "function, value_date, qualifiers, is_plain, is_history, is_doubtful, warnings, decoder_version ",
            "FROM readings",
            $tail
        )
    };
}

pub(super) static DERIVATIONS_BY_KEY: Lookup = Lookup {
    select: "SELECT meter, telegram, status, meter_status, alarms, decoder_version FROM decode_states",
    keys: METER_AND_TELEGRAM,
};

pub(super) static READINGS_BY_KEY: Lookup = Lookup { select: reading_select!(""), keys: METER_AND_TELEGRAM };

/// Lists of words stand in one column as JSON.
fn words(text: &str) -> Result<Vec<String>> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt { place: "a list of what was derived" })
}

fn words_text(words: &[String]) -> String {
    serde_json::to_string(words).unwrap_or_else(|_| {
        debug_assert!(false, "writing to memory cannot fail");
        "[]".to_owned()
    })
}

pub(super) fn placed_reading(mut row: Row) -> Result<PlacedReading> {
    Ok(PlacedReading {
        meter: row.text()?,
        telegram: TelegramId(row.bytes()?),
        reading: ReadingRow {
            record: row.number()?,
            quantity: row.text()?,
            unit: row.text()?,
            value: row.optional_text()?,
            value_type: row.text()?,
            storage: row.number()?,
            tariff: row.number()?,
            subunit: row.number()?,
            function: row.text()?,
            value_date: row.optional_text()?,
            qualifiers: words(&row.text()?)?,
            is_plain: row.integer()? != 0,
            is_history: row.integer()? != 0,
            is_doubtful: row.integer()? != 0,
            warnings: words(&row.text()?)?,
            decoder_version: row.number()?,
        },
    })
}

fn reading_values(meter: &str, telegram: TelegramId, reading: ReadingRow) -> Vec<Value> {
    vec![
        meter.into(),
        telegram.0.into(),
        reading.record.into(),
        reading.quantity.into(),
        reading.unit.into(),
        reading.value.into(),
        reading.value_type.into(),
        reading.storage.into(),
        reading.tariff.into(),
        reading.subunit.into(),
        reading.function.into(),
        reading.value_date.into(),
        words_text(&reading.qualifiers).into(),
        i64::from(reading.is_plain).into(),
        i64::from(reading.is_history).into(),
        i64::from(reading.is_doubtful).into(),
        words_text(&reading.warnings).into(),
        reading.decoder_version.into(),
    ]
}

fn heard_count(mut row: Row) -> Result<HeardCount> {
    Ok(HeardCount { meter: row.text()?, status: row.optional_text()?, telegrams: row.number()? })
}

fn format(mut row: Row) -> Result<FormatRow> {
    Ok(FormatRow { manufacturer: row.text()?, headers: row.blob()? })
}

fn opened_meter(mut row: Row) -> Result<OpenedMeter> {
    Ok(OpenedMeter { meter: row.text()?, opened_at: row.timestamp()? })
}

pub(super) fn derivation(mut row: Row) -> Result<Derivation> {
    Ok(Derivation {
        meter: row.text()?,
        telegram: TelegramId(row.bytes()?),
        status: row.text()?,
        meter_status: row.optional_number()?,
        alarms: words(&row.text()?)?,
        decoder_version: row.number()?,
        readings: Vec::new(),
    })
}

#[async_trait]
impl<D: Driver> Derived for SqlTransaction<D> {
    async fn pending_telegrams(&mut self, limit: u32) -> Result<Vec<TelegramRow>> {
        let sql = "SELECT t.meter, t.telegram, t.frame, t.commit_no, t.arrived_at FROM telegrams t \
                   LEFT JOIN decode_states s ON s.meter = t.meter AND s.telegram = t.telegram \
                   WHERE s.telegram IS NULL ORDER BY t.meter, t.telegram LIMIT $1";
        self.query_all(sql, vec![limit.into()], telegram).await
    }

    async fn outdated_telegrams(&mut self, decoder_version: u32, limit: u32) -> Result<Vec<TelegramRow>> {
        let sql = "SELECT t.meter, t.telegram, t.frame, t.commit_no, t.arrived_at FROM decode_states s \
                   JOIN telegrams t ON t.meter = s.meter AND t.telegram = s.telegram \
                   WHERE s.decoder_version < $1 ORDER BY t.meter, t.telegram LIMIT $2";
        self.query_all(sql, vec![decoder_version.into(), limit.into()], telegram).await
    }

    async fn put_derivations(&mut self, derivations: Vec<Derivation>) -> Result<()> {
        let key = |derivation: &Derivation| -> Vec<Value> {
            vec![derivation.meter.as_str().into(), derivation.telegram.0.into()]
        };
        let state = |derivation: &Derivation| {
            let rest = [
                derivation.status.as_str().into(),
                derivation.meter_status.into(),
                words_text(&derivation.alarms).into(),
                derivation.decoder_version.into(),
            ];
            key(derivation).into_iter().chain(rest).collect()
        };
        let is_first = self.insert(&FIRST_DECODE_STATES, derivations.iter().map(state).collect()).await?;
        let again = derivations.iter().zip(is_first).filter(|(_, is_first)| !is_first);
        let again: Vec<&Derivation> = again.map(|(derivation, _)| derivation).collect();
        if !again.is_empty() {
            let (keys, states) = again.into_iter().map(|again| (key(again), state(again))).unzip();
            self.driver.delete(&READINGS_TO_DELETE, keys).await?;
            self.insert(&LATER_DECODE_STATES, states).await?;
        }
        let readings = derivations.into_iter().flat_map(|derivation| {
            let Derivation { meter, telegram, readings, .. } = derivation;
            readings
                .into_iter()
                .map(move |reading| reading_values(&meter, telegram, reading))
                .collect::<Vec<_>>()
        });
        self.insert(&READINGS, readings.collect()).await.map(drop)
    }

    async fn derivations_of_tour(&mut self, tour: TourId) -> Result<Vec<Derivation>> {
        let sql = "SELECT meter, telegram, status, meter_status, alarms, decoder_version FROM decode_states \
                   WHERE (meter, telegram) IN (SELECT meter, telegram FROM receptions WHERE tour = $1) \
                   ORDER BY meter, telegram";
        self.query_all(sql, vec![tour.0.into()], derivation).await
    }

    async fn put_opened_meters(&mut self, meters: Vec<OpenedMeter>) -> Result<()> {
        let rows = meters.into_iter().map(|row| vec![row.meter.into(), row.opened_at.into()]);
        self.insert(&OPENED_METERS, rows.collect()).await.map(drop)
    }

    async fn opened_meters(&mut self, meters: Vec<String>) -> Result<Vec<OpenedMeter>> {
        let keys = meters.into_iter().map(|meter| vec![meter.into()]).collect();
        self.look_up(&OPENED_METERS_BY_METER, keys, opened_meter, |row| row.meter.clone()).await
    }

    async fn all_opened_meters(&mut self) -> Result<Vec<OpenedMeter>> {
        let sql = "SELECT meter, opened_at FROM opened_meters ORDER BY meter";
        self.query_all(sql, Vec::new(), opened_meter).await
    }

    async fn put_formats(&mut self, formats: Vec<FormatRow>) -> Result<()> {
        let rows = formats.into_iter().map(|row| vec![row.manufacturer.into(), row.headers.into()]);
        self.insert(&FORMATS, rows.collect()).await.map(drop)
    }

    async fn formats(&mut self) -> Result<Vec<FormatRow>> {
        let sql = "SELECT manufacturer, headers FROM formats ORDER BY manufacturer, headers";
        self.query_all(sql, Vec::new(), format).await
    }

    async fn telegrams_without_format(
        &mut self,
        after: Option<(String, TelegramId)>,
        limit: u32,
    ) -> Result<Vec<TelegramRow>> {
        // Nothing is smaller than an empty text: one statement for the first page and the others.
        let (meter, after) = after.map_or_else(Default::default, |(meter, it)| (meter, it.0.to_vec()));
        let sql = "SELECT t.meter, t.telegram, t.frame, t.commit_no, t.arrived_at FROM decode_states s \
                   JOIN telegrams t ON t.meter = s.meter AND t.telegram = s.telegram \
                   WHERE s.status = 'compact' AND (s.meter, s.telegram) > ($1, $2) \
                   ORDER BY s.meter, s.telegram LIMIT $3";
        self.query_all(sql, vec![meter.into(), after.into(), limit.into()], telegram).await
    }

    async fn sealed_telegrams(&mut self) -> Result<Vec<HeardCount>> {
        // The index holds these statuses and no others.
        let sql = "SELECT meter, status, COUNT(*) FROM decode_states \
                   WHERE status IN ('no_key', 'wrong_key', 'mac_failed') \
                   GROUP BY meter, status ORDER BY meter, status";
        self.query_all(sql, Vec::new(), heard_count).await
    }

    async fn heard_on_tour(&mut self, tour: TourId) -> Result<Vec<HeardCount>> {
        let sql = "SELECT r.meter, s.status, COUNT(DISTINCT r.telegram) FROM receptions r \
                   LEFT JOIN decode_states s ON s.meter = r.meter AND s.telegram = r.telegram \
                   WHERE r.tour = $1 GROUP BY r.meter, s.status ORDER BY r.meter, s.status NULLS FIRST";
        self.query_all(sql, vec![tour.0.into()], heard_count).await
    }

    async fn readings_of_tour(&mut self, tour: TourId) -> Result<Vec<PlacedReading>> {
        let sql = reading_select!(
            " WHERE (meter, telegram) IN (SELECT meter, telegram FROM receptions WHERE tour = $1) \
             ORDER BY meter, telegram, record"
        );
        self.query_all(sql, vec![tour.0.into()], placed_reading).await
    }

    async fn readings(
        &mut self,
        tour: Option<TourId>,
        meter: Option<String>,
        after: Option<(String, TelegramId, u32)>,
        limit: u32,
    ) -> Result<Vec<PlacedReading>> {
        // Nothing is smaller than an empty text: one statement for the first page and the others.
        let (after_meter, after_telegram, after_record) = after
            .map_or_else(|| (String::new(), Vec::new(), -1), |(m, t, r)| (m, t.0.to_vec(), i64::from(r)));
        let place = [after_meter.into(), after_telegram.into(), after_record.into(), limit.into()];
        let (sql, filter): (_, Vec<Value>) = match (tour, meter) {
            (None, None) => (
                reading_select!(
                    " WHERE (meter, telegram, record) > ($1, $2, $3) ORDER BY meter, telegram, record LIMIT $4"
                ),
                vec![],
            ),
            (None, Some(meter)) => (
                reading_select!(
                    " WHERE (meter, telegram, record) > ($1, $2, $3) AND meter = $5 \
                     ORDER BY meter, telegram, record LIMIT $4"
                ),
                vec![meter.into()],
            ),
            (Some(tour), None) => (
                reading_select!(
                    " WHERE (meter, telegram, record) > ($1, $2, $3) \
                     AND (meter, telegram) IN (SELECT meter, telegram FROM receptions WHERE tour = $5) \
                     ORDER BY meter, telegram, record LIMIT $4"
                ),
                vec![tour.0.into()],
            ),
            (Some(tour), Some(meter)) => (
                reading_select!(
                    " WHERE (meter, telegram, record) > ($1, $2, $3) AND meter = $5 \
                     AND (meter, telegram) IN (SELECT meter, telegram FROM receptions WHERE tour = $6) \
                     ORDER BY meter, telegram, record LIMIT $4"
                ),
                vec![meter.into(), tour.0.into()],
            ),
        };
        self.query_all(sql, place.into_iter().chain(filter).collect(), placed_reading).await
    }

    async fn all_derivations(&mut self) -> Result<Vec<Derivation>> {
        let sql = "SELECT meter, telegram, status, meter_status, alarms, decoder_version FROM decode_states \
                   ORDER BY meter, telegram";
        let mut derivations = self.query_all(sql, Vec::new(), derivation).await?;
        let readings = reading_select!(" ORDER BY meter, telegram, record");
        let mut by_telegram: BTreeMap<(String, TelegramId), Vec<ReadingRow>> = BTreeMap::new();
        for placed in self.query_all(readings, Vec::new(), placed_reading).await? {
            by_telegram.entry((placed.meter, placed.telegram)).or_default().push(placed.reading);
        }
        for derivation in &mut derivations {
            let key = (derivation.meter.clone(), derivation.telegram);
            derivation.readings = by_telegram.remove(&key).unwrap_or_default();
        }
        if by_telegram.is_empty() { Ok(derivations) } else { Err(StoreError::Corrupt { place: "readings" }) }
    }
}
