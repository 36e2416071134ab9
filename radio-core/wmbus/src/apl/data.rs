//! The data of a record, and the value that it codes (EN 13757-3, annex A).

use super::{
    DataField, RecordWarning,
    meaning::{Coding, Meaning},
};
use crate::value::{
    Decimal, Moment, Real, Value, bcd, bcd_magnitude, date_g, date_time_f, date_time_i, has_later_century,
    is_marked, real32, short_bcd, short_signed, signed, time_j, unsigned,
};
use crate::wire::Reader;
use alloc::borrow::ToOwned;
use alloc::string::String;

/// A record's data, cut out but not yet understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data<'a> {
    Nothing,
    Integer(&'a [u8]),
    Real(&'a [u8]),
    Bcd(&'a [u8]),
    /// Digits without a sign, that LVAR gave.
    PositiveBcd(&'a [u8]),
    NegativeBcd(&'a [u8]),
    Text(&'a [u8]),
    /// Binary data too long for a number.
    Long,
}

impl<'a> Data<'a> {
    /// Cuts out the data, and LVAR before it.
    #[inline(always)]
    pub(super) fn parse(field: DataField, reader: &mut Reader<'a>) -> Result<Self, RecordWarning> {
        Ok(match field {
            DataField::Nothing => Self::Nothing,
            DataField::Integer(length) => Self::Integer(reader.slice(length)?),
            DataField::Real => Self::Real(reader.slice(4)?),
            DataField::Bcd(length) => Self::Bcd(reader.slice(length)?),
            DataField::Variable => return Self::variable(reader),
        })
    }

    /// Cuts out LVAR and the data behind it.
    fn variable(reader: &mut Reader<'a>) -> Result<Self, RecordWarning> {
        let lvar = reader.u8()?;
        let low = usize::from(lvar & 0xF);
        Ok(match lvar {
            0x00..=0xBF => Self::Text(reader.slice(usize::from(lvar))?),
            0xC0..=0xC9 => Self::PositiveBcd(reader.slice(low)?),
            0xD0..=0xD9 => Self::NegativeBcd(reader.slice(low)?),
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
        })
    }

    /// Reads the number that the data codes for this meaning, if it is one of up to four bytes.
    ///
    /// Nine of ten values are such; for them it gives what [`Self::value`] gives, but sooner.
    #[inline]
    pub(super) fn short_number(self, meaning: &Meaning) -> Option<Decimal> {
        let digits = match self {
            Self::Integer(bytes) if matches!(meaning.coding, Coding::Signed | Coding::Unspecified) => {
                short_signed(bytes)
                    .filter(|_| meaning.coding != Coding::Signed || !is_most_negative(bytes))?
            }
            Self::Bcd(bytes) if !matches!(meaning.coding, Coding::Opaque | Coding::Moment) => {
                short_bcd(bytes)?
            }
            _ => return None,
        };
        let mantissa = i64::from(digits) * i64::from(meaning.multiplier);
        Some(Decimal { mantissa: mantissa.into(), exponent: meaning.exponent })
    }

    /// Reads the value that the data codes for this meaning.
    pub(super) fn value(self, meaning: &Meaning) -> Value {
        match self {
            Self::Nothing => Value::NotAvailable,
            Self::Integer([]) | Self::Bcd([]) | Self::PositiveBcd([]) | Self::NegativeBcd([]) => {
                Value::NotAvailable
            }
            Self::Long => Value::Raw,
            _ if meaning.coding == Coding::Opaque => Value::Raw,
            Self::Text(bytes) => text(bytes),
            Self::Integer(bytes) => integer(bytes, meaning),
            // Dates and flags have no other form than a binary one.
            _ if meaning.coding == Coding::Moment => Value::Raw,
            Self::Real(bytes) => match bytes.first_chunk().map_or(Real::NotANumber, |bytes| real32(*bytes)) {
                Real::Number(number) => scaled(number, meaning),
                Real::NotANumber => Value::NotAvailable,
                Real::Infinite => Value::Invalid(bytes.to_vec()),
            },
            Self::Bcd(bytes) => digits(bcd(bytes), bytes, meaning),
            Self::PositiveBcd(bytes) => digits(bcd_magnitude(bytes), bytes, meaning),
            Self::NegativeBcd(bytes) => digits(bcd_magnitude(bytes).map(|number| -number), bytes, meaning),
        }
    }
}

fn digits(number: Option<i128>, bytes: &[u8], meaning: &Meaning) -> Value {
    number.map_or_else(|| Value::Invalid(bytes.to_vec()), |number| scaled(number.into(), meaning))
}

/// Returns what is doubtful about a date with time that the data gives.
pub(super) fn date_doubts(data: Data<'_>, value: &Value) -> impl Iterator<Item = RecordWarning> {
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
    number.checked_scale(meaning.multiplier.into(), meaning.exponent).map_or(Value::Raw, Value::Number)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apl::{Quantity, Unit};
    use alloc::vec::Vec;

    #[test]
    fn a_short_number_is_the_same_number_as_read_the_long_way() {
        let meaning = |coding| Meaning { coding, ..Meaning::number(Quantity::VolumeFlow, &Unit::None, -3) };
        let codings = [
            Coding::Signed,
            Coding::Unsigned,
            Coding::Unspecified,
            Coding::Bits,
            Coding::Moment,
            Coding::Opaque,
        ];
        let tops = [0x00, 0x01, 0x12, 0x7F, 0x80, 0x99, 0x9A, 0xA0, 0xF0, 0xF9, 0xFA, 0xFF];
        let mut short = 0;
        for (coding, multiplier) in codings.into_iter().flat_map(|coding| [(coding, 1), (coding, 3600)]) {
            let meaning = meaning(coding).times(multiplier);
            for (length, top, low) in (0..=9).flat_map(|length| {
                tops.into_iter().flat_map(move |top| [0x00, 0x45, 0xFF].map(|low| (length, top, low)))
            }) {
                let mut bytes: Vec<u8> = (0..length).map(|_| low).collect();
                bytes.last_mut().into_iter().for_each(|last| *last = top);
                for data in [Data::Integer(&bytes), Data::Bcd(&bytes), Data::Text(&bytes)] {
                    if let Some(number) = data.short_number(&meaning) {
                        let Value::Number(long) = data.value(&meaning) else {
                            panic!("{data:?} {meaning:?}")
                        };
                        let digits = |number: Decimal| (number.mantissa, number.exponent);
                        assert_eq!(digits(number), digits(long), "{data:?} {meaning:?}");
                        short += 1;
                    }
                }
            }
        }
        assert_ne!(short, 0);
        let number = Data::Integer(&[0x10, 0x27]).short_number(&meaning(Coding::Signed));
        assert_eq!(number, Some(Decimal::new(10_000, -3)));
    }
}
