//! What was read at a line: by radio and by hand.

use std::cmp::Reverse;

use sync_protocol::{EventKind, TourMeter};

use super::assess::place;
use super::facts::{Done, Heard};
use super::model::LineReading;
use crate::store::rows::ReadingRow;

/// Readings of a line at most; what is older is in the history.
const MOST_READINGS: usize = 500;

/// Returns what was read at a line, newest first.
pub(super) fn readings(line: &TourMeter, heard: &[Heard<'_>], done: &[Done<'_>]) -> Vec<LineReading> {
    let by_radio = heard.iter().rev().flat_map(|heard| {
        let rows = heard.derivation.map_or(&[][..], |derivation| derivation.readings.as_slice());
        rows.iter().map(move |row| of_radio(line, heard, row))
    });
    let by_hand = done.iter().rev().filter_map(|done| of_hand(line, done));
    // The newest telegrams alone fill the list: a meter that was heard all day has tens of thousands.
    let mut readings: Vec<LineReading> = by_radio.take(MOST_READINGS).chain(by_hand).collect();
    readings.sort_by_key(|reading| Reverse(reading.read_at));
    readings.truncate(MOST_READINGS);
    readings
}

fn of_radio(line: &TourMeter, heard: &Heard<'_>, row: &ReadingRow) -> LineReading {
    let is_number = row.value_type == "number";
    LineReading {
        quantity: row.quantity.clone(),
        value: row.value.clone().filter(|_| is_number),
        text: row.value.clone().filter(|_| !is_number),
        unit: row.unit.clone(),
        storage: row.storage,
        tariff: row.tariff,
        subunit: row.subunit,
        function: row.function.clone(),
        value_date: row.value_date.clone(),
        value_kind: kind(row, line.due_date.as_deref()).to_owned(),
        read_at: heard.at.at,
        method: "radio",
        telegram: Some(heard.telegram.to_string()),
        decoder_version: Some(row.decoder_version),
    }
}

fn of_hand(line: &TourMeter, done: &Done<'_>) -> Option<LineReading> {
    let EventKind::ManualReading { value, unit, .. } = &done.row.event.kind else { return None };
    let digits = metering::parse_value(value).ok()?;
    Some(LineReading {
        quantity: quantity_of_unit(unit).to_owned(),
        value: Some(metering::displayed_value(digits, line).to_string()),
        text: None,
        unit: unit.clone(),
        storage: 0,
        tariff: 0,
        subunit: 0,
        function: "instantaneous".to_owned(),
        value_date: None,
        value_kind: "manual".to_owned(),
        read_at: done.at.at,
        method: "manual",
        telegram: None,
        decoder_version: None,
    })
}

/// Returns what a value of a storage number is.
pub(super) fn kind(row: &ReadingRow, due_date: Option<&str>) -> &'static str {
    let place = place(row);
    match row.storage {
        0 if !row.is_history => "current",
        1 if !row.is_history && place.date.is_some() && place.date == due_date => "due_date",
        _ => "month",
    }
}

/// Returns what a value in a unit measures, where a person typed it.
pub(super) fn quantity_of_unit(unit: &str) -> &'static str {
    let is_like = |other: &&str| metering::same_dimension(unit, other);
    if is_like(&"m³") {
        "volume"
    } else if ["kWh", "MJ", "Mcal"].iter().any(is_like) {
        "energy"
    } else if is_like(&"HCA") {
        "hca_units"
    } else {
        "any"
    }
}
