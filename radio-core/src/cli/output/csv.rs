//! Answers as CSV, one line for each value.

use std::io::{self, Write};

use crate::cli::answer::{Answer, Meter};

/// The columns of `--format csv`, one line for each value.
const COLUMNS: [&str; 20] = [
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
    "name",
];

/// Writes the header before the first line.
pub(in crate::cli) struct CsvOutput<W: Write> {
    writer: Box<csv::Writer<W>>,
    has_header: bool,
}

impl<W: Write> CsvOutput<W> {
    pub(super) fn new(writer: W) -> Self {
        let writer = csv::WriterBuilder::new().delimiter(b';').from_writer(writer);
        Self { writer: Box::new(writer), has_header: false }
    }

    pub(super) fn write(&mut self, answer: &Answer) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_header, true) {
            self.writer.write_record(COLUMNS)?;
        }
        lines(&mut self.writer, answer)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Writes one line for each record; one line without a value where there is none.
fn lines<W: Write>(writer: &mut csv::Writer<W>, answer: &Answer) -> io::Result<()> {
    let decoded = match answer {
        Answer::Decoded(decoded) => decoded,
        Answer::Refused { id, error, .. } => {
            let mut cells = vec![id_cell(id)];
            cells.resize(COLUMNS.len() - 2, String::new());
            cells.push(format!("{}: {}", error.code, error.message));
            cells.push(String::new());
            return Ok(writer.write_record(cells)?);
        }
    };
    let [manufacturer, number, version, device_type, device_type_name] =
        decoded.meter.as_ref().map(address_cells).unwrap_or_default();
    let head = [
        id_cell(&decoded.id),
        manufacturer,
        number,
        version,
        device_type,
        device_type_name,
        decoded.content.to_owned(),
        decoded.reason.unwrap_or_default().to_owned(),
    ];
    if decoded.records.is_empty() {
        let mut cells = head.to_vec();
        cells.resize(COLUMNS.len(), String::new());
        return Ok(writer.write_record(cells)?);
    }
    let mut names = super::text::names(decoded);
    for (place, record) in decoded.records.iter().enumerate() {
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
            names.remove(&place).unwrap_or_default(),
        ];
        writer.write_record(head.iter().chain(&tail))?;
    }
    Ok(())
}

fn address_cells(meter: &Meter) -> [String; 5] {
    [
        meter.manufacturer.clone(),
        meter.identification_number.clone(),
        meter.version.to_string(),
        meter.device_type.to_string(),
        meter.device_type_name.to_owned(),
    ]
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
