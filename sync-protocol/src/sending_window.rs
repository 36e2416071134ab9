//! When a meter sends at all.

use std::fmt;
use std::str::FromStr;

/// The days and hours in which a meter sends, in the standard time of its place: meters keep no summer
/// time.
///
/// Written as `Mon-Fri 08-18`: days, then whole hours, the first inclusive, the last exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SendingWindow {
    /// ISO number of the first weekday: 1 is Monday.
    pub first_day: u8,
    /// ISO number of the last weekday, not before the first.
    pub last_day: u8,
    /// The hour from which it sends, 0 to 23.
    pub from_hour: u8,
    /// The hour until which it sends, 1 to 24.
    pub to_hour: u8,
}

/// A text is no sending window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sending window is days and hours such as `Mon-Fri 08-18`, `Sat 07-12` or `06-20`")]
pub struct ParseSendingWindowError;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const GERMAN_DAYS: [&str; 7] = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];

impl FromStr for SendingWindow {
    type Err = ParseSendingWindowError;

    /// Reads `Mon-Fri 08-18`; also one day, German days (`Mo-Fr`), and hours alone for every day.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.replace('–', "-");
        let mut words = text.split_whitespace();
        let (days, hours) = match (words.next(), words.next(), words.next()) {
            (Some(hours), None, _) => ((1, 7), hours),
            (Some(days), Some(hours), None) => (pair(days, day)?, hours),
            _ => return Err(ParseSendingWindowError),
        };
        let (first_day, last_day) = days;
        let (from_hour, to_hour) = match hours.split_once('-') {
            Some((from, to)) => (hour(from)?, hour(to)?),
            None => return Err(ParseSendingWindowError),
        };
        if first_day > last_day || from_hour >= to_hour || to_hour > 24 {
            return Err(ParseSendingWindowError);
        }
        Ok(Self { first_day, last_day, from_hour, to_hour })
    }
}

/// Reads `a-b`, or `a` for `a-a`.
fn pair(
    text: &str,
    read: fn(&str) -> Result<u8, ParseSendingWindowError>,
) -> Result<(u8, u8), ParseSendingWindowError> {
    match text.split_once('-') {
        Some((first, last)) => Ok((read(first)?, read(last)?)),
        None => read(text).map(|only| (only, only)),
    }
}

fn day(text: &str) -> Result<u8, ParseSendingWindowError> {
    let is_named = |name: &str| text.eq_ignore_ascii_case(name);
    (1u8..)
        .zip(DAYS.into_iter().zip(GERMAN_DAYS))
        .find(|(_, (english, german))| is_named(english) || is_named(german))
        .map(|(number, _)| number)
        .ok_or(ParseSendingWindowError)
}

/// Reads `8`, `08` or `08:00`.
fn hour(text: &str) -> Result<u8, ParseSendingWindowError> {
    let digits = text.strip_suffix(":00").unwrap_or(text);
    if digits.is_empty() || digits.len() > 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ParseSendingWindowError);
    }
    digits.parse().map_err(|_| ParseSendingWindowError)
}

impl fmt::Display for SendingWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |number: u8| DAYS.get(usize::from(number).wrapping_sub(1)).copied().unwrap_or("?");
        f.write_str(day(self.first_day))?;
        if self.last_day != self.first_day {
            write!(f, "-{}", day(self.last_day))?;
        }
        write!(f, " {:02}-{:02}", self.from_hour, self.to_hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_write_a_window_in_several_ways_and_it_is_told_in_one() {
        for (text, expected) in [
            ("Mon-Fri 08-18", "Mon-Fri 08-18"),
            (" mo–fr  8:00-18:00 ", "Mon-Fri 08-18"),
            ("Sat 7-12", "Sat 07-12"),
            ("06-20", "Mon-Sun 06-20"),
            ("So 0-24", "Sun 00-24"),
        ] {
            assert_eq!(
                text.parse::<SendingWindow>().map(|window| window.to_string()),
                Ok(expected.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_window_is_refused_not_guessed() {
        for text in [
            "",
            "Mon-Fri",
            "Fri-Mon 08-18",
            "Mon-Fri 18-08",
            "08-08",
            "0-25",
            "8-18 Mon",
            "Mon Tue 8-9",
            "8-1８",
            "8:30-9",
        ] {
            assert_eq!(text.parse::<SendingWindow>(), Err(ParseSendingWindowError), "{text:?}");
        }
    }
}
