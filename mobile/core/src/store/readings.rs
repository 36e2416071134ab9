//! What was derived from telegrams: dropped and derived again at will, never uploaded.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_protocol::{TelegramId, TourId};
use wmbus::DECODER_VERSION;

use super::facts::parsed;
use super::{Store, StoreError};
use crate::meter::{Decoding, Outcome, Reading, ReadingValue};

impl Store {
    /// Returns what was derived from a telegram, if it was.
    ///
    /// # Errors
    /// When the database fails.
    pub fn decoding(&self, telegram: TelegramId) -> Result<Option<Decoding>, StoreError> {
        get(self.connection(), telegram)
    }
}

/// Keeps what a telegram means. What an earlier attempt made out is not replaced by less: a key that
/// was wiped since does not take readings back.
pub(crate) fn put(
    transaction: &Connection,
    telegram: TelegramId,
    decoding: &Decoding,
) -> Result<(), StoreError> {
    let known: Option<Outcome> = transaction
        .prepare_cached("SELECT outcome FROM decodings WHERE telegram = ?1")?
        .query_row([telegram.0], |row| parsed(row, 0))
        .optional()?;
    if known == Some(Outcome::Records) && decoding.outcome != Outcome::Records {
        return Ok(());
    }
    if known.is_some() {
        transaction.prepare_cached("DELETE FROM readings WHERE telegram = ?1")?.execute([telegram.0])?;
    }
    let alarms: Vec<String> = decoding.alarms.iter().map(ToString::to_string).collect();
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO decodings (telegram, decoder_version, outcome, alarms)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            telegram.0,
            decoding.decoder_version,
            decoding.outcome.as_str(),
            alarms.join(" ")
        ])?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO readings (telegram, position, decoder_version, quantity, unit, kind, value, storage_number,
             tariff, subunit, function, qualifiers, value_date, is_history, is_doubtful)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    for (position, reading) in (0i64..).zip(&decoding.readings) {
        insert.execute(params![
            telegram.0,
            position,
            decoding.decoder_version,
            reading.quantity,
            reading.unit,
            reading.value.kind(),
            reading.value.to_string(),
            reading.storage_number.cast_signed(),
            reading.tariff,
            reading.subunit,
            reading.function,
            reading.qualifiers,
            reading.value_date,
            reading.is_history,
            reading.is_doubtful
        ])?;
    }
    Ok(())
}

/// What came out of a telegram, and by which decoder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) outcome: Outcome,
    decoder_version: u32,
}

impl Known {
    /// Tells whether decoding again would say nothing else.
    pub(crate) fn is_current(self) -> bool {
        self.outcome == Outcome::Records && self.decoder_version >= DECODER_VERSION
    }
}

/// Returns what came out of a telegram, without its values.
pub(crate) fn state(connection: &Connection, telegram: TelegramId) -> Result<Option<Known>, StoreError> {
    let known = connection
        .prepare_cached("SELECT outcome, decoder_version FROM decodings WHERE telegram = ?1")?
        .query_row([telegram.0], |row| Ok(Known { outcome: parsed(row, 0)?, decoder_version: row.get(1)? }))
        .optional()?;
    Ok(known)
}

/// Returns what was derived from a telegram.
pub(crate) fn get(connection: &Connection, telegram: TelegramId) -> Result<Option<Decoding>, StoreError> {
    let decoding = connection
        .prepare_cached("SELECT outcome, decoder_version, alarms FROM decodings WHERE telegram = ?1")?
        .query_row([telegram.0], decoding)
        .optional()?;
    let Some(mut decoding) = decoding else { return Ok(None) };
    decoding.readings = connection
        .prepare_cached(
            "SELECT quantity, unit, kind, value, storage_number, tariff, subunit, function, qualifiers,
                    value_date, is_history, is_doubtful
             FROM readings WHERE telegram = ?1 ORDER BY position",
        )?
        .query_map([telegram.0], |row| reading(row, 0))?
        .collect::<Result<_, _>>()?;
    Ok(Some(decoding))
}

/// Returns what was derived from every telegram of a tour.
pub(crate) fn of_tour(
    connection: &Connection,
    tour: TourId,
) -> Result<HashMap<TelegramId, Decoding>, StoreError> {
    let mut decodings: HashMap<TelegramId, Decoding> = connection
        .prepare_cached(
            "SELECT outcome, decoder_version, alarms, telegram FROM decodings
             WHERE telegram IN (SELECT telegram FROM receptions WHERE tour = ?1)",
        )?
        .query_map([tour.0], |row| Ok((TelegramId(row.get(3)?), decoding(row)?)))?
        .collect::<Result<_, _>>()?;
    let mut statement = connection.prepare_cached(
        "SELECT telegram, quantity, unit, kind, value, storage_number, tariff, subunit, function,
                qualifiers, value_date, is_history, is_doubtful
         FROM readings
         WHERE telegram IN (SELECT telegram FROM receptions WHERE tour = ?1) ORDER BY telegram, position",
    )?;
    let mut rows = statement.query([tour.0])?;
    while let Some(row) = rows.next()? {
        if let Some(decoding) = decodings.get_mut(&TelegramId(row.get(0)?)) {
            decoding.readings.push(reading(row, 1)?);
        }
    }
    Ok(decodings)
}

fn decoding(row: &Row<'_>) -> rusqlite::Result<Decoding> {
    let alarms: String = row.get(2)?;
    Ok(Decoding {
        outcome: parsed(row, 0)?,
        decoder_version: row.get(1)?,
        readings: Vec::new(),
        // What a later version wrote otherwise is derived again before it is shown.
        alarms: alarms.split_whitespace().filter_map(|text| text.parse().ok()).collect(),
    })
}

fn reading(row: &Row<'_>, first: usize) -> rusqlite::Result<Reading> {
    let kind: String = row.get(first + 2)?;
    let value: String = row.get(first + 3)?;
    let value = ReadingValue::parse(&kind, value).ok_or_else(|| {
        rusqlite::Error::InvalidColumnType(first + 3, "value".to_owned(), rusqlite::types::Type::Text)
    })?;
    Ok(Reading {
        quantity: row.get(first)?,
        unit: row.get(first + 1)?,
        value,
        storage_number: row.get::<_, i64>(first + 4)?.cast_unsigned(),
        tariff: row.get(first + 5)?,
        subunit: row.get(first + 6)?,
        function: row.get(first + 7)?,
        qualifiers: row.get(first + 8)?,
        value_date: row.get(first + 9)?,
        is_history: row.get(first + 10)?,
        is_doubtful: row.get(first + 11)?,
    })
}
