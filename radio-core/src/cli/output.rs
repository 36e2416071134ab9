//! Answers in the formats of `--format`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::answer::{Answer, Decoded, Record};
use super::decode::Format;
use super::knowledge::Knowledge;
use super::reading::Named;
use super::request::{Refusal, Request};
use super::wmbusmeters;

/// The columns of `--format csv`, one line for each value.
const COLUMNS: [&str; 19] = [
    "id",
    "manufacturer",
    "identification_number",
    "version",
    "device_type",
    "device_type_name",
    "content",
    "reason",
    "quantity",
    "unit",
    "value",
    "storage",
    "tariff",
    "subunit",
    "function",
    "offset",
    "raw",
    "absent",
    "error",
];

/// Writes answers in one format.
pub(super) enum Output<'a, W: Write> {
    Text(&'a mut W),
    Json(&'a mut W),
    Csv(Box<csv::Writer<&'a mut W>>, bool),
    Explain(&'a mut W),
    Wmbusmeters(&'a mut W),
}

impl<'a, W: Write> Output<'a, W> {
    pub(super) fn new(format: Format, writer: &'a mut W) -> Self {
        match format {
            Format::Text => Self::Text(writer),
            Format::Json => Self::Json(writer),
            Format::Csv => {
                let writer = csv::WriterBuilder::new().delimiter(b';').from_writer(writer);
                Self::Csv(Box::new(writer), false)
            }
            Format::Explain => Self::Explain(writer),
            Format::Wmbusmeters => Self::Wmbusmeters(writer),
        }
    }

    /// Decodes a request and writes the answer; returns whether it was understood.
    pub(super) fn write(&mut self, request: Result<Request, Refusal>, known: &Knowledge) -> io::Result<bool> {
        let answer = match self {
            Self::Explain(_) => Answer::explained(request, known),
            Self::Wmbusmeters(_) => Answer::flattened(request, known),
            _ => Answer::to_request(request, known),
        };
        match self {
            Self::Text(writer) => match &answer {
                Answer::Decoded(decoded) => text(*writer, decoded)?,
                Answer::Refused { .. } => tell(&answer),
            },
            Self::Json(writer) => {
                serde_json::to_writer(&mut **writer, &answer)?;
                writer.write_all(b"\n")?;
            }
            Self::Csv(writer, has_header) => {
                if !std::mem::replace(has_header, true) {
                    writer.write_record(COLUMNS)?;
                }
                csv_lines(writer, &answer)?;
            }
            Self::Explain(writer) => match &answer {
                Answer::Decoded(decoded) => explanation(*writer, decoded)?,
                Answer::Refused { .. } => tell(&answer),
            },
            Self::Wmbusmeters(writer) => match &answer {
                Answer::Decoded(decoded) => wmbusmeters::line(*writer, decoded, jiff::Timestamp::now())?,
                Answer::Refused { .. } => tell(&answer),
            },
        }
        Ok(matches!(answer, Answer::Decoded(_)))
    }

    /// Hands over what was written.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Text(writer) | Self::Json(writer) | Self::Explain(writer) | Self::Wmbusmeters(writer) => {
                writer.flush()
            }
            Self::Csv(writer, _) => writer.flush(),
        }
    }
}

/// Tells on standard error why a telegram was refused, where the output is for people.
fn tell(answer: &Answer) {
    if let Answer::Refused { id, error, .. } = answer {
        let place = error.offset.map_or_else(String::new, |offset| format!(" (at {offset})"));
        super::tell(format_args!("telegram {id}: {}{place}", error.message));
    }
}

fn headline(decoded: &Decoded) -> String {
    let meter = &decoded.meter;
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
fn names(decoded: &Decoded) -> BTreeMap<usize, String> {
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

fn explanation(writer: &mut impl Write, decoded: &Decoded) -> io::Result<()> {
    writeln!(writer, "{}", headline(decoded))?;
    match &decoded.explanation {
        Some(explanation) => writeln!(writer, "{explanation}"),
        None => Ok(()),
    }
}

/// Writes one line for each record; one line without a value where there is none.
fn csv_lines<W: Write>(writer: &mut csv::Writer<W>, answer: &Answer) -> io::Result<()> {
    let decoded = match answer {
        Answer::Decoded(decoded) => decoded,
        Answer::Refused { id, error, .. } => {
            let mut cells = vec![id_cell(id)];
            cells.resize(COLUMNS.len() - 1, String::new());
            cells.push(format!("{}: {}", error.code, error.message));
            return Ok(writer.write_record(cells)?);
        }
    };
    let meter = &decoded.meter;
    let head = [
        id_cell(&decoded.id),
        meter.manufacturer.clone(),
        meter.identification_number.clone(),
        meter.version.to_string(),
        meter.device_type.to_string(),
        meter.device_type_name.to_owned(),
        decoded.content.to_owned(),
        decoded.reason.unwrap_or_default().to_owned(),
    ];
    if decoded.records.is_empty() {
        let mut cells = head.to_vec();
        cells.resize(COLUMNS.len(), String::new());
        return Ok(writer.write_record(cells)?);
    }
    for record in &decoded.records {
        let value = match &record.value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => guarded(text),
            number => number.to_string(),
        };
        let tail = [
            record.quantity.to_owned(),
            guarded(&record.unit),
            value,
            record.storage.to_string(),
            record.tariff.to_string(),
            record.subunit.to_string(),
            record.function.to_owned(),
            record.offset.to_string(),
            record.raw.clone(),
            record.absent.unwrap_or_default().to_owned(),
            String::new(),
        ];
        writer.write_record(head.iter().chain(&tail))?;
    }
    Ok(())
}

fn id_cell(id: &serde_json::Value) -> String {
    match id {
        serde_json::Value::String(text) => guarded(text),
        other => other.to_string(),
    }
}

/// Keeps a spreadsheet from taking a text for a formula.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
