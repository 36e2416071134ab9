//! Moving along the calendar: from the base time of a profile to the times of its values.

use super::date::days_in_month;
use super::{Date, DateTime, Time, Timestamp};

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

impl Timestamp {
    /// Moves by so many seconds; a day alone is taken from its first second on.
    ///
    /// `None` if the time is not fixed, or lies beyond the years that meters can write.
    pub(crate) fn plus_seconds(self, seconds: i64) -> Option<Self> {
        let (date, time) = match self {
            Self::Date(date) => (date, None),
            Self::DateTime(date_time) => (date_time.date, Some(date_time)),
        };
        let second_of_day = match time.map(|date_time| date_time.time) {
            None => 0,
            Some(time) => {
                let fields = [time.hour?, time.minute?, time.second.unwrap_or(0)];
                fields.into_iter().fold(0, |total, field| total * 60 + i64::from(field))
            }
        };
        let total = (day_number(date)? * SECONDS_A_DAY).checked_add(second_of_day)?.checked_add(seconds)?;
        let date = date_of(total.div_euclid(SECONDS_A_DAY))?;
        let rest = total.rem_euclid(SECONDS_A_DAY);
        let field = |value: i64| u8::try_from(value).ok();
        let has_seconds = time.is_some_and(|date_time| date_time.time.has_seconds) || rest % 60 != 0;
        Some(Self::DateTime(DateTime {
            date,
            time: Time {
                hour: field(rest / 3600),
                minute: field(rest / 60 % 60),
                second: field(rest % 60).filter(|_| has_seconds),
                has_seconds,
            },
            summer_time: time.is_some_and(|date_time| date_time.summer_time),
            calendar: None,
        }))
    }

    /// Moves by so many days and keeps the time of day.
    pub(crate) fn plus_days(self, days: i64) -> Option<Self> {
        self.on(date_of(day_number(self.date())?.checked_add(days)?)?)
    }

    /// Moves by so many months and keeps the time of day. The last day of a month leads to the last day
    /// of the other; a day that the other month does not have, too.
    pub(crate) fn plus_months(self, months: i64) -> Option<Self> {
        let (year, month, day) = self.date().fixed()?;
        let index = (i64::from(year) * 12 + i64::from(month) - 1).checked_add(months)?;
        let to_year = u16::try_from(index.div_euclid(12)).ok().filter(|year| YEARS.contains(year))?;
        let to_month = u8::try_from(index.rem_euclid(12) + 1).ok()?;
        let last = days_in_month(Some(to_month), Some(to_year));
        let is_last = day == days_in_month(Some(month), Some(year));
        let to_day = if is_last { last } else { day.min(last) };
        self.on(Date { year: Some(to_year), month: Some(to_month), day: Some(to_day) })
    }

    /// The same time on another day; what type I says of the old day does not hold there.
    fn on(self, date: Date) -> Option<Self> {
        Some(match self {
            Self::Date(_) => Self::Date(date),
            Self::DateTime(date_time) => Self::DateTime(DateTime { date, calendar: None, ..date_time }),
        })
    }
}

/// The years that type F can write.
const YEARS: core::ops::RangeInclusive<u16> = 1900..=2299;

/// Counts the days from 0000-03-01, so that a leap day is the last of its year; `None` of a date that is not
/// fixed.
pub(crate) fn day_number(date: Date) -> Option<i64> {
    let (year, month, day) = date.fixed()?;
    let (month, day) = (i64::from(month), i64::from(day));
    let year = i64::from(year) - i64::from(month <= 2);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(year * 365 + year / 4 - year / 100 + year / 400 + of_year)
}

/// The inverse of [`day_number`].
fn date_of(number: i64) -> Option<Date> {
    const ERA: i64 = 146_097;
    let (era, of_era) = (number.div_euclid(ERA), number.rem_euclid(ERA));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some(Date {
        year: Some(u16::try_from(year).ok().filter(|year| YEARS.contains(year))?),
        month: Some(u8::try_from(month).ok()?),
        day: Some(u8::try_from(of_year - (153 * shifted + 2) / 5 + 1).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn day(year: u16, month: u8, day: u8) -> Timestamp {
        Timestamp::Date(Date { year: Some(year), month: Some(month), day: Some(day) })
    }

    fn at(year: u16, month: u8, day_of_month: u8, hour: u8, minute: u8) -> Timestamp {
        let time = Time { hour: Some(hour), minute: Some(minute), second: None, has_seconds: false };
        let date = day(year, month, day_of_month).date();
        Timestamp::DateTime(DateTime { date, time, summer_time: false, calendar: None })
    }

    #[test]
    fn days_go_over_months_years_and_leap_days() {
        for (from, days, to) in [
            (day(2020, 2, 28), 1, "2020-02-29"),
            (day(2020, 2, 28), 2, "2020-03-01"),
            (day(2021, 3, 1), -1, "2021-02-28"),
            (day(2000, 2, 29), 366, "2001-03-01"),
            (day(2019, 12, 31), 1, "2020-01-01"),
            (at(2020, 1, 1, 7, 5), -365, "2019-01-01T07:05"),
        ] {
            assert_eq!(from.plus_days(days).unwrap().to_string(), to, "{from} {days}");
        }
        let mut walked = day(1996, 1, 1);
        for _ in 0..(40 * 365 + 10) {
            walked = walked.plus_days(1).unwrap();
        }
        assert_eq!(walked, day(2036, 1, 1));
    }

    #[test]
    fn a_month_end_leads_to_month_ends() {
        for (from, months, to) in [
            (day(2019, 10, 31), 1, "2019-11-30"),
            (day(2020, 2, 29), 1, "2020-03-31"),
            (day(2021, 2, 28), -1, "2021-01-31"),
            (day(2021, 1, 30), 1, "2021-02-28"),
            (day(2020, 1, 1), -1, "2019-12-01"),
            (at(2020, 1, 15, 12, 0), -13, "2018-12-15T12:00"),
        ] {
            assert_eq!(from.plus_months(months).unwrap().to_string(), to, "{from} {months}");
        }
    }

    #[test]
    fn seconds_make_a_time_of_a_day() {
        assert_eq!(day(2020, 1, 1).plus_seconds(-900).unwrap().to_string(), "2019-12-31T23:45");
        assert_eq!(at(2010, 1, 1, 23, 0).plus_seconds(3600).unwrap().to_string(), "2010-01-02T00:00");
        assert_eq!(at(2010, 1, 1, 0, 0).plus_seconds(1).unwrap().to_string(), "2010-01-01T00:00:01");
    }

    #[test]
    fn what_is_not_fixed_or_too_far_away_has_no_place_in_the_calendar() {
        let every_year = Timestamp::Date(Date { year: None, month: Some(1), day: Some(1) });
        assert_eq!(every_year.plus_days(1), None);
        assert_eq!(every_year.plus_months(1), None);
        assert_eq!(day(2299, 12, 31).plus_days(1), None);
        assert_eq!(day(1900, 1, 1).plus_months(-1), None);
        assert_eq!(day(2000, 1, 1).plus_seconds(i64::MAX), None);
    }
}
