//! One meter with all that is known of it.

use std::collections::BTreeSet;

use sync_protocol::{Event, EventId, EventKind, TelegramId, Timestamp};

use super::super::model::{HistoryPoint, MeterAlarm, MeterDetail, MeterEvent, MeterTelegram, MeterValue};
use super::row::{Clock, row};
use crate::meter::{Decoding, ReportedAlarm, ValueKind, convert, parse_value, usual_quantity};
use crate::store::facts::HeardAs;
use crate::walk::{LineView, TourView};

/// One telegram of a meter, with what came out of it.
#[derive(Debug, Clone)]
pub(in crate::app) struct Heard {
    pub(in crate::app) id: TelegramId,
    pub(in crate::app) heard_as: HeardAs,
    pub(in crate::app) decoding: Decoding,
}

/// Returns a line with all that is known of it. `heard` is newest first; `earlier` are the lines of the
/// same meter in other tours.
pub(in crate::app) fn detail(
    tour: &TourView,
    view: &LineView,
    heard: &[Heard],
    earlier: &[&LineView],
    clock: &Clock,
) -> MeterDetail {
    let line = &view.line;
    let row = row(view, clock);
    let due_date = line.due_date.clone().or_else(|| tour.tour.tour.due_date.clone());
    let mut values = manual_values(view, clock);
    values.extend(radio_values(heard, due_date.as_deref(), clock));
    MeterDetail {
        tour: tour.tour.tour.id,
        customer_ref: line.customer_ref.clone(),
        account_ref: line.account_ref.clone(),
        previous_value: line.previous_value.clone(),
        previous_date: line.previous_date.clone(),
        low: line.low.clone(),
        high: line.high.clone(),
        digits: line.digits,
        extra: line.extra.clone(),
        history: history(view, &values, earlier, row.unit.as_deref()),
        alarm_details: alarms(&view.assessment.alarms, false),
        past_alarms: alarms(&view.assessment.alarms, true),
        events: events(view.events()),
        telegrams: heard.iter().map(telegram).collect(),
        due_date,
        values,
        row,
    }
}

/// Returns the alarms that hold, or those that are past.
fn alarms(alarms: &[ReportedAlarm], past: bool) -> Vec<MeterAlarm> {
    let alarms = alarms.iter().filter(|alarm| alarm.is_past == past).map(|alarm| MeterAlarm {
        code: alarm.code.clone(),
        since: alarm.since.clone(),
        until: alarm.until.clone(),
    });
    alarms.collect()
}

/// Returns the day of an instant where the reader is.
fn day(at: Timestamp, clock: &Clock) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
    Some(clock.zone.to_datetime(at).date().to_string())
}

fn superseded(events: &[Event]) -> BTreeSet<EventId> {
    events.iter().filter_map(|event| event.supersedes).collect()
}

/// Returns the value that was typed last and stands.
fn manual_values(view: &LineView, clock: &Clock) -> Vec<MeterValue> {
    let superseded = superseded(view.events());
    let standing = view.events().iter().rev().filter(|event| !superseded.contains(&event.id));
    let typed = standing.filter_map(|event| match &event.kind {
        EventKind::ManualReading { value, unit, .. } => Some(MeterValue {
            kind: ValueKind::Manual.as_str(),
            quantity: usual_quantity(&view.line).unwrap_or_default().to_owned(),
            value: Some(value.clone()),
            unit: unit.clone(),
            date: day(event.at, clock),
            telegram: None,
        }),
        _ => None,
    });
    typed.take(1).collect()
}

/// Returns what the telegrams tell: due dates, months from new to old, then now.
fn radio_values(heard: &[Heard], due_date: Option<&str>, clock: &Clock) -> Vec<MeterValue> {
    let mut values = Vec::new();
    let mut told = BTreeSet::new();
    let readings = |doubtful: bool| {
        let all = heard.iter().flat_map(|heard| heard.decoding.readings.iter().map(move |of| (heard, of)));
        all.filter(move |(_, reading)| reading.is_doubtful == doubtful)
    };
    // A doubtful value is shown only where there is no other.
    for (heard, reading) in readings(false).chain(readings(true)) {
        let Some(value) = reading.total() else { continue };
        let place = reading.place();
        let Some(kind) = place.kind(due_date) else { continue };
        let date = place.date;
        // A value of now is told by the newest telegram, a dated one by the newest that names its date.
        let dated = date.map(str::to_owned).filter(|_| kind != ValueKind::Current);
        if !told.insert((reading.quantity.clone(), kind, dated)) {
            continue;
        }
        values.push((
            kind,
            MeterValue {
                kind: kind.as_str(),
                quantity: reading.quantity.clone(),
                value: Some(value.to_string()),
                unit: reading.unit.clone(),
                date: date.map(str::to_owned).or_else(|| day(heard.heard_as.received_at, clock)),
                telegram: Some(heard.id),
            },
        ));
    }
    // The kinds rank by what they are worth for billing; within one, the newest date is first.
    values.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| other.date.cmp(&one.date)));
    values.into_iter().map(|(_, value)| value).collect()
}

/// Returns the points that can be plotted in one unit, oldest first, one for each day and kind.
fn history(
    view: &LineView,
    values: &[MeterValue],
    earlier: &[&LineView],
    unit: Option<&str>,
) -> Vec<HistoryPoint> {
    let Some(unit) = unit else { return Vec::new() };
    let mut points: Vec<HistoryPoint> = Vec::new();
    let mut add = |kind: &'static str, date: Option<&str>, value: Option<&str>, from: &str| {
        let in_unit = value.and_then(|value| convert(parse_value(value).ok()?, from, unit));
        if let (Some(date), Some(value)) = (date, in_unit) {
            points.push(HistoryPoint { date: date.to_owned(), value: value.to_string(), kind });
        }
    };
    for line in earlier.iter().chain([&view]) {
        let tour_unit = line.line.unit.as_deref().unwrap_or(unit);
        add(PREVIOUS, line.line.previous_date.as_deref(), line.line.previous_value.as_deref(), tour_unit);
    }
    for candidate in earlier.iter().filter_map(|line| line.assessment.candidate.as_ref()) {
        let value = candidate.value.to_string();
        add(candidate.kind.as_str(), candidate.date.as_deref(), Some(&value), &candidate.unit);
    }
    let billed = view.assessment.candidate.as_ref().and_then(|candidate| candidate.telegram);
    let quantity = values.iter().find(|value| billed.is_some() && value.telegram == billed);
    for value in values {
        let is_billed =
            value.telegram.is_none() || quantity.is_some_and(|billed| value.quantity == billed.quantity);
        if is_billed {
            add(value.kind, value.date.as_deref(), value.value.as_deref(), &value.unit);
        }
    }
    points.sort_by(|a, b| (&a.date, a.kind).cmp(&(&b.date, b.kind)));
    points.dedup_by(|a, b| (&a.date, a.kind) == (&b.date, b.kind));
    points
}

/// The kind of a value that the office gave of an earlier reading.
const PREVIOUS: &str = "previous";

fn events(events: &[Event]) -> Vec<MeterEvent> {
    let superseded = superseded(events);
    let mut shown: Vec<MeterEvent> = events
        .iter()
        .map(|event| MeterEvent { superseded: superseded.contains(&event.id), ..of_kind(event) })
        .collect();
    shown.reverse();
    shown
}

fn of_kind(event: &Event) -> MeterEvent {
    let blank = MeterEvent {
        id: event.id,
        kind: "note",
        at: event.at,
        value: None,
        unit: None,
        reason: None,
        confirmed: Vec::new(),
        note: None,
        superseded: false,
    };
    match event.kind.clone() {
        EventKind::ManualReading { value, unit, reason, confirmed, note } => MeterEvent {
            kind: "manual_reading",
            value: Some(value),
            unit: Some(unit),
            reason: Some(reason),
            confirmed,
            note,
            ..blank
        },
        EventKind::Skip { reason, note } => MeterEvent { kind: "skip", reason: Some(reason), note, ..blank },
        EventKind::Note { text } => MeterEvent { note: Some(text), ..blank },
        EventKind::Photo { .. } => MeterEvent { kind: "photo", ..blank },
    }
}

fn telegram(heard: &Heard) -> MeterTelegram {
    let HeardAs { summary, link_mode, .. } = &heard.heard_as;
    MeterTelegram {
        id: heard.id,
        last_heard_at: summary.last_heard,
        times_heard: summary.times,
        rssi_dbm: summary.last_rssi_dbm,
        link_mode: link_mode.clone(),
        outcome: heard.decoding.outcome.as_str().to_owned(),
    }
}
