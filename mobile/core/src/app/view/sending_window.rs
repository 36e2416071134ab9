//! When a meter can be heard at all.

use jiff::tz::{Dst, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use sync_protocol::TourMeter;

use super::super::model::SendingWindow;
use super::row::Clock;

/// Returns the window of a line, where the tour says one. One that cannot be read hides nothing: the meter
/// is then listened for at any time.
pub(super) fn of_line(line: &TourMeter) -> Option<SendingWindow> {
    let window: sync_protocol::SendingWindow = line.sends.as_deref()?.parse().ok()?;
    let sync_protocol::SendingWindow { first_day, last_day, from_hour, to_hour } = window;
    Some(SendingWindow { first_day, last_day, from_hour, to_hour })
}

/// Tells whether a meter sends now. Meters keep standard time the year round, whatever the phone shows.
pub(super) fn is_open(window: &SendingWindow, clock: &Clock) -> bool {
    let Ok(now) = Timestamp::from_millisecond(clock.wall.as_millis()) else { return true };
    let local = standard_offset(&clock.zone, now).to_datetime(now);
    let (day, hour) = (local.weekday().to_monday_one_offset(), local.hour());
    let holds = |first: u8, last: u8, at: i8| u8::try_from(at).is_ok_and(|at| first <= at && at <= last);
    holds(window.first_day, window.last_day, day)
        && window.to_hour.checked_sub(1).is_some_and(|last| holds(window.from_hour, last, hour))
}

/// Returns the offset of a zone's standard time: that of now, or half a year from now where it is summer.
fn standard_offset(zone: &TimeZone, now: Timestamp) -> jiff::tz::Offset {
    let here = zone.to_offset_info(now);
    if here.dst() == Dst::No {
        return here.offset();
    }
    let later = now.checked_add((182 * 24).hours()).unwrap_or(now);
    zone.to_offset_info(later).offset()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKDAYS: SendingWindow = SendingWindow { first_day: 1, last_day: 5, from_hour: 8, to_hour: 18 };

    fn open_at(instant: &str) -> bool {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        is_open(&WORKDAYS, &Clock { wall: sync_protocol::Timestamp::parse(instant).unwrap(), zone })
    }

    #[test]
    fn a_meter_that_fell_silent_at_six_is_silent_though_the_phone_shows_seven_in_summer() {
        // Wednesday; in summer Berlin shows UTC+2, its standard time is UTC+1.
        assert!(open_at("2026-07-01T16:59:00Z"), "17:59 standard time, the phone shows 18:59");
        assert!(!open_at("2026-07-01T17:05:00Z"), "18:05 standard time, the phone shows 19:05");
        assert!(!open_at("2026-07-01T06:59:00Z"), "07:59 standard time, the phone shows 08:59");
        assert!(open_at("2026-07-01T07:00:00Z"), "08:00 standard time");
    }

    #[test]
    fn in_winter_the_phone_and_the_meter_agree_and_at_the_weekend_it_is_silent() {
        assert!(open_at("2026-01-07T07:00:00Z"));
        assert!(!open_at("2026-01-07T17:00:00Z"));
        assert!(!open_at("2026-01-10T10:00:00Z"), "Saturday");
        assert!(!open_at("2026-01-11T10:00:00Z"), "Sunday");
    }
}
