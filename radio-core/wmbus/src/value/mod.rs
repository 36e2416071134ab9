//! What a data record's bytes say: exact numbers, local dates and times, flags and text.

mod bcd;
mod calendar;
mod date;
mod decimal;
mod integer;
mod real;

pub use bcd::bcd;
pub(crate) use bcd::{bcd_magnitude, short_bcd};
pub(crate) use calendar::day_number;
pub use date::{Calendar, Date, DateTime, Time, Timestamp};
pub(crate) use date::{
    Moment, date_g, date_time_f, date_time_i, days_in_month, has_later_century, is_marked, time_j,
};
pub use decimal::{Decimal, ParseDecimalError};
pub(crate) use integer::{short_signed, signed, unsigned};
pub(crate) use real::{Real, real32};

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::hex::Hex;

/// The value of a data record.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An exact number in the record's unit.
    Number(Decimal),
    /// A date (type G).
    Date(Date),
    /// A time of day (type J).
    Time(Time),
    /// A date with time (types F and I), local to the meter, without zone.
    DateTime(DateTime),
    /// Text (ISO 8859-1), in reading order.
    Text(String),
    /// Flags (type D); bit 0 is the first flag.
    Flags(u64),
    /// The meter says that there is no value: a "not available" coding, or a record error.
    NotAvailable,
    /// The bytes are no value of their type, such as a BCD digit above 9 or a month 13; as transmitted.
    Invalid(Vec<u8>),
    /// The bytes have a form that is not interpreted; see [`crate::DataRecord::data`].
    Raw,
}

impl Value {
    /// Returns the number, if the value is one.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Time(time) => time.fmt(f),
            Self::DateTime(date_time) => date_time.fmt(f),
            Self::Text(text) => write!(f, "\"{}\"", text.escape_default()),
            Self::Flags(bits) => write!(f, "0x{bits:X}"),
            Self::NotAvailable => f.write_str("not available"),
            Self::Invalid(bytes) => write!(f, "invalid ({})", Hex(bytes)),
            Self::Raw => f.write_str("not interpreted"),
        }
    }
}
