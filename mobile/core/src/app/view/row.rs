//! A line as the list shows it.

use sync_protocol::{Timestamp, TourMeter};

use super::super::model::{MeterRow, TourSummary, Why};
use super::sending_window;
use crate::meter::{self, MeterState, Outcome, ReportedAlarm, sends_by_radio};
use crate::walk::{LineView, TourView};

/// When it is, and where: meters keep the standard time of their place the year round.
#[derive(Debug, Clone)]
pub(in crate::app) struct Clock {
    pub(in crate::app) wall: Timestamp,
    pub(in crate::app) zone: jiff::tz::TimeZone,
}

/// Returns a tour without its lines.
pub(in crate::app) fn summary(view: &TourView) -> TourSummary {
    let stored = &view.tour;
    let has_no_key = |line: &&LineView| line.line.key.is_none() && sends_by_radio(&line.line);
    let missing_keys = view.lines.iter().filter(has_no_key).count();
    TourSummary {
        id: stored.tour.id,
        name: stored.tour.name.clone(),
        due_date: stored.tour.due_date.clone(),
        progress: view.progress.into(),
        missing_keys: u32::try_from(missing_keys).unwrap_or(u32::MAX),
        whole: stored.is_whole(),
        withdrawn: stored.withdrawn,
    }
}

/// Returns a line as the list shows it.
pub(in crate::app) fn row(view: &LineView, clock: &Clock) -> MeterRow {
    let LineView { line, assessment, .. } = view;
    let candidate = assessment.candidate.as_ref();
    let (heard, damaged) = (assessment.heard, assessment.damaged);
    MeterRow {
        id: line.id,
        position: line.position,
        street: line.street.clone(),
        house: line.house.clone(),
        entrance: line.entrance.clone(),
        floor: line.floor.clone(),
        flat: line.flat.clone(),
        place: line.place.clone(),
        name: line.name.clone(),
        meter_number: line.meter_number.clone(),
        radio_id: line.radio_id.clone(),
        manufacturer: line.manufacturer.clone(),
        medium: line.medium.clone(),
        state: assessment.state.as_str(),
        why: why(view, clock),
        last_heard_at: heard.map(|heard| heard.last_heard).max(damaged.map(|damaged| damaged.last_at)),
        times_heard: heard.map_or(0, |heard| heard.times) + damaged.map_or(0, |damaged| damaged.times),
        rssi_dbm: heard.and_then(|heard| heard.last_rssi_dbm),
        value: candidate.map(|candidate| candidate.value.to_string()),
        unit: candidate.map(|candidate| candidate.unit.clone()).or_else(|| line.unit.clone()),
        alarms: present_alarms(&assessment.alarms),
        note: line.note.clone(),
    }
}

/// Returns the codes of the alarms that hold.
fn present_alarms(alarms: &[ReportedAlarm]) -> Vec<String> {
    alarms.iter().filter(|alarm| !alarm.is_past).map(|alarm| alarm.code.clone()).collect()
}

fn why(view: &LineView, clock: &Clock) -> Why {
    let assessment = &view.assessment;
    match assessment.why {
        meter::Why::NotHeard => not_heard(&view.line, clock),
        meter::Why::Damaged => Why::Damaged { times: assessment.damaged.map_or(0, |damaged| damaged.times) },
        meter::Why::Telegram(outcome) => match outcome {
            Outcome::NoKey => Why::NoKey,
            Outcome::WrongKey | Outcome::MacFailed => Why::WrongKey,
            Outcome::CompactFormatUnknown => Why::FormatUnknown,
            Outcome::Records => Why::NoBillableValue,
            _ => Why::Unsupported,
        },
        meter::Why::NoBillableValue => Why::NoBillableValue,
        meter::Why::Implausible(verdict) => Why::Implausible { verdict: verdict.as_str() },
        meter::Why::SkippedByReader => match &assessment.state {
            MeterState::Skipped { reason } => Why::Skipped { reason: reason.clone() },
            _ => Why::Skipped { reason: String::new() },
        },
        meter::Why::Value(meter::ValueKind::Manual) => Why::ReadByHand,
        meter::Why::Value(kind) => Why::ReadByRadio {
            kind: kind.as_str(),
            date: assessment.candidate.as_ref().and_then(|candidate| candidate.date.clone()),
        },
    }
}

fn not_heard(line: &TourMeter, clock: &Clock) -> Why {
    if !sends_by_radio(line) {
        return Why::NoRadio;
    }
    match sending_window::of_line(line) {
        Some(window) if !sending_window::is_open(&window, clock) => Why::OutsideWindow { window },
        _ => Why::NotHeardYet,
    }
}
