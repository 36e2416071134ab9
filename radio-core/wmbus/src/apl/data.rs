//! The data of a record, and the value that it codes (EN 13757-3, annex A).

use super::{
    DataField, RecordWarning,
    meaning::{Coding, Meaning},
};
use crate::value::{
    Decimal, Moment, Real, Value, bcd, bcd_magnitude, date_g, date_time_f, date_time_i, has_later_century,
    is_marked, real32, signed, time_j, unsigned,
};
use crate::wire::Reader;
use alloc::borrow::ToOwned;
use alloc::string::String;

/// A record's data, cut out but not yet understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data<'a> {
    Nothing,
    Integer(&'a [u8]),
    Real([u8; 4]),
    Bcd(&'a [u8]),
    /// Digits whose sign LVAR gave.
    BcdMagnitude {
        bytes: &'a [u8],
        negative: bool,
    },
    Text(&'a [u8]),
    /// Binary data too long for a number.
    Long,
}

impl<'a> Data<'a> {
    /// Cuts out the data, and LVAR before it; `None` as LVAR where there is none.
    pub(super) fn parse(field: DataField, reader: &mut Reader<'a>) -> Result<Self, RecordWarning> {
        Ok(match field {
            DataField::Nothing => Self::Nothing,
            DataField::Integer(length) => Self::Integer(reader.slice(length)?),
            DataField::Real => Self::Real(reader.array()?),
            DataField::Bcd(length) => Self::Bcd(reader.slice(length)?),
            DataField::Variable => {
                let lvar = reader.u8()?;
                let low = usize::from(lvar & 0xF);
                match lvar {
                    0x00..=0xBF => Self::Text(reader.slice(usize::from(lvar))?),
                    0xC0..=0xC9 => Self::BcdMagnitude { bytes: reader.slice(low)?, negative: false },
                    0xD0..=0xD9 => Self::BcdMagnitude { bytes: reader.slice(low)?, negative: true },
                    0xE0..=0xEF => Self::Integer(reader.slice(low)?),
                    0xF0..=0xF6 => {
                        let length = match lvar {
                            0xF5 => 48,
                            0xF6 => 64,
                            _ => 4 * (usize::from(lvar) - 0xEC),
                        };
                        let bytes = reader.slice(length)?;
                        if length <= 16 { Self::Integer(bytes) } else { Self::Long }
                    }
                    _ => return Err(RecordWarning::ReservedLvar(lvar)),
                }
            }
        })
    }

    /// Reads the value that the data codes for this meaning.
    pub(super) fn value(self, meaning: &Meaning) -> Value {
        match self {
            Self::Nothing => Value::NotAvailable,
            Self::Integer([]) | Self::Bcd([]) | Self::BcdMagnitude { bytes: [], .. } => Value::NotAvailable,
            Self::Long => Value::Raw,
            _ if meaning.coding == Coding::Opaque => Value::Raw,
            Self::Text(bytes) => text(bytes),
            Self::Integer(bytes) => integer(bytes, meaning),
            // Dates and flags have no other form than a binary one.
            _ if meaning.coding == Coding::Moment => Value::Raw,
            Self::Real(bytes) => match real32(bytes) {
                Real::Number(number) => scaled(number, meaning),
                Real::NotANumber => Value::NotAvailable,
                Real::Infinite => Value::Invalid(bytes.to_vec()),
            },
            Self::Bcd(bytes) => match bcd(bytes) {
                Some(number) => scaled(number.into(), meaning),
                None => Value::Invalid(bytes.to_vec()),
            },
            Self::BcdMagnitude { bytes, negative } => match bcd_magnitude(bytes) {
                Some(number) => scaled(if negative { -number } else { number }.into(), meaning),
                None => Value::Invalid(bytes.to_vec()),
            },
        }
    }
}

/// Returns what is doubtful about a date with time that the data gives.
pub(super) fn doubts(data: Data<'_>, value: &Value) -> impl Iterator<Item = RecordWarning> {
    let bytes = match (data, value) {
        (Data::Integer(bytes), Value::DateTime(_)) => bytes,
        _ => &[],
    };
    let marked = is_marked(bytes).then_some(RecordWarning::ClockInvalid);
    marked.into_iter().chain(has_later_century(bytes).then_some(RecordWarning::CenturyAssumed))
}

fn integer(bytes: &[u8], meaning: &Meaning) -> Value {
    let number = match meaning.coding {
        Coding::Moment => return moment(bytes),
        Coding::Bits => {
            return match unsigned(bytes).and_then(|bits| u64::try_from(bits).ok()) {
                Some(bits) => Value::Flags(bits),
                None => Value::Raw,
            };
        }
        Coding::Unsigned if bytes.iter().all(|byte| *byte == 0xFF) => return Value::NotAvailable,
        Coding::Unsigned => unsigned(bytes),
        Coding::Signed if is_most_negative(bytes) => return Value::NotAvailable,
        Coding::Signed | Coding::Unspecified => signed(bytes),
        Coding::Opaque => None,
    };
    number.map_or(Value::Raw, |number| scaled(number.into(), meaning))
}

fn is_most_negative(bytes: &[u8]) -> bool {
    bytes.split_last().is_some_and(|(top, rest)| *top == 0x80 && rest.iter().all(|byte| *byte == 0))
}

fn scaled(number: Decimal, meaning: &Meaning) -> Value {
    number.checked_scale(meaning.multiplier, meaning.exponent).map_or(Value::Raw, Value::Number)
}

/// Reads a date or time by its length: 2 bytes type G, 3 type J, 4 type F, 6 type I.
fn moment(bytes: &[u8]) -> Value {
    fn value<T>(moment: Moment<T>, bytes: &[u8], at: impl Fn(T) -> Value) -> Value {
        match moment {
            Moment::At(moment) => at(moment),
            Moment::NotAvailable => Value::NotAvailable,
            Moment::Impossible => Value::Invalid(bytes.to_vec()),
        }
    }
    match *bytes {
        [a, b] => value(date_g([a, b]), bytes, Value::Date),
        [a, b, c] => value(time_j([a, b, c]), bytes, Value::Time),
        [a, b, c, d] => value(date_time_f([a, b, c, d]), bytes, Value::DateTime),
        [a, b, c, d, e, f] => value(date_time_i([a, b, c, d, e, f]), bytes, Value::DateTime),
        _ => Value::Raw,
    }
}

/// Reads ISO 8859-1 text, transmitted last character first; control characters make it binary data.
fn text(bytes: &[u8]) -> Value {
    let text: String = bytes.iter().rev().copied().map(char::from).collect();
    let text = text.trim_matches('\0');
    if text.chars().any(char::is_control) { Value::Raw } else { Value::Text(text.to_owned()) }
}
