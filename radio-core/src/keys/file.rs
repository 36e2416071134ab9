//! The file as a whole.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder};
use wmbus::security::AnyKey;
use wmbus::{AesKey, IdentificationNumber, Key64, KeyRing, MeterAddress};

use super::columns::{Columns, delimiter};
use super::{KeyFileError, KeyRow, Place, Verdict};

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
    /// Reads a key file of any kind: CSV, or KEM and KEM2, also in a zip archive, with their password.
    ///
    /// # Errors
    /// When the file as a whole cannot be read: password, encryption, or a document that is no key file.
    pub fn read(content: impl AsRef<[u8]>, password: Option<&str>) -> Result<Self, KeyFileError> {
        let content = content.as_ref();
        if !kem_files::is_kem(content) {
            return Ok(Self::parse(content));
        }
        let mut file = Self::default();
        let mut seen = Seen::default();
        for (meter, line) in kem_files::meters(content, password)?.into_iter().zip(1..) {
            let verdict = match (&meter.number, &meter.key) {
                (None, _) => Err(Verdict::CellMissing),
                (Some(_), None) => Err(Verdict::KeyMissing),
                (Some(number), Some(key)) => file.take(number, key, &mut seen),
            };
            file.rows.push(KeyRow { line, place: Place::Meter, verdict: verdict.unwrap_or_else(|bad| bad) });
        }
        Ok(file)
    }

    /// Parses a CSV of keys; what is wrong with a row is its verdict.
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
            let verdict = cell(&row, columns.meter)
                .and_then(|meter| file.take(meter, cell(&row, columns.key)?, &mut seen))
                .unwrap_or_else(|verdict| verdict);
            file.rows.push(KeyRow { line, place: Place::Line, verdict });
        }
        file
    }

    /// Returns the rows whose key is not in the ring.
    pub fn refused(&self) -> impl Iterator<Item = &KeyRow> {
        self.rows.iter().filter(|row| !row.verdict.is_accepted())
    }

    /// Takes the texts of a row.
    fn take(&mut self, meter: &str, key: &str, seen: &mut Seen) -> Result<Verdict, Verdict> {
        let (meter, filled_up) = Meter::parse(meter)?;
        let key = parse_key(key)?;

        let keys = seen.0.entry(meter).or_default();
        if keys.contains(&key) {
            return Ok(Verdict::Duplicate);
        }
        let verdict = match (&key, keys.is_empty(), filled_up) {
            (AnyKey::Bits64(_), ..) => Verdict::AcceptedOf64Bits,
            (_, false, _) => Verdict::AcceptedBesideAnother,
            (_, true, true) => Verdict::AcceptedFilledUp,
            (_, true, false) => Verdict::Accepted,
        };
        keys.push(key.clone());
        match (meter, key) {
            (Meter::Number(number), AnyKey::Aes(key)) => self.ring.insert(number, key),
            (Meter::Number(number), AnyKey::Bits64(key)) => self.ring.insert_64(number, key),
            (Meter::Address(address), AnyKey::Aes(key)) => self.ring.insert_for(address, key),
            (Meter::Address(address), AnyKey::Bits64(key)) => self.ring.insert_64_for(address, key),
        }
        Ok(verdict)
    }
}

/// The keys of every meter so far, to tell repetitions from second keys.
#[derive(Default)]
struct Seen(BTreeMap<Meter, Vec<AnyKey>>);

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

fn parse_key(text: &str) -> Result<AnyKey, Verdict> {
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
    if let Ok(bytes) = <[u8; 8]>::try_from(bytes.as_slice()) {
        return Ok(AnyKey::Bits64(Key64::new(bytes)));
    }
    let bytes = bytes.try_into().map_err(|_| Verdict::KeyLength { digits })?;
    Ok(AnyKey::Aes(AesKey::new(bytes)))
}
