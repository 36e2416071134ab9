//! A list of keys: identification number and key in one row, as operators send it in a table.

use std::collections::BTreeMap;

use sync_protocol::MeterKey;

use super::field;
use super::table::{Column, Table, TableError};
use super::verdict::{Finding, RowVerdict};

/// What the column of identification numbers may be called.
const ID_COLUMNS: [&str; 8] = [
    "radio_id",
    "identification_number",
    "id",
    "meter_id",
    "meter_no",
    "meter_number",
    "serial",
    "serial_number",
];

/// What the column of keys may be called.
const KEY_COLUMNS: [&str; 5] = ["key", "aes_key", "aes", "aeskey", "encryption_key"];

/// One row of a key list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Whether it was taken.
    pub verdict: RowVerdict,
    /// Identification number (8 hexadecimal digits in upper case) and key of a row that was taken.
    pub key: Option<(String, MeterKey)>,
}

/// A list of keys as its file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows, in order.
    pub rows: Vec<KeyRow>,
}

/// Reads a table of keys.
///
/// # Errors
/// When the file as a whole is no table with a column of identification numbers and one of keys.
pub(super) fn read_table(file: &[u8]) -> Result<KeyFile, TableError> {
    let table = Table::read(file)?;
    let find =
        |names: &[&'static str]| names.iter().copied().find(|name| table.columns.iter().any(|c| c == name));
    let id_column = find(&ID_COLUMNS).ok_or(TableError::MissingColumn { column: "radio_id" })?;
    let key_column = find(&KEY_COLUMNS).ok_or(TableError::MissingColumn { column: "key" })?;
    let columns = Column::all(&table.columns, |column| match column {
        _ if column == id_column => Some("identification_number"),
        _ if column == key_column => Some("key"),
        _ => None,
    });
    let mut rows = KeyRows::default();
    for row in table.rows {
        match row.fields {
            Ok(fields) => {
                let text = |column: &str| fields.get(column).map_or("", String::as_str);
                rows.read(row.line, (id_column, text(id_column)), (key_column, text(key_column)));
            }
            Err(error) => rows.refuse(row.line, Finding::new(error.code(), "", error.to_string())),
        }
    }
    Ok(KeyFile { columns, rows: rows.into_rows() })
}

/// Rows as they are read, each judged beside those before it.
#[derive(Default)]
pub(super) struct KeyRows {
    rows: Vec<KeyRow>,
    first: BTreeMap<String, MeterKey>,
}

impl KeyRows {
    /// Reads identification number and key of a row, each with the name of its column.
    pub(super) fn read(&mut self, line: u64, (id_column, id): (&str, &str), key: (&str, &str)) {
        let mut row = read_row(line, (id_column, id), key);
        if let Some((id, key)) = &row.key
            && *self.first.entry(id.clone()).or_insert_with(|| key.clone()) != *key
        {
            let message =
                "an earlier row gives this number another key; both are kept, and handhelds get the last";
            row.verdict.warn(Finding::new("key_repeated", id_column, message));
        }
        self.rows.push(row);
    }

    fn refuse(&mut self, line: u64, finding: Finding) {
        self.rows.push(KeyRow { verdict: RowVerdict::refused(line, vec![finding]), key: None });
    }

    pub(super) fn into_rows(self) -> Vec<KeyRow> {
        self.rows
    }
}

fn read_row(line: u64, (id_column, id): (&str, &str), (key_column, key): (&str, &str)) -> KeyRow {
    let mut findings = Vec::new();
    let radio_id = field::radio_id(id);
    match &radio_id {
        None if id.is_empty() => {
            findings.push(Finding::new("id_missing", id_column, "the row names no meter"));
        }
        None => findings.push(Finding::new(
            "id_malformed",
            id_column,
            "an identification number has 8 hexadecimal digits; format the column as text",
        )),
        Some(id) if id.padded => findings.push(Finding::new(
            "leading_zeros_added",
            id_column,
            format!("taken as {}; format the column as text so that zeros stay", id.digits),
        )),
        Some(_) => {}
    }
    let meter_key = key.parse::<MeterKey>();
    match &meter_key {
        Err(_) if key.is_empty() => {
            findings.push(Finding::new("key_missing", key_column, "the row has no key"))
        }
        // Never repeats the text: it may be a key with one digit too few.
        Err(error) => findings.push(Finding::new("key_malformed", key_column, error.to_string())),
        Ok(_) => {}
    }
    match (radio_id, meter_key) {
        (Some(id), Ok(key)) => {
            KeyRow { verdict: RowVerdict::accepted(line, findings), key: Some((id.digits, key)) }
        }
        _ => KeyRow { verdict: RowVerdict::refused(line, findings), key: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_every_spelling() {
        let file = "\u{FEFF}Id;AES_Key\r\n1234567a;00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\r\n\
                    4711;\"000102030405060708090A0B0C0D0E0F\"\r\n";
        let rows = read_table(file.as_bytes()).unwrap().rows;
        let key: MeterKey = "000102030405060708090A0B0C0D0E0F".parse().unwrap();
        assert_eq!(rows[0].key, Some(("1234567A".to_owned(), key.clone())));
        assert!(rows[0].verdict.findings.is_empty());
        assert_eq!(rows[1].key, Some(("00004711".to_owned(), key)));
        assert_eq!(rows[1].verdict.findings[0].code, "leading_zeros_added");
    }

    #[test]
    fn a_bad_row_is_refused_without_repeating_its_key() {
        let rows = read_table(b"radio_id,key\n12345678,0123456789ABCDEF\n,\nxyz,\n").unwrap().rows;
        let codes: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| row.verdict.findings.iter().map(|finding| finding.code).collect())
            .collect();
        assert_eq!(codes, [vec!["key_malformed"], vec!["id_malformed", "key_missing"]]);
        assert!(rows.iter().all(|row| row.key.is_none()));
        assert!(!format!("{rows:?}").contains("0123456789ABCDEF"));
    }

    #[test]
    fn both_keys_of_a_number_are_taken_with_a_warning_and_the_same_key_twice_is_no_fault() {
        let (one, other) = ("11".repeat(16), "22".repeat(16));
        let file = format!("meter_no;radio_id;key\nx;00000001;{one}\ny;00000001;{other}\nz;00000001;{one}\n");
        let file = read_table(file.as_bytes()).unwrap();
        let codes: Vec<Vec<&str>> = file
            .rows
            .iter()
            .map(|row| row.verdict.findings.iter().map(|finding| finding.code).collect())
            .collect();
        assert_eq!(codes, [vec![], vec!["key_repeated"], vec![]]);
        assert!(file.rows.iter().all(|row| row.key.is_some()));
        let fields: Vec<_> = file.columns.iter().map(|column| column.field.as_deref()).collect();
        assert_eq!(fields, [None, Some("identification_number"), Some("key")]);
    }

    #[test]
    fn a_file_without_the_columns_is_refused() {
        assert_eq!(read_table(b"a;b\n1;2\n"), Err(TableError::MissingColumn { column: "radio_id" }));
        assert_eq!(read_table(b"id;b\n1;2\n"), Err(TableError::MissingColumn { column: "key" }));
    }
}
