//! Formats of compact frames, learnt from full ones: derived, and kept beyond the telegrams that taught them.

use rusqlite::{Connection, params};
use wmbus::{FormatStore, Manufacturer};

use super::StoreError;
use super::facts::parsed;

/// Returns the formats that were learnt.
pub(crate) fn load(connection: &Connection) -> Result<FormatStore, StoreError> {
    let mut formats = FormatStore::new();
    let mut statement = connection.prepare_cached("SELECT manufacturer, headers FROM formats")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let manufacturer: Manufacturer = parsed(row, 0)?;
        let headers: Vec<u8> = row.get(1)?;
        formats.learn(manufacturer, &headers);
    }
    Ok(formats)
}

/// Keeps the formats that were learnt.
pub(crate) fn keep(transaction: &Connection, formats: &FormatStore) -> Result<(), StoreError> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO formats (manufacturer, headers) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?;
    for (manufacturer, _, headers) in formats.learned() {
        insert.execute(params![manufacturer.to_string(), headers])?;
    }
    Ok(())
}
