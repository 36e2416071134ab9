//! Which cell of a row is which.

use csv::ByteRecord;

/// Header names of the meter's column, without case, spaces, `_` and `-`; the best name first.
const METER_NAMES: [&str; 11] = [
    "radioid",
    "identificationnumber",
    "meterid",
    "id",
    "serialnumber",
    "serialno",
    "serial",
    "meterno",
    "meternumber",
    "address",
    "meter",
];

/// Header names of the key's column.
const KEY_NAMES: [&str; 8] =
    ["key", "aeskey", "meterkey", "dek", "encryptionkey", "radiokey", "aes128key", "aes"];

/// The positions of the two columns that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) meter: usize,
    pub(super) key: usize,
}

impl Columns {
    /// What a file without a header has.
    pub(super) const WITHOUT_HEADER: Self = Self { meter: 0, key: 1 };

    /// Reads a row as a header, if it is one.
    pub(super) fn from_header(row: &ByteRecord) -> Option<Self> {
        let names: Vec<String> = row.iter().map(|cell| plain(&String::from_utf8_lossy(cell))).collect();
        let find = |known: &[&str]| {
            known.iter().find_map(|known| names.iter().position(|name| name.as_str() == *known))
        };
        Some(Self { meter: find(&METER_NAMES)?, key: find(&KEY_NAMES)? })
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Finds the delimiter: the candidate that the first line uses most, `;` when it uses none.
pub(super) fn delimiter(text: &[u8]) -> u8 {
    let first = text
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or_default();
    let count = |candidate: u8| first.iter().filter(|byte| **byte == candidate).count();
    [b',', b'\t', b';'].into_iter().max_by_key(|candidate| count(*candidate)).unwrap_or(b';')
}
