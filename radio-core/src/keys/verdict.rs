//! What became of each row.

use std::fmt;

/// Tells what became of one row of a key file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyRow {
    /// The line on which the row begins, or the meter's place in the list, from 1.
    pub line: u64,
    /// Which of the two `line` counts.
    pub place: Place,
    /// What became of it.
    pub verdict: Verdict,
}

impl fmt::Display for KeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.place.as_str(), self.line, self.verdict)
    }
}

/// Tells what a row is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// Lines of a CSV.
    Line,
    /// Meters of a KEM file, whose lines nobody sees.
    Meter,
}

impl Place {
    /// Returns `line` or `meter`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Meter => "meter",
        }
    }
}

/// What became of a row; never contains anything of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The key is in the ring.
    Accepted,
    /// The key is in the ring; the identification number was filled up to 8 digits with leading zeros,
    /// which spreadsheets like to drop.
    AcceptedFilledUp,
    /// The key is in the ring beside another one for the same meter; decoding tries both.
    AcceptedBesideAnother,
    /// The key is in the ring; it has 64 bits, for DES and the scrambling of the Diehl group only.
    AcceptedOf64Bits,
    /// The same meter with the same key came before.
    Duplicate,
    /// The row has no cell for the meter or for the key.
    CellMissing,
    /// The row has an identification number and an empty key.
    KeyMissing,
    /// The meter's cell is neither an identification number nor a meter address.
    MeterNotUnderstood,
    /// The key holds a character that is not a hexadecimal digit.
    KeyNotHexadecimal,
    /// The key has another length than the 32 digits of an AES-128 key.
    KeyLength {
        /// Hexadecimal digits found.
        digits: usize,
    },
    /// The row is not valid UTF-8.
    NotText,
}

impl Verdict {
    /// Tells whether the row's key is in the ring.
    pub const fn is_accepted(self) -> bool {
        matches!(
            self,
            Self::Accepted
                | Self::AcceptedFilledUp
                | Self::AcceptedBesideAnother
                | Self::AcceptedOf64Bits
                | Self::Duplicate
        )
    }

    /// Returns a stable code for programs, such as `key_length`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AcceptedFilledUp => "accepted_filled_up",
            Self::AcceptedBesideAnother => "accepted_beside_another",
            Self::AcceptedOf64Bits => "accepted_of_64_bits",
            Self::Duplicate => "duplicate",
            Self::CellMissing => "cell_missing",
            Self::KeyMissing => "key_missing",
            Self::MeterNotUnderstood => "meter_not_understood",
            Self::KeyNotHexadecimal => "key_not_hexadecimal",
            Self::KeyLength { .. } => "key_length",
            Self::NotText => "not_text",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::AcceptedFilledUp => f.write_str("accepted; leading zeros of the id were restored"),
            Self::AcceptedBesideAnother => {
                f.write_str("accepted beside another key of the same meter; both are tried")
            }
            Self::AcceptedOf64Bits => {
                f.write_str("accepted; a key of 64 bits opens DES and Diehl scrambling only")
            }
            Self::Duplicate => f.write_str("the same meter with the same key came before"),
            Self::CellMissing => f.write_str("a cell is missing; a row is id;key"),
            Self::KeyMissing => f.write_str("the key is empty"),
            Self::MeterNotUnderstood => {
                f.write_str("the id is neither 8 digits nor an address such as KAM-76349987-1B-16")
            }
            Self::KeyNotHexadecimal => f.write_str("the key has a character that is not a hexadecimal digit"),
            Self::KeyLength { digits } => {
                write!(
                    f,
                    "the key has {digits} hexadecimal digits; an AES-128 key has 32, one of 64 bits has 16"
                )
            }
            Self::NotText => f.write_str("the row is not UTF-8; save the file as UTF-8"),
        }
    }
}
