//! Answers for people: values, or every byte explained.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::cli::answer::{Answer, Decoded, Record};
use crate::cli::reading::Named;

/// Writes the values, or tells on standard error why the telegram was refused.
pub(super) fn values(writer: &mut impl Write, answer: &Answer) -> io::Result<()> {
    match answer {
        Answer::Decoded(decoded) => text(writer, decoded),
        Answer::Refused { .. } => {
            tell(answer);
            Ok(())
        }
    }
}

/// Writes every byte with its meaning, or tells on standard error why the telegram was refused.
pub(super) fn explanation(writer: &mut impl Write, answer: &Answer) -> io::Result<()> {
    match answer {
        Answer::Decoded(decoded) => {
            writeln!(writer, "{}", headline(decoded))?;
            if let Some(profile) = &decoded.profile {
                writeln!(writer, "  names by profile {profile}")?;
            }
            for alarm in &decoded.alarms {
                writeln!(writer, "  alarm: {}", alarm.text())?;
            }
            decoded.explanations.iter().try_for_each(|explanation| writeln!(writer, "{explanation}"))
        }
        Answer::Refused { error, explanation, .. } => {
            tell(answer);
            let message = &error.message;
            explanation
                .iter()
                .try_for_each(|explanation| writeln!(writer, "refused: {message}\n{explanation}"))
        }
    }
}

/// Tells on standard error why a telegram was refused.
pub(super) fn tell(answer: &Answer) {
    if let Answer::Refused { id, error, .. } = answer {
        let place = error.offset.map_or_else(String::new, |offset| format!(" (at {offset})"));
        crate::cli::tell(format_args!("telegram {id}: {}{place}", error.message));
    }
}

fn headline(decoded: &Decoded) -> String {
    let Some(meter) = &decoded.meter else {
        let text = decoded.detail.get("text").and_then(serde_json::Value::as_str);
        return format!("wired bus · {}", text.unwrap_or(decoded.content));
    };
    let reason = decoded.reason.map_or_else(String::new, |reason| format!(" {reason}"));
    format!(
        "{} {} {} version {:02X} · {}{reason}",
        meter.manufacturer,
        meter.identification_number,
        meter.device_type_name,
        meter.version,
        decoded.content,
    )
}

fn text(writer: &mut impl Write, decoded: &Decoded) -> io::Result<()> {
    writeln!(writer, "{}", headline(decoded))?;
    if let Some(status) = decoded.status_text.as_ref().filter(|_| decoded.status != Some(0)) {
        writeln!(writer, "  status: {status}")?;
    }
    for warning in &decoded.warnings {
        writeln!(writer, "  warning: {warning}")?;
    }
    if decoded.meter.is_some() {
        for (name, detail) in decoded.detail.iter().filter(|(_, detail)| !detail.is_null()) {
            let text = detail.as_str().map_or_else(|| detail.to_string(), str::to_owned);
            writeln!(writer, "  {name}: {text}")?;
        }
    }
    for alarm in &decoded.alarms {
        writeln!(writer, "  alarm: {}", alarm.text())?;
    }
    let names = names(decoded);
    for (place, record) in decoded.records.iter().enumerate() {
        let notes = notes(record);
        let notes = if notes.is_empty() { notes } else { format!("  ({notes})") };
        let name = names.get(&place).map_or(record.quantity, String::as_str);
        let line = format!("  {name:<24} {} {}{notes}", shown(record), record.unit);
        writeln!(writer, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Returns the names of records, such as `month_end_volume[1]`.
pub(super) fn names(decoded: &Decoded) -> BTreeMap<usize, String> {
    let mut names = BTreeMap::new();
    for (name, values) in &decoded.fields {
        let values = match values {
            Named::One(value) => std::slice::from_ref(value),
            Named::Series(values) => values,
        };
        for value in values {
            let name = value.index.map_or_else(|| name.clone(), |index| format!("{name}[{index}]"));
            names.entry(value.record).or_insert(name);
        }
    }
    names
}

/// Returns the value for people: its text, or why there is none with the bytes as they are.
fn shown(record: &Record) -> String {
    match (&record.value, record.absent) {
        (_, Some(absent)) => format!("{absent} {}", record.raw),
        (serde_json::Value::String(text), None) => text.clone(),
        (value, None) => value.to_string(),
    }
}

fn notes(record: &Record) -> String {
    let numbers = [
        ("storage", record.storage),
        ("tariff", u64::from(record.tariff)),
        ("subunit", u64::from(record.subunit)),
    ];
    let mut notes: Vec<String> = numbers
        .iter()
        .filter(|(_, number)| *number != 0)
        .map(|(name, number)| format!("{name} {number}"))
        .collect();
    if record.function != wmbus::Function::Instantaneous.as_str() {
        notes.push(record.function.to_owned());
    }
    notes.extend(record.date.iter().map(|date| format!("at {date}")));
    notes.extend(record.qualifiers.iter().chain(&record.warnings).cloned());
    notes.join(", ")
}
