//! A file as a header and rows, whatever separates them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::encoding::Encoding;
use super::quotes;

/// Rows of a file at most: more than any tour or key list, and little enough for the memory.
const ROWS: usize = 100_000;

const BOM: &[u8] = b"\xEF\xBB\xBF";

const SEPARATORS: [u8; 3] = [b';', b',', b'\t'];

/// Why a file as a whole is no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// There is no header.
    #[error("the file is empty; its first line must name the columns")]
    Empty,
    /// The header, or the file as a whole, is not UTF-8.
    #[error("the file is not UTF-8 but {found}; save it as \"CSV UTF-8\"")]
    Encoding {
        /// What it seems to be.
        found: Encoding,
    },
    /// A quoted field never ends.
    #[error("a quote on line {line} is never closed; close it, or take it away")]
    QuoteNotClosed {
        /// The line on which the field begins, from 1.
        line: u64,
    },
    /// A column is missing that the file cannot do without.
    #[error("the file has no column {column}; its first line must name the columns")]
    MissingColumn {
        /// What may be called so.
        column: &'static str,
    },
    /// Two columns have the same name.
    #[error("the column {column} stands twice in the header")]
    RepeatedColumn {
        /// The name.
        column: String,
    },
    /// There are too many rows.
    #[error("the file has more than {ROWS} rows; divide it")]
    TooManyRows,
}

impl TableError {
    /// Returns a stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "csv_empty",
            Self::Encoding { .. } => "csv_encoding",
            Self::QuoteNotClosed { .. } => "csv_quote_not_closed",
            Self::MissingColumn { .. } => "csv_missing_column",
            Self::RepeatedColumn { .. } => "csv_repeated_column",
            Self::TooManyRows => "csv_too_many_rows",
        }
    }

    /// Returns the line of the file that is meant, from 1, where one is.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::QuoteNotClosed { line } => Some(*line),
            Self::MissingColumn { .. } | Self::RepeatedColumn { .. } => Some(1),
            Self::Empty | Self::Encoding { .. } | Self::TooManyRows => None,
        }
    }
}

/// A header and its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Names of columns in lower case, in order.
    pub columns: Vec<String>,
    /// The rows; empty ones are left out.
    pub rows: Vec<Row>,
}

/// A column of a file and what it is read as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name in lower case.
    pub header: String,
    /// The field that it fills; none when it passes through or is not looked at.
    pub field: Option<String>,
}

impl Column {
    /// Tells of each column with a name which field it fills.
    pub(super) fn all(columns: &[String], field_of: impl Fn(&str) -> Option<&str>) -> Vec<Self> {
        let named = columns.iter().filter(|column| !column.is_empty());
        named
            .map(|column| Self { header: column.clone(), field: field_of(column).map(str::to_owned) })
            .collect()
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// Its fields by column, without space around them; none when the row cannot be read.
    pub fields: Result<BTreeMap<String, String>, RowError>,
}

/// Why a row cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// It is not UTF-8.
    #[error("the row is not UTF-8 but {found}; save the file as \"CSV UTF-8\"")]
    Encoding {
        /// What it seems to be.
        found: Encoding,
    },
    /// It has more fields than the header has columns.
    #[error("the row has more fields than the header has columns; is a separator not quoted?")]
    TooManyFields,
    /// A field holds a NUL character, which no database keeps.
    #[error("a field holds a NUL character")]
    Nul,
}

impl RowError {
    /// Returns a stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Encoding { .. } => "not_utf8",
            Self::TooManyFields => "too_many_fields",
            Self::Nul => "nul_character",
        }
    }
}

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// When the file as a whole is no table. Rows that cannot be read are errors of their own.
    pub fn read(file: &[u8]) -> Result<Self, TableError> {
        let file = file.strip_prefix(BOM).unwrap_or(file);
        if let Some(found) = Encoding::utf16(file) {
            return Err(TableError::Encoding { found });
        }
        let separator = separator(file);
        if let Some(line) = quotes::unclosed(file, separator) {
            return Err(TableError::QuoteNotClosed { line });
        }
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(file);
        let mut records = reader.byte_records().flatten();
        let header = records.next().ok_or(TableError::Empty)?;
        let columns = columns(&header)?;
        let mut lines = Lines { file, byte: 0, line: 1 };
        let mut rows = Vec::new();
        for record in records {
            if record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            if rows.len() == ROWS {
                return Err(TableError::TooManyRows);
            }
            let line = record.position().map_or(0, |position| lines.of(position.byte()));
            rows.push(Row { line, fields: fields(&columns, &record) });
        }
        Ok(Self { columns, rows })
    }
}

/// Finds the lines on which rows begin. The reader's own count is one behind after CRLF and blank lines:
/// it takes what is left of a line end for the begin of the next row.
struct Lines<'a> {
    file: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// Returns the line of the row that begins at or after `byte`; rows come in their order.
    fn of(&mut self, byte: u64) -> u64 {
        let begin = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self.file.get(self.byte) {
            if self.byte >= begin && !matches!(next, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*next == b'\n');
            self.byte += 1;
        }
        self.line
    }
}

/// Takes the separator that stands most often in the first line.
fn separator(file: &[u8]) -> u8 {
    let first_line = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: &u8| first_line.iter().filter(|byte| *byte == separator).count();
    // Of equals the last wins: a header with one column has none of them.
    SEPARATORS.into_iter().rev().max_by_key(count).unwrap_or(b';')
}

fn columns(header: &csv::ByteRecord) -> Result<Vec<String>, TableError> {
    let mut columns: Vec<String> = Vec::with_capacity(header.len());
    for name in header {
        let name =
            std::str::from_utf8(name).map_err(|_| TableError::Encoding { found: Encoding::guess(name) })?;
        let name = name.trim().to_lowercase();
        if !name.is_empty() && columns.contains(&name) {
            return Err(TableError::RepeatedColumn { column: name });
        }
        columns.push(name);
    }
    if columns.iter().all(String::is_empty) { Err(TableError::Empty) } else { Ok(columns) }
}

fn fields(columns: &[String], record: &csv::ByteRecord) -> Result<BTreeMap<String, String>, RowError> {
    let mut fields = BTreeMap::new();
    for (place, field) in record.iter().enumerate() {
        let field = std::str::from_utf8(field)
            .map_err(|_| RowError::Encoding { found: Encoding::guess(field) })?
            .trim();
        if field.contains('\0') {
            return Err(RowError::Nul);
        }
        match columns.get(place) {
            Some(column) if !column.is_empty() => {
                fields.insert(column.clone(), field.to_owned());
            }
            // A column without a name, or a separator at the end of the line.
            _ if field.is_empty() => {}
            _ => return Err(RowError::TooManyFields),
        }
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(table: &Table, column: &str) -> Vec<String> {
        table.rows.iter().map(|row| row.fields.as_ref().unwrap()[column].clone()).collect()
    }

    #[test]
    fn bom_separators_line_ends_and_quotes_do_not_matter() {
        for file in [
            "A;b\r\n001;x\r\n".as_bytes(),
            "a,B\n001,x".as_bytes(),
            "\u{FEFF}a\tb\n 001 \tx\n".as_bytes(),
            "\"a\";\"b\"\n\"001\";\"x\"\n\n;\n".as_bytes(),
            "a;b;\n001;x;\n".as_bytes(),
        ] {
            let table = Table::read(file).unwrap();
            assert_eq!(cells(&table, "a"), ["001"], "{file:?}");
            assert_eq!(cells(&table, "b"), ["x"], "{file:?}");
        }
    }

    #[test]
    fn a_quoted_field_holds_separators_and_line_breaks() {
        let table = Table::read(b"a;note\n1;\"x;\ny\"\n2;z\n").unwrap();
        assert_eq!(cells(&table, "note"), ["x;\ny", "z"]);
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn rows_know_their_line_whatever_the_line_ends_are() {
        for end in ["\n", "\r\n"] {
            let file = format!("a;b{end}1;\"x{end}y\"{end}{end}2;z{end};{end}3;z");
            let lines: Vec<_> =
                Table::read(file.as_bytes()).unwrap().rows.iter().map(|row| row.line).collect();
            assert_eq!(lines, [2, 5, 7], "{end:?}");
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_does_not_lose_the_others() {
        let table = Table::read(b"a;b\n1;\xFF\n2;x;y\n3;\0\n4;ok\n").unwrap();
        let errors: Vec<_> = table.rows.iter().filter_map(|row| row.fields.as_ref().err()).collect();
        let encoding = RowError::Encoding { found: Encoding::Windows1252 };
        assert_eq!(errors, [&encoding, &RowError::TooManyFields, &RowError::Nul]);
        assert_eq!(table.rows[3].fields.as_ref().unwrap()["b"], "ok");
    }

    #[test]
    fn a_file_without_a_usable_header_is_refused() {
        assert_eq!(Table::read(b""), Err(TableError::Empty));
        assert_eq!(Table::read(b"\n;;\n"), Err(TableError::Empty));
        let found = |found| Err(TableError::Encoding { found });
        assert_eq!(Table::read(b"Stra\xDFe;b\n"), found(Encoding::Windows1252));
        assert_eq!(Table::read(b"\xF3\xEB\xE8\xF6\xE0;b\n"), found(Encoding::Other));
        assert_eq!(Table::read(b"\xFF\xFEa\0;\0b\0\n\0"), found(Encoding::Utf16));
        let unclosed = Table::read(b"a;b\n1;2\n3;\"4\n5;6\n").unwrap_err();
        assert_eq!(unclosed, TableError::QuoteNotClosed { line: 3 });
        assert_eq!((unclosed.code(), unclosed.line()), ("csv_quote_not_closed", Some(3)));
        let twice = TableError::RepeatedColumn { column: "a".to_owned() };
        assert_eq!(Table::read(b"a;A\n"), Err(twice));
    }
}
