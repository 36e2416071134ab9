//! The file as a whole.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder};
use wmbus::{AesKey, IdentificationNumber, KeyRing, MeterAddress};

use super::columns::{Columns, delimiter};
use super::{KeyRow, Verdict};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Digits of an identification number.
const ID_DIGITS: usize = 8;

/// Holds what a key file gave: the keys, and a verdict for every row.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct KeyFile {
    /// The keys of all accepted rows.
    pub ring: KeyRing,
    /// One verdict for every row that is not blank, a comment or the header, in the order of the file.
    pub rows: Vec<KeyRow>,
}

impl KeyFile {
    /// Parses a key file; what is wrong with a row is its verdict.
    pub fn parse(content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        let content = content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(content);
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter(content))
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .from_reader(content);

        let mut file = Self::default();
        let mut seen = Seen::default();
        let mut columns = None;
        let mut row = ByteRecord::new();
        // Reading from memory does not fail, and a flexible reader refuses no row.
        while reader.read_byte_record(&mut row).unwrap_or(false) {
            if row.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            let columns = match columns {
                Some(columns) => columns,
                None => match Columns::from_header(&row) {
                    Some(header) => {
                        columns = Some(header);
                        continue;
                    }
                    None => *columns.insert(Columns::WITHOUT_HEADER),
                },
            };
            let line = row.position().map_or(0, csv::Position::line);
            let verdict = file.take(&row, columns, &mut seen).unwrap_or_else(|verdict| verdict);
            file.rows.push(KeyRow { line, verdict });
        }
        file
    }

    /// Returns the rows whose key is not in the ring.
    pub fn refused(&self) -> impl Iterator<Item = &KeyRow> {
        self.rows.iter().filter(|row| !row.verdict.is_accepted())
    }

    fn take(&mut self, row: &ByteRecord, columns: Columns, seen: &mut Seen) -> Result<Verdict, Verdict> {
        let meter = cell(row, columns.meter)?;
        let key = cell(row, columns.key)?;
        let (meter, filled_up) = Meter::parse(meter)?;
        let key = parse_key(key)?;

        let keys = seen.0.entry(meter).or_default();
        if keys.contains(&key) {
            return Ok(Verdict::Duplicate);
        }
        let verdict = match (keys.is_empty(), filled_up) {
            (false, _) => Verdict::AcceptedBesideAnother,
            (true, true) => Verdict::AcceptedFilledUp,
            (true, false) => Verdict::Accepted,
        };
        keys.push(key.clone());
        match meter {
            Meter::Number(number) => self.ring.insert(number, key),
            Meter::Address(address) => self.ring.insert_for(address, key),
        }
        Ok(verdict)
    }
}

/// The keys of every meter so far, to tell repetitions from second keys.
#[derive(Default)]
struct Seen(BTreeMap<Meter, Vec<AesKey>>);

/// How a row names its meter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Meter {
    Number(IdentificationNumber),
    Address(MeterAddress),
}

impl Meter {
    /// Reads the meter's cell, and tells whether leading zeros had to be restored.
    fn parse(text: &str) -> Result<(Self, bool), Verdict> {
        if let Ok(address) = text.to_ascii_uppercase().parse() {
            return Ok((Self::Address(address), false));
        }
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.is_empty() || digits.len() > ID_DIGITS {
            return Err(Verdict::MeterNotUnderstood);
        }
        let filled_up = digits.len() < ID_DIGITS;
        let number = format!("{digits:0>ID_DIGITS$}").to_ascii_uppercase().parse();
        Ok((Self::Number(number.map_err(|_| Verdict::MeterNotUnderstood)?), filled_up))
    }
}

fn cell(row: &ByteRecord, column: usize) -> Result<&str, Verdict> {
    let cell = row.get(column).ok_or(Verdict::CellMissing)?;
    std::str::from_utf8(cell).map(str::trim).map_err(|_| Verdict::NotText)
}

fn parse_key(text: &str) -> Result<AesKey, Verdict> {
    if text.is_empty() {
        return Err(Verdict::KeyMissing);
    }
    let bytes = crate::hex::parse(text);
    let bytes = bytes.map_err(|error| match error {
        crate::hex::HexError::Odd => {
            Verdict::KeyLength { digits: text.chars().filter(char::is_ascii_hexdigit).count() }
        }
        _ => Verdict::KeyNotHexadecimal,
    })?;
    let digits = 2 * bytes.len();
    bytes.try_into().map(AesKey::new).map_err(|_| Verdict::KeyLength { digits })
}
