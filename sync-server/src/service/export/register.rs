//! Which values of a meter are billed, and which of several telegrams gives them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use sync_protocol::TelegramId;

use super::super::clock::CorrectedTime;
use crate::store::BILLED;
use crate::store::rows::{PlacedReading, ReadingRow, ToldReception};

/// How a telegram was first heard on a tour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard<'a> {
    pub(super) time: CorrectedTime,
    pub(super) told: &'a ToldReception,
    /// The status byte that it carried.
    pub(super) status: Option<u8>,
    /// What it said of its meter's health.
    pub(super) alarms: &'a [String],
}

/// What a value stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The value of the due date that is billed.
    Due,
    /// An earlier value that the meter kept.
    Month,
    /// The value at the time of reading.
    Current,
}

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Month => "month",
            Self::Current => "current",
        }
    }
}

/// The value of a register, and how it was heard.
pub(super) struct Best<'a> {
    pub(super) register: String,
    pub(super) kind: Kind,
    pub(super) value: String,
    pub(super) unit: String,
    pub(super) value_date: String,
    pub(super) quality: String,
    pub(super) heard: Heard<'a>,
}

/// What values of several telegrams are compared under: due and month values of one date must agree,
/// current ones go on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    register: String,
    unit: String,
    kind: Kind,
    value_date: String,
}

/// Picks one value for each register and date: one that is believed before one that is doubtful; of several
/// telegrams the latest; of equal times the one with the lowest content address, so that every server picks
/// the same; of one telegram the first, which is what the meter sends openly. Due and month values that
/// differ are marked, never settled silently.
pub(super) fn best_registers<'a, 'r>(
    readings: impl Iterator<Item = &'r PlacedReading>,
    due_date: Option<&str>,
    heard: &BTreeMap<TelegramId, Heard<'a>>,
) -> Vec<Best<'a>> {
    let mut registers: BTreeMap<Key, Vec<(&PlacedReading, Heard<'a>)>> = BTreeMap::new();
    for placed in readings.filter(|placed| is_billed(&placed.reading)) {
        if let Some(heard) = heard.get(&placed.telegram) {
            registers.entry(key(&placed.reading, due_date)).or_default().push((placed, *heard));
        }
    }
    registers.into_iter().filter_map(|(key, candidates)| best(key, &candidates)).collect()
}

fn is_billed(reading: &ReadingRow) -> bool {
    reading.is_plain && reading.value_type == "number" && BILLED.contains(&reading.quantity.as_str())
}

fn key(reading: &ReadingRow, due_date: Option<&str>) -> Key {
    let value_date = reading.value_date.clone().unwrap_or_default();
    let is_due = match due_date {
        // A meter's date may carry a time.
        Some(due_date) => value_date.get(..10).unwrap_or(&value_date) == due_date,
        None => reading.storage == 1 && !reading.is_history,
    };
    let kind = match reading.storage {
        0 if !reading.is_history => Kind::Current,
        _ if is_due => Kind::Due,
        _ => Kind::Month,
    };
    let mut register = reading.quantity.clone();
    for (name, number) in [("tariff", reading.tariff), ("subunit", reading.subunit)] {
        if number != 0 {
            register = format!("{register} {name} {number}");
        }
    }
    // The clock of a running meter is not what current values are told apart by.
    let value_date = if kind == Kind::Current { String::new() } else { value_date };
    Key { register, unit: reading.unit.clone(), kind, value_date }
}

fn best<'a>(key: Key, candidates: &[(&PlacedReading, Heard<'a>)]) -> Option<Best<'a>> {
    let (placed, heard) = candidates.iter().max_by_key(|(placed, heard)| {
        (!placed.reading.is_doubtful, heard.time.at, Reverse(placed.telegram), Reverse(placed.reading.record))
    })?;
    let value = placed.reading.value.clone()?;
    let is_doubtful = placed.reading.is_doubtful;
    let differs = candidates
        .iter()
        .filter(|(other, _)| other.reading.is_doubtful == is_doubtful)
        .any(|(other, _)| other.reading.value.as_ref() != Some(&value));
    let contradicts = key.kind != Kind::Current && differs;
    let mut quality: Vec<&str> = Vec::new();
    if is_doubtful {
        quality.push("doubtful");
    }
    if contradicts {
        quality.push("contradiction");
    }
    if key.kind != Kind::Current && key.value_date.is_empty() {
        quality.push("no_date");
    }
    Some(Best {
        register: key.register,
        kind: key.kind,
        value,
        unit: key.unit,
        value_date: placed.reading.value_date.clone().unwrap_or_default(),
        quality: if quality.is_empty() { "ok".to_owned() } else { quality.join(" ") },
        heard: *heard,
    })
}
