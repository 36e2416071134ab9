//! The office's files.

use super::DUE_DATE;
use super::meter::{Fate, Meter};

/// The neutral columns of a route, and two that only this office knows.
const COLUMNS: [&str; 29] = [
    "tour",
    "seq",
    "site",
    "street",
    "house",
    "entrance",
    "floor",
    "flat",
    "place",
    "customer_ref",
    "account_ref",
    "meter_no",
    "radio_id",
    "manufacturer",
    "version",
    "type",
    "medium",
    "key",
    "due_date",
    "prev_value",
    "prev_date",
    "low",
    "high",
    "factor",
    "unit",
    "digits",
    "note",
    "extra_contract",
    "extra_caretaker",
];

/// Writes the tour.
pub(super) fn csv(meters: &[Meter]) -> String {
    let mut text = line(&COLUMNS.map(str::to_owned));
    for (index, meter) in meters.iter().enumerate() {
        text.push_str(&line(&row(index + 1, meter)));
    }
    text
}

fn row(position: usize, meter: &Meter) -> [String; 29] {
    let own = |text: &str| text.to_owned();
    // Wide limits: of those that are heard only the implausible meter leaves them.
    let high = 3 * meter.current.max(meter.due).max(meter.previous);
    let low = if matches!(meter.fate, Fate::Implausible(_)) { meter.previous } else { 0 };
    let [version, device_type] = meter.version_and_type();
    [
        own("Lindenweg 2026"),
        position.to_string(),
        own("Lindenweg 12-14"),
        own("Lindenweg"),
        own(meter.house),
        own("A"),
        own(meter.floor),
        own(meter.flat),
        own(meter.place),
        format!("C-{position:03}"),
        format!("A-{position:03}"),
        own(meter.meter_number),
        own(meter.radio_id()),
        own(meter.manufacturer()),
        version,
        device_type,
        own(meter.medium),
        meter.key_in_tour().unwrap_or_default(),
        own(DUE_DATE),
        meter.decimal(meter.previous).to_string(),
        own("2024-12-31"),
        meter.decimal(low).to_string(),
        meter.decimal(high).to_string(),
        own("1"),
        own(meter.layout.unit()),
        own("8"),
        own(meter.note),
        format!("{:05}", 700 + position),
        own("Frau Yılmaz"),
    ]
}

/// Writes a key file.
pub(super) fn keys_csv(keys: impl Iterator<Item = (&'static str, String)>) -> String {
    std::iter::once(("id".to_owned(), "key".to_owned()))
        .chain(keys.map(|(number, key)| (number.to_owned(), key)))
        .map(|(number, key)| line(&[number, key]))
        .collect()
}

/// Writes one line; cells with a separator or a quote are quoted.
fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| {
            if cell.contains([';', '"', '\n']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        })
        .collect();
    cells.join(";") + "\n"
}
