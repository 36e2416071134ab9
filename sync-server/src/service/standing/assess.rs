//! How a line stands: a pure function of its facts.

use std::collections::BTreeSet;

use metering::{BillingCandidate, Place, ReportedAlarm, Total, ValueKind};
use sync_protocol::{EventId, EventKind, TelegramId, TourMeter};
use wmbus::MeterAddress;

use super::super::LineState;
use super::super::clock::CorrectedTime;
use super::facts::{Done, Heard};
use super::model::{Standing, ToldAlarm};
use crate::store::rows::{Derivation, ReadingRow};

/// A value that a telegram told, with what decides between equals: the later of two.
struct Told<'a> {
    candidate: BillingCandidate,
    /// Why a person should look at it.
    reason: Option<&'static str>,
    heard: &'a Heard<'a>,
}

impl Told<'_> {
    fn rank(&self) -> (ValueKind, CorrectedTime, std::cmp::Reverse<TelegramId>) {
        (self.candidate.kind, self.heard.at, std::cmp::Reverse(self.heard.telegram))
    }
}

/// Why a telegram gave no value, the most telling last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Silence {
    NotDecodable,
    UnsupportedMode,
    NoKey,
    WrongKey,
    MacFailed,
}

impl Silence {
    fn of(status: &str) -> Self {
        match status {
            "no_key" => Self::NoKey,
            "wrong_key" => Self::WrongKey,
            "mac_failed" => Self::MacFailed,
            "unsupported_mode" => Self::UnsupportedMode,
            _ => Self::NotDecodable,
        }
    }

    fn state(self) -> LineState {
        match self {
            Self::NotDecodable | Self::UnsupportedMode => LineState::HeardUndecodable,
            Self::NoKey => LineState::HeardNoKey,
            Self::WrongKey | Self::MacFailed => LineState::HeardWrongKey,
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::NotDecodable => "not_decodable",
            Self::UnsupportedMode => "unsupported_mode",
            Self::NoKey => "no_key",
            Self::WrongKey => "wrong_key",
            Self::MacFailed => "mac_failed",
        }
    }
}

/// Assesses a line. `heard` and `done` are in the order of time.
pub(super) fn assess(line: &TourMeter, heard: &[Heard<'_>], done: &[Done<'_>]) -> Standing {
    let mut plausible: Option<Told<'_>> = None;
    let mut implausible: Option<Told<'_>> = None;
    let mut silence: Option<Silence> = None;
    for telegram in heard {
        match told(line, telegram) {
            Ok(told) => {
                let best = if told.reason.is_none() { &mut plausible } else { &mut implausible };
                if best.as_ref().is_none_or(|best| told.rank() > best.rank()) {
                    *best = Some(told);
                }
            }
            Err(why) => silence = silence.max(Some(why)),
        }
    }
    let standing = heard_at_all(heard);
    let people = People::of(done);
    if let Some(told) = plausible {
        with_value(standing, LineState::Read, line, told)
    } else if let Some(manual) = people.manual {
        by_hand(standing, line, manual)
    } else if let Some((skip, reason)) = people.skip {
        let (at, replica) = (Some(skip.at.at), Some(skip.row.replica));
        let reason = Some(reason.to_owned());
        Standing { state: LineState::Skipped, reason, read_at: at, replica, ..standing }
    } else if let Some(told) = implausible {
        with_value(standing, LineState::Implausible, line, told)
    } else if let Some(silence) = silence {
        let latest = heard.last();
        Standing {
            state: silence.state(),
            reason: Some(silence.reason().to_owned()),
            telegram: latest.map(|heard| heard.telegram.to_string()),
            replica: latest.map(|heard| heard.first.told.replica),
            ..standing
        }
    } else {
        standing
    }
}

/// Chooses what a telegram's value is, or says why it has none.
fn told<'a>(line: &TourMeter, heard: &'a Heard<'a>) -> Result<Told<'a>, Silence> {
    let derivation = heard.derivation.ok_or(Silence::NotDecodable)?;
    if derivation.status != "read" {
        return Err(Silence::of(&derivation.status));
    }
    let device_type = heard.meter.parse().map_or(0, |address: MeterAddress| address.device_type);
    let totals = totals(derivation);
    let due_date = line.due_date.as_deref();
    let candidate = metering::candidate(&totals, heard.telegram, device_type, line, due_date)
        .ok_or(Silence::NotDecodable)?;
    let verdicts = metering::judge_radio(&candidate, device_type, line);
    let reason = verdicts.iter().find(|verdict| verdict.is_implausible()).map(|verdict| verdict.as_str());
    Ok(Told { candidate, reason, heard })
}

/// Returns the totals of a telegram.
fn totals(derivation: &Derivation) -> Vec<Total<'_>> {
    let totals = derivation.readings.iter().filter_map(|reading| {
        let qualifiers = reading.qualifiers.iter().map(String::as_str);
        let is_total = reading.value_type == "number"
            && metering::is_total(&reading.function, reading.tariff, reading.subunit, qualifiers);
        Some(Total {
            quantity: &reading.quantity,
            unit: &reading.unit,
            value: reading.value.as_ref().filter(|_| is_total)?.parse().ok()?,
            place: place(reading),
            is_doubtful: reading.is_doubtful,
        })
    });
    totals.collect()
}

/// Returns where a reading stands among those that its meter keeps.
pub(super) fn place(reading: &ReadingRow) -> Place<'_> {
    Place {
        storage_number: reading.storage,
        // A meter's date may carry a time.
        date: reading.value_date.as_deref().map(|date| date.get(..10).unwrap_or(date)),
        is_history: reading.is_history,
    }
}

/// Returns what is said of a line whatever its state: that it was heard, and its latest alarms.
fn heard_at_all(heard: &[Heard<'_>]) -> Standing {
    let decoded = heard.iter().rev().find_map(|heard| Some((heard, heard.derivation?)));
    let told = decoded.into_iter().flat_map(|(heard, derivation)| {
        // What a later version wrote otherwise is derived again before it is shown.
        let alarms = derivation.alarms.iter().filter_map(|text| text.parse::<ReportedAlarm>().ok());
        alarms.map(|alarm| (alarm.is_past, told_alarm(alarm, heard.telegram)))
    });
    let (past, present): (Vec<_>, Vec<_>) = told.partition(|(is_past, _)| *is_past);
    let alarms = |told: Vec<(bool, ToldAlarm)>| told.into_iter().map(|(_, alarm)| alarm).collect();
    Standing {
        meter: heard.last().map(|heard| heard.meter.to_owned()),
        alarms: alarms(present),
        past_alarms: alarms(past),
        times_heard: heard.iter().map(|heard| heard.receptions.len() as u64).sum(),
        telegrams: u32::try_from(heard.len()).unwrap_or(u32::MAX),
        ..Standing::default()
    }
}

fn told_alarm(alarm: ReportedAlarm, telegram: TelegramId) -> ToldAlarm {
    let ReportedAlarm { code, since, until, .. } = alarm;
    ToldAlarm { code, since, until, telegram: telegram.to_string() }
}

/// Says the value in the unit of the tour, where the tour names one of the same dimension.
fn with_value(standing: Standing, state: LineState, line: &TourMeter, told: Told<'_>) -> Standing {
    let candidate = told.candidate;
    let converted = line
        .unit
        .as_deref()
        .and_then(|unit| Some((metering::convert(candidate.value, &candidate.unit, unit)?, unit)));
    let (value, unit) = converted.unwrap_or((candidate.value, &candidate.unit));
    Standing {
        state,
        reason: told.reason.map(str::to_owned),
        value: Some(value.to_string()),
        unit: Some(unit.to_owned()),
        value_kind: Some(candidate.kind.as_str().to_owned()),
        value_date: candidate.date.clone(),
        read_at: Some(told.heard.at.at),
        replica: Some(told.heard.first.told.replica),
        telegram: Some(told.heard.telegram.to_string()),
        ..standing
    }
}

/// Says what was typed. A value that can hardly be true stands, as the reader confirmed it; the reason says
/// what looks wrong with it.
fn by_hand(standing: Standing, line: &TourMeter, (done, value, unit): Manual<'_>) -> Standing {
    let digits = metering::parse_value(value).ok();
    let verdicts = digits.map_or_else(Vec::new, |digits| metering::judge_typed(digits, unit, line));
    let doubt = verdicts.iter().find(|verdict| verdict.is_implausible());
    let value =
        digits.map_or_else(|| value.to_owned(), |digits| metering::displayed_value(digits, line).to_string());
    Standing {
        state: LineState::Manual,
        reason: doubt.map(|verdict| verdict.as_str().to_owned()),
        value: Some(value),
        unit: Some(unit.to_owned()),
        value_kind: Some(ValueKind::Manual.as_str().to_owned()),
        read_at: Some(done.at.at),
        replica: Some(done.row.replica),
        ..standing
    }
}

/// A typed value and its unit.
type Manual<'a> = (&'a Done<'a>, &'a str, &'a str);

/// What people did at a line, corrections applied; the latest counts.
#[derive(Default)]
struct People<'a> {
    manual: Option<Manual<'a>>,
    skip: Option<(&'a Done<'a>, &'a str)>,
}

impl<'a> People<'a> {
    fn of(done: &'a [Done<'a>]) -> Self {
        let superseded: BTreeSet<EventId> =
            done.iter().filter_map(|done| done.row.event.supersedes).collect();
        let mut people = Self::default();
        for done in done.iter().filter(|done| !superseded.contains(&done.row.event.id)) {
            match &done.row.event.kind {
                EventKind::ManualReading { value, unit, .. } => people.manual = Some((done, value, unit)),
                EventKind::Skip { reason, .. } => people.skip = Some((done, reason)),
                EventKind::Note { .. } | EventKind::Photo { .. } => {}
            }
        }
        people
    }
}
