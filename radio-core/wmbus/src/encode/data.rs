//! Values as the bytes of a data field (EN 13757-3:2018, annex A).

use super::RecordError;
use crate::{Calendar, Date, DateTime, Time};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The longest text that an LVAR of its own kind can announce.
const MAX_TEXT: usize = 0xBF;

/// A value and the data field that it is written in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Data {
    /// Type B, two's complement, 1, 2, 3, 4, 6 or 8 bytes.
    Integer { bytes: usize, value: i64 },
    /// Type A, 2, 4, 6, 8 or 12 digits.
    Bcd { digits: usize, value: i64 },
    /// Type H.
    Real(f32),
    /// ISO 8859-1 behind an LVAR, last character first.
    Text(String),
    /// Type G.
    Date(Date),
    /// Type F, or type I where seconds are given.
    DateTime(DateTime),
    /// Bytes as they are, in the given data field.
    Raw { field: u8, bytes: Vec<u8> },
}

impl Data {
    /// Returns the low four bits of the DIF.
    pub(super) fn field(&self) -> u8 {
        match self {
            Self::Integer { bytes, .. } => match bytes {
                1..=4 => u8::try_from(*bytes).unwrap_or_default(),
                6 => 0x6,
                _ => 0x7,
            },
            Self::Bcd { digits, .. } => match digits {
                2 => 0x9,
                4 => 0xA,
                6 => 0xB,
                8 => 0xC,
                _ => 0xE,
            },
            Self::Real(_) => 0x5,
            Self::Text(_) => 0xD,
            Self::Date(_) => 0x2,
            Self::DateTime(value) if value.time.has_seconds => 0x6,
            Self::DateTime(_) => 0x4,
            Self::Raw { field, .. } => *field,
        }
    }

    /// Returns the bytes behind the VIB, an LVAR included.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, RecordError> {
        match self {
            Self::Integer { bytes, value } => integer(*bytes, *value),
            Self::Bcd { digits, value } => bcd(*digits, *value),
            Self::Real(value) if value.is_nan() => Err(RecordError::Value),
            Self::Real(value) => Ok(value.to_le_bytes().to_vec()),
            Self::Text(text) => self::text(text),
            Self::Date(date) => type_g(*date).map(|bytes| bytes.to_vec()),
            Self::DateTime(value) if value.time.has_seconds => type_i(*value),
            Self::DateTime(value) => type_f(*value),
            Self::Raw { field, bytes } => raw(*field, bytes),
        }
    }
}

/// Type B. The most negative number is the coding of "invalid" and therefore not a value.
fn integer(bytes: usize, value: i64) -> Result<Vec<u8>, RecordError> {
    let largest = i64::MAX >> (64 - 8 * bytes);
    if value.unsigned_abs() > largest.unsigned_abs() {
        return Err(RecordError::Value);
    }
    Ok(value.to_le_bytes().into_iter().take(bytes).collect())
}

/// Type A. A negative number gives up its first digit for the sign.
fn bcd(digits: usize, value: i64) -> Result<Vec<u8>, RecordError> {
    let room = if value < 0 { digits - 1 } else { digits };
    let magnitude = format!("{:0room$}", value.unsigned_abs());
    if magnitude.len() > room {
        return Err(RecordError::Value);
    }
    let sign = if value < 0 { "F" } else { "" };
    let nibbles: Vec<u8> = format!("{sign}{magnitude}")
        .chars()
        .rev()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default())
        .collect();
    let pack = |pair: &[u8]| pair.iter().rev().fold(0, |byte, nibble| byte << 4 | nibble);
    Ok(nibbles.chunks(2).map(pack).collect())
}

fn text(text: &str) -> Result<Vec<u8>, RecordError> {
    let characters: Result<Vec<u8>, _> = text.chars().rev().map(u8::try_from).collect();
    let characters = characters.map_err(|_| RecordError::Text)?;
    if characters.len() > MAX_TEXT {
        return Err(RecordError::Text);
    }
    let length = u8::try_from(characters.len()).map_err(|_| RecordError::Text)?;
    Ok(core::iter::once(length).chain(characters).collect())
}

fn raw(field: u8, bytes: &[u8]) -> Result<Vec<u8>, RecordError> {
    let expected = match field {
        0x1 | 0x9 => 1,
        0x2 | 0xA => 2,
        0x3 | 0xB => 3,
        0x4 | 0x5 | 0xC => 4,
        0x6 | 0xE => 6,
        0x7 => 8,
        0xD => bytes.len(),
        _ => 0,
    };
    if bytes.len() != expected {
        return Err(RecordError::Length { expected });
    }
    Ok(bytes.to_vec())
}

/// Type G: the two digits of the year stand for 1981 to 2080.
fn type_g(date: Date) -> Result<[u8; 2], RecordError> {
    shared_date(date, EVERY_MONTH)
}

/// Type F: minute, hour with the century, and the date.
fn type_f(value: DateTime) -> Result<Vec<u8>, RecordError> {
    let century = match value.date.year {
        None => 0,
        Some(year @ 1981..=2099) => u8::try_from(year / 100 - 19).unwrap_or_default(),
        Some(year) => return Err(RecordError::Year { year }),
    };
    let year = value.date.year.map(|year| year % 100);
    let [low, high] = date_bits(value.date, year, EVERY_MONTH)?;
    let (hour, minute) = (hour(value.time)?, minute(value.time)?);
    Ok(vec![minute, hour | century << 5 | flag(value.summer_time, 7), low, high])
}

/// Type I: as type F with seconds and the calendar.
fn type_i(value: DateTime) -> Result<Vec<u8>, RecordError> {
    let [low, high] = shared_date(value.date, 0)?;
    let second = at_most(value.time.second, 59, EVERY_MINUTE)?;
    let calendar = value.calendar.unwrap_or(Calendar {
        day_of_week: None,
        week: None,
        leap_year: false,
        deviation_hours: 0,
    });
    let day_of_week = at_most(calendar.day_of_week, 7, 0)?;
    let week = at_most(calendar.week, 63, 0)?;
    let deviation = at_most(Some(calendar.deviation_hours.unsigned_abs()), 3, 0)?;
    Ok(vec![
        second | flag(value.summer_time, 6) | flag(calendar.leap_year, 7),
        minute(value.time)? | flag(calendar.deviation_hours > 0, 6),
        hour(value.time)? | day_of_week << 5,
        low,
        high,
        week | deviation << 6,
    ])
}

const EVERY_MINUTE: u8 = 63;
const EVERY_HOUR: u8 = 31;
const EVERY_MONTH: u8 = 15;
const EVERY_YEAR: u16 = 127;

/// Types G and I have no century: years 81 to 99 lie in the 20th.
fn shared_date(date: Date, every_month: u8) -> Result<[u8; 2], RecordError> {
    match date.year {
        Some(year) if !(1981..=2080).contains(&year) => Err(RecordError::Year { year }),
        year => date_bits(date, year.map(|year| year % 100), every_month),
    }
}

/// The bits that types F, G and I share: day, month, and the year within its century.
fn date_bits(date: Date, year: Option<u16>, every_month: u8) -> Result<[u8; 2], RecordError> {
    let day = at_most(date.day, 31, 0)?;
    let month = at_most(date.month, 12, every_month)?;
    let year = u8::try_from(year.unwrap_or(EVERY_YEAR)).unwrap_or_default();
    Ok([day | (year & 0x07) << 5, month | (year & 0x78) << 1])
}

fn hour(time: Time) -> Result<u8, RecordError> {
    at_most(time.hour, 23, EVERY_HOUR)
}

fn minute(time: Time) -> Result<u8, RecordError> {
    at_most(time.minute, 59, EVERY_MINUTE)
}

/// Returns the field, or the coding of "every" when it is not fixed.
fn at_most(field: Option<u8>, largest: u8, every: u8) -> Result<u8, RecordError> {
    match field {
        None => Ok(every),
        Some(field) if field <= largest => Ok(field),
        Some(_) => Err(RecordError::Value),
    }
}

fn flag(set: bool, bit: u8) -> u8 {
    u8::from(set) << bit
}
