//! Types F, G, I and J: dates and times as meters send them, local and without zone.

use core::fmt;

/// A calendar date; a field that is `None` means "every" (or "not specified" in type I).
///
/// Displays as `2008-05-31`, with `*` for a field that is not fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The full year.
    pub year: Option<u16>,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to 31.
    pub day: Option<u8>,
}

/// A time of day; a field that is `None` means "every".
///
/// Displays as `23:50` or `23:50:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// 0 to 23.
    pub hour: Option<u8>,
    /// 0 to 59.
    pub minute: Option<u8>,
    /// 0 to 59; always `None` when the coding has no seconds.
    pub second: Option<u8>,
    /// Whether the coding has seconds at all (types I and J).
    pub has_seconds: bool,
}

/// A date with time, local to the meter.
///
/// Displays as `2008-05-31T23:50` or `2010-01-01T00:00:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// The date.
    pub date: Date,
    /// The time of day.
    pub time: Time,
    /// Whether the meter marks the time as daylight saving time.
    pub summer_time: bool,
    /// What type I says beyond that.
    pub calendar: Option<Calendar>,
}

/// When a value was taken: a day, or a day and a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timestamp {
    /// A day.
    Date(Date),
    /// A day and a time.
    DateTime(DateTime),
}

impl Timestamp {
    /// Returns the day.
    pub const fn date(self) -> Date {
        match self {
            Self::Date(date) => date,
            Self::DateTime(date_time) => date_time.date,
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::DateTime(date_time) => date_time.fmt(f),
        }
    }
}

/// The calendar fields that only type I carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Calendar {
    /// 1 is Monday, 7 is Sunday; `None` is not specified.
    pub day_of_week: Option<u8>,
    /// The week of the year; `None` is not specified.
    pub week: Option<u8>,
    /// Whether the year is marked as a leap year.
    pub leap_year: bool,
    /// How far daylight saving time deviates, in hours.
    pub deviation_hours: i8,
}

impl Date {
    /// Makes a date; `None` if the calendar has no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1..=12).contains(&month) && (1..=days_in_month(Some(month), Some(year))).contains(&day);
        exists.then_some(Self { year: Some(year), month: Some(month), day: Some(day) })
    }

    /// Returns the last day of a month; `None` if there is no such month.
    pub fn end_of_month(year: u16, month: u8) -> Option<Self> {
        Self::new(year, month, days_in_month(Some(month), Some(year)))
    }

    /// Returns year, month and day when all three are fixed.
    pub fn fixed(self) -> Option<(u16, u8, u8)> {
        Some((self.year?, self.month?, self.day?))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}-")?,
            None => f.write_str("*-")?,
        }
        two_digits(f, self.month)?;
        f.write_str("-")?;
        two_digits(f, self.day)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        two_digits(f, self.hour)?;
        f.write_str(":")?;
        two_digits(f, self.minute)?;
        if self.has_seconds {
            f.write_str(":")?;
            two_digits(f, self.second)?;
        }
        Ok(())
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)
    }
}

fn two_digits(f: &mut fmt::Formatter<'_>, field: Option<u8>) -> fmt::Result {
    match field {
        Some(field) => write!(f, "{field:02}"),
        None => f.write_str("*"),
    }
}

/// What the bytes of a date or time say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment<T> {
    At(T),
    /// The coding for "no valid date": all ones, or the invalid bit with fields out of range.
    NotAvailable,
    /// A field outside its range.
    Impossible,
}

impl<T> Moment<T> {
    fn from_fields(fields: Option<T>) -> Self {
        fields.map_or(Self::Impossible, Self::At)
    }
}

impl Moment<DateTime> {
    /// What is marked as invalid is a clock that runs only if all of it is fixed.
    fn from_marked(fields: Option<DateTime>) -> Self {
        let is_clock = |value: &DateTime| {
            value.date.fixed().is_some() && value.time.hour.is_some() && value.time.minute.is_some()
        };
        fields.filter(is_clock).map_or(Self::NotAvailable, Self::At)
    }
}

/// Tells whether the invalid bit (IV) of type F or I is set: meters do so until their clock is set, and
/// some of them for ever.
pub(crate) fn is_marked(bytes: &[u8]) -> bool {
    match bytes {
        [minute, _, _, _] | [_, minute, _, _, _, _] => minute & 0x80 != 0,
        _ => false,
    }
}

/// Tells whether the hundred-year field of type F leads beyond 2099. There are meters that count it from
/// 1800 on, and none that lives in the next century.
pub(crate) fn has_later_century(bytes: &[u8]) -> bool {
    matches!(bytes, [_, hour, _, _] if hour & 0x40 != 0)
}

/// Reads a date of type G (EN 13757-3, 2 bytes).
pub(crate) fn date_g(bytes: [u8; 2]) -> Moment<Date> {
    if bytes == [0xFF; 2] {
        return Moment::NotAvailable;
    }
    Moment::from_fields(date(bytes, None))
}

/// Reads a date with time of type F (EN 13757-3, 4 bytes).
///
/// Marked as invalid, it is still the meter's clock where its fields are in range: see [`is_marked`].
pub(crate) fn date_time_f(bytes: [u8; 4]) -> Moment<DateTime> {
    let [minute, hour, low, high] = bytes;
    let fields = || {
        let hundreds = hour >> 5 & 3;
        let date = date([low, high], Some(hundreds))?;
        let time = Time {
            hour: at_most(hour & 0x1F, 23, 31)?,
            minute: at_most(minute & 0x3F, 59, 63)?,
            second: None,
            has_seconds: false,
        };
        Some(DateTime { date, time, summer_time: hour & 0x80 != 0, calendar: None })
    };
    if is_marked(&bytes) { Moment::from_marked(fields()) } else { Moment::from_fields(fields()) }
}

/// Reads a date with time and calendar of type I (EN 13757-3, 6 bytes).
pub(crate) fn date_time_i(bytes: [u8; 6]) -> Moment<DateTime> {
    let [second, minute, hour, low, high, week] = bytes;
    let fields = || {
        // Type I writes month 0 for a month that is not specified, where type G writes 15.
        let high = if high & 0x0F == 0 { high | 0x0F } else { high };
        let date = date([low, high], None)?;
        let time = Time {
            hour: at_most(hour & 0x1F, 23, 31)?,
            minute: at_most(minute & 0x3F, 59, 63)?,
            second: at_most(second & 0x3F, 59, 63)?,
            has_seconds: true,
        };
        let deviation = i8::try_from(week >> 6).unwrap_or_default();
        let calendar = Calendar {
            day_of_week: Some(hour >> 5).filter(|day| *day != 0),
            week: Some(week & 0x3F).filter(|week| *week != 0),
            leap_year: second & 0x80 != 0,
            deviation_hours: if minute & 0x40 != 0 { deviation } else { -deviation },
        };
        Some(DateTime { date, time, summer_time: second & 0x40 != 0, calendar: Some(calendar) })
    };
    if is_marked(&bytes) { Moment::from_marked(fields()) } else { Moment::from_fields(fields()) }
}

/// Reads a time of day of type J (EN 13757-3, 3 bytes); all zero is midnight, as in the 2018 edition.
pub(crate) fn time_j(bytes: [u8; 3]) -> Moment<Time> {
    if bytes == [0xFF; 3] {
        return Moment::NotAvailable;
    }
    let [second, minute, hour] = bytes;
    let fields = || {
        Some(Time {
            hour: at_most(hour & 0x1F, 23, 31)?,
            minute: at_most(minute & 0x3F, 59, 63)?,
            second: at_most(second & 0x3F, 59, 63)?,
            has_seconds: true,
        })
    };
    Moment::from_fields(fields())
}

/// Reads the day, month and year fields that types F, G and I share.
///
/// `hundreds` is the hundred-year field of type F. Without one, or with 0, years 81 to 99 lie in the 20th
/// century and the lower ones in the 21st. Above 1 it is taken as 1, see [`has_later_century`].
fn date([low, high]: [u8; 2], hundreds: Option<u8>) -> Option<Date> {
    let day = match low & 0x1F {
        0 => None,
        day => Some(day),
    };
    let month = match high & 0x0F {
        15 => None,
        month @ 1..=12 => Some(month),
        _ => return None,
    };
    let year = match (u16::from(high >> 4) << 3 | u16::from(low >> 5), hundreds.unwrap_or(0)) {
        (127, _) => None,
        (year @ 0..=80, 0) => Some(2000 + year),
        (year @ 0..=99, hundreds) => Some(1900 + 100 * u16::from(hundreds.min(1)) + year),
        _ => return None,
    };
    if day.is_some_and(|day| day > days_in_month(month, year)) {
        return None;
    }
    Some(Date { year, month, day })
}

pub(crate) fn days_in_month(month: Option<u8>, year: Option<u16>) -> u8 {
    let leap = year.is_none_or(|year| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    match month {
        Some(4 | 6 | 9 | 11) => 30,
        Some(2) if leap => 29,
        Some(2) => 28,
        _ => 31,
    }
}

/// `Some(None)` for "every", `None` for a field outside its range.
fn at_most(field: u8, largest: u8, every: u8) -> Option<Option<u8>> {
    match field {
        _ if field == every => Some(None),
        _ if field <= largest => Some(Some(field)),
        _ => None,
    }
}
