//! Printing, for people and for programs.

use std::io::{self, Write};

use field_core::meter::{Assessment, Progress};
use field_core::walk::{LineView, Recorded, Shown, TourView, WalkUpdate};
use serde_json::{Value, json};

use super::arguments::Format;

/// Writes one line and gives it out of the hand: what is printed was committed, and a program that
/// reads the pipe may rely on it.
pub(super) fn line(text: impl std::fmt::Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Prints what a commit brought.
pub(super) fn update(update: &WalkUpdate, view: &TourView, format: Format) -> io::Result<()> {
    match format {
        Format::Jsonl => {
            for shown in &update.shown {
                line(telegram_json(shown, view))?;
            }
            line(progress_json(&update.progress, update.foreign_frames))
        }
        Format::Text => {
            for (shown, index, assessment) in changes(update) {
                let Some(at) = view.lines.get(index) else { continue };
                line(format_args!("{}  {}", counter(&update.progress), change_text(shown, at, assessment)))?;
            }
            Ok(())
        }
    }
}

/// Returns the telegrams that changed a state; people need no line for the others.
fn changes(update: &WalkUpdate) -> impl Iterator<Item = (&Shown, usize, &Assessment)> {
    update.shown.iter().flat_map(|shown| {
        let changed = shown.lines.iter().filter(|line| line.before != line.assessment.state);
        changed.map(move |line| (shown, line.index, &line.assessment))
    })
}

fn change_text(shown: &Shown, at: &LineView, assessment: &Assessment) -> String {
    let rssi = shown.rssi_dbm.map(|rssi| format!(" {rssi} dBm")).unwrap_or_default();
    format!("{}{rssi}", line_text(at, assessment))
}

/// Returns how far the walk is, in one width for the whole walk.
fn counter(progress: &Progress) -> String {
    let width = 2 * progress.total.to_string().len();
    let spare =
        width.saturating_sub(progress.done().to_string().len() + progress.missing().to_string().len());
    format!("{:spare$}{progress}", "")
}

/// Returns the state of a meter, which it is, where, and what is known of it.
pub(super) fn line_text(at: &LineView, assessment: &Assessment) -> String {
    let place: Vec<&str> = [&at.line.floor, &at.line.flat, &at.line.place]
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    let value =
        assessment.candidate.as_ref().map(|candidate| format!("{} {}", candidate.value, candidate.unit));
    let words =
        value.into_iter().chain([assessment.why.sentence().to_owned()]).collect::<Vec<_>>().join(", ");
    let state = assessment.state.to_string().replace('_', " ");
    format!("{state:<17} {:<15} {:<25} {words}", at.line.meter_number, place.join(", "))
}

/// Returns a line of the tour as JSON. The key is not part of it.
pub(super) fn assessment_json(at: &LineView, assessment: &Assessment) -> Value {
    let candidate = assessment.candidate.as_ref().map(|candidate| {
        json!({
            "kind": candidate.kind.as_str(),
            "value": candidate.value.to_string(),
            "unit": candidate.unit,
            "date": candidate.date,
            "telegram": candidate.telegram,
        })
    });
    json!({
        "tour_meter": at.line.id,
        "meter_number": at.line.meter_number,
        "radio_id": at.line.radio_id,
        "state": assessment.state.as_str(),
        "skip_reason": match &assessment.state {
            field_core::meter::MeterState::Skipped { reason } => Some(reason),
            _ => None,
        },
        "why": assessment.why.code(),
        "sentence": assessment.why.sentence(),
        "value": candidate,
        "verdicts": assessment.verdicts.iter().map(|verdict| verdict.as_str()).collect::<Vec<_>>(),
        "times_heard": assessment.heard.map_or(0, |heard| heard.times),
        "last_heard": assessment.heard.map(|heard| heard.last_heard),
        "best_rssi_dbm": assessment.heard.and_then(|heard| heard.best_rssi_dbm),
        "note": assessment.note,
    })
}

/// Returns an object with the members of another one added.
pub(super) fn with(mut json: Value, more: Value) -> Value {
    if let (Value::Object(json), Value::Object(more)) = (&mut json, more) {
        json.extend(more);
    }
    json
}

fn telegram_json(shown: &Shown, view: &TourView) -> Value {
    let lines = shown.lines.iter().filter_map(|line| {
        let json = assessment_json(view.lines.get(line.index)?, &line.assessment);
        Some(with(json, json!({"before": line.before.as_str()})))
    });
    json!({
        "type": "telegram",
        "sequence": shown.sequence,
        "reception": shown.reception,
        "telegram": shown.telegram,
        "received_at": shown.received_at,
        "rssi_dbm": shown.rssi_dbm,
        "times_heard": shown.times_heard,
        "new": shown.is_new,
        "lines": lines.collect::<Vec<_>>(),
    })
}

/// Returns the progress as JSON.
pub(super) fn progress_json(progress: &Progress, foreign_frames: u64) -> Value {
    json!({
        "type": "progress",
        "done": progress.done(),
        "total": progress.total,
        "missing": progress.missing(),
        "skipped": progress.skipped,
        "states": progress,
        "foreign_frames": foreign_frames,
    })
}

/// Prints an entry that is on the disk.
pub(super) fn recorded(recorded: &Recorded, view: &TourView, format: Format) -> anyhow::Result<()> {
    let at = view.index_of(recorded.tour_meter).and_then(|index| view.lines.get(index));
    let Some(at) = at else { return Ok(()) };
    match format {
        Format::Jsonl => line(json!({
            "type": "event",
            "event": recorded.event,
            "sequence": recorded.sequence,
            "line": assessment_json(at, &recorded.assessment),
        }))?,
        Format::Text => line(format_args!(
            "{}  {}  entry {}",
            counter(&view.progress),
            line_text(at, &recorded.assessment),
            recorded.event
        ))?,
    }
    Ok(())
}
