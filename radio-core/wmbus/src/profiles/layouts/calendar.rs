//! Dates as makers code them, and the ends of months before one.

use super::Field;
use crate::value::{Date, DateTime, Moment, Time, Timestamp, date_g};

/// Reads a date of 16 bits: day in bits 0 to 4, month in 5 to 8, years since 2000 in 9 to 15.
pub(super) fn date_16(word: u16) -> Option<Date> {
    let [day, month] = [word & 0x1F, word >> 5 & 0xF].map(low_byte);
    Date::new(2000 + (word >> 9), month, day)
}

/// Reads a date of type G; `None` if it is impossible or not a certain day.
pub(super) fn date_g_fixed(field: Field<'_>) -> Option<Date> {
    match date_g(field.word().to_le_bytes()) {
        Moment::At(date) if date.fixed().is_some() => Some(date),
        _ => None,
    }
}

/// Reads day and month of a date of 16 bits without year: day in bits 4 to 8, month in 9 to 12.
pub(super) fn day_and_month(word: u16) -> (u8, u8) {
    (low_byte(word >> 4 & 0x1F), low_byte(word >> 9 & 0xF))
}

/// Returns the year of a day that follows a known date within a year.
pub(super) fn next_after(known: Date, (day, month): (u8, u8)) -> Option<Date> {
    let (year, known_month, known_day) = known.fixed()?;
    let is_next_year = (month, day) <= (known_month, known_day);
    Date::new(year + u16::from(is_next_year), month, day)
}

/// Reads digits of a year since 2000, a month and a day.
pub(super) fn date_of_digits(year: u8, month: u8, day: u8) -> Option<Date> {
    let [year, month, day] = [year, month, day].map(digits);
    Date::new(2000 + u16::from(year?), month?, day?)
}

/// Reads two decimal digits of a byte.
pub(super) fn digits(byte: u8) -> Option<u8> {
    let (high, low) = (byte >> 4, byte & 0xF);
    (high <= 9 && low <= 9).then_some(10 * high + low)
}

/// Returns the end of the month that lies `months` before the month of `date`.
pub(super) fn month_end_before(date: Date, months: u16) -> Option<Timestamp> {
    let (year, month, _) = date.fixed()?;
    Timestamp::Date(Date::end_of_month(year, month)?).plus_months(-i64::from(months))
}

/// Returns the local time that lies so many seconds after the beginning of the year 2000.
pub(super) fn seconds_since_2000(seconds: u32) -> Option<DateTime> {
    let begin = time(Date::new(2000, 1, 1)?, [0; 3])?;
    match Timestamp::DateTime(begin).plus_seconds(seconds.into())? {
        Timestamp::DateTime(date_time) => Some(date_time),
        Timestamp::Date(_) => None,
    }
}

/// Puts a date and a time of day together; `None` for a time that no clock shows.
pub(super) fn time(date: Date, fields: [u8; 3]) -> Option<DateTime> {
    let [hour, minute, second] = fields;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let time = Time { hour: Some(hour), minute: Some(minute), second: Some(second), has_seconds: true };
    Some(DateTime { date, time, summer_time: false, calendar: None })
}

fn low_byte(word: u16) -> u8 {
    let [low, _] = word.to_le_bytes();
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_date_of_16_bits_must_exist() {
        assert_eq!(date_16(0x279F).unwrap().to_string(), "2019-12-31");
        assert_eq!(date_16(0x0000), None);
        assert_eq!(date_16(0xFFFF), None);
        assert_eq!(date_16(21 << 9 | 2 << 5 | 29), None, "2021 was no leap year");
    }

    #[test]
    fn a_day_without_year_follows_the_known_date() {
        let known = Date::new(2018, 3, 31).unwrap();
        let after = |day, month| next_after(known, (day, month)).unwrap().to_string();
        assert_eq!(after(1, 4), "2018-04-01");
        assert_eq!(after(31, 3), "2019-03-31");
        assert_eq!(after(30, 3), "2019-03-30");
    }

    #[test]
    fn months_end_on_their_last_day() {
        let date = Date::new(2024, 3, 5).unwrap();
        let ends = [0, 1, 2, 3, 15].map(|months| month_end_before(date, months).unwrap().to_string());
        assert_eq!(ends, ["2024-03-31", "2024-02-29", "2024-01-31", "2023-12-31", "2022-12-31"]);
    }

    #[test]
    fn seconds_count_from_the_year_2000() {
        let text = |seconds| seconds_since_2000(seconds).unwrap().to_string();
        assert_eq!(text(0), "2000-01-01T00:00:00");
        assert_eq!(text(59 * 86_400 + 86_399), "2000-02-29T23:59:59");
        assert_eq!(text(366 * 86_400), "2001-01-01T00:00:00");
        assert_eq!(text(u32::MAX), "2136-02-07T06:28:15");
    }

    #[test]
    fn digits_are_decimal() {
        assert_eq!(date_of_digits(0x24, 0x04, 0x25).unwrap().to_string(), "2024-04-25");
        assert_eq!(date_of_digits(0x24, 0x0A, 0x25), None);
        assert_eq!(date_of_digits(0, 0, 0), None);
    }
}
