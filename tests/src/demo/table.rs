//! The exported readings as a table.

use anyhow::Context as _;

/// The columns that are shown: name in the export, heading.
const COLUMNS: &[(&str, &str)] = &[
    ("meter_no", "meter"),
    ("register", "register"),
    ("value", "value"),
    ("unit", "unit"),
    ("value_kind", "kind"),
    ("value_date", "of"),
    ("read_method", "by"),
    ("quality", "quality"),
];

/// Prints the export's main columns, numbers to the right.
pub(super) fn print(export: &str) -> anyhow::Result<()> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(export.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers()?.clone();
    let places: Vec<usize> = COLUMNS
        .iter()
        .map(|(name, _)| {
            headers.iter().position(|header| header == *name).with_context(|| format!("no column {name}"))
        })
        .collect::<Result<_, _>>()?;
    let mut rows = vec![COLUMNS.iter().map(|(_, heading)| (*heading).to_owned()).collect::<Vec<_>>()];
    for record in reader.records() {
        let record = record?;
        rows.push(places.iter().map(|place| record.get(*place).unwrap_or_default().to_owned()).collect());
    }
    let widths: Vec<usize> = (0..COLUMNS.len())
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).zip(COLUMNS).map(|((cell, &width), (name, _))| {
            if *name == "value" { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    println!("{} rows", rows.len().saturating_sub(1));
    Ok(())
}
