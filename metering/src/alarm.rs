//! What a telegram says of its meter's health, in the same words for every maker.
//!
//! Three tell it: the status byte and the flags of records, which the decoder's meter profiles
//! understand; the maker's own layouts; and error or alarm flags that nobody understands, which mean that
//! something is wrong, but not what.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use wmbus::profiles::{Profiles, Reading};
use wmbus::{Alarm, AlarmCode, DataRecord, Quantity, Source, Telegram, Value};

/// The profiles that come with the decoder.
static PROFILES: LazyLock<Profiles> = LazyLock::new(Profiles::builtin);

/// An alarm in the form in which it is kept: as a text such as `leak`, `tamper:past` or
/// `leak:past:since=2026-10-01:until=2026-10-03`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportedAlarm {
    /// What is wrong, such as `leak`: the name of a [`wmbus::AlarmCode`].
    pub code: String,
    /// Whether the meter only remembers it.
    pub is_past: bool,
    /// The day on which it began, where the meter says it (`YYYY-MM-DD`).
    pub since: Option<String>,
    /// The day on which it ended, where the meter says it.
    pub until: Option<String>,
}

impl ReportedAlarm {
    fn new(alarm: &Alarm) -> Self {
        Self {
            code: alarm.code.to_string(),
            is_past: !alarm.is_present(),
            since: alarm.since.map(|date| date.to_string()),
            until: alarm.until.map(|date| date.to_string()),
        }
    }
}

const PAST: &str = "past";
const SINCE: &str = "since=";
const UNTIL: &str = "until=";

impl fmt::Display for ReportedAlarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        if self.is_past {
            write!(f, ":{PAST}")?;
        }
        for (name, date) in [(SINCE, &self.since), (UNTIL, &self.until)] {
            if let Some(date) = date {
                write!(f, ":{name}{date}")?;
            }
        }
        Ok(())
    }
}

/// A text is no alarm as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an alarm is kept as a code, such as leak or leak:past:since=2026-10-01")]
pub struct ParseAlarmError;

impl FromStr for ReportedAlarm {
    type Err = ParseAlarmError;

    /// Reads what `Display` wrote. The code may be one that this version does not know.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':');
        let code = parts.next().filter(|code| !code.is_empty()).ok_or(ParseAlarmError)?;
        let mut alarm = Self { code: code.to_owned(), is_past: false, since: None, until: None };
        for part in parts {
            if part == PAST {
                alarm.is_past = true;
            } else if let Some(date) = part.strip_prefix(SINCE) {
                alarm.since = Some(date.to_owned());
            } else if let Some(date) = part.strip_prefix(UNTIL) {
                alarm.until = Some(date.to_owned());
            } else {
                return Err(ParseAlarmError);
            }
        }
        Ok(alarm)
    }
}

/// Returns what a telegram says is, or was, wrong with its meter: each code once.
///
/// The status byte stands in clear, so a sealed telegram tells its alarms, too.
pub fn alarms(telegram: &Telegram) -> Vec<ReportedAlarm> {
    let reading = PROFILES.read(telegram);
    let records = telegram.content().records();
    let unexplained =
        [(Quantity::ErrorFlags, AlarmCode::Abnormal), (Quantity::AlarmFlags, AlarmCode::General)]
            .into_iter()
            .filter(|(quantity, _)| has_unexplained_flags(*quantity, records, &reading))
            .map(|(_, code)| Alarm::present(code));
    once_each(reading.alarms().iter().copied().chain(unexplained))
}

/// Tells whether flags of now are set of which neither a profile nor a layout says what they mean.
fn has_unexplained_flags(quantity: Quantity, records: &[DataRecord], reading: &Reading<'_>) -> bool {
    records.iter().enumerate().any(|(place, record)| {
        let is_set = match record.value {
            Value::Flags(bits) => bits != 0,
            Value::Number(number) => !number.is_zero(),
            _ => false,
        };
        is_set
            && record.quantity == quantity
            && record.storage_number == 0
            && record.is_plain()
            && !matches!(record.source, Source::Layout(_))
            && !reading.explains_flags(place)
    })
}

/// Puts alarms of one code together: what still holds goes before what is over.
fn once_each(alarms: impl Iterator<Item = Alarm>) -> Vec<ReportedAlarm> {
    let mut by_code: BTreeMap<AlarmCode, Alarm> = BTreeMap::new();
    for alarm in alarms {
        match by_code.entry(alarm.code) {
            Entry::Vacant(entry) => {
                entry.insert(alarm);
            }
            Entry::Occupied(mut entry) => {
                let known = *entry.get();
                entry.insert(more_telling(known, alarm));
            }
        }
    }
    by_code.values().map(ReportedAlarm::new).collect()
}

/// Of two alarms that hold, the one that began first; of two that are over, the one that ended last; a
/// date goes before none.
fn more_telling(one: Alarm, other: Alarm) -> Alarm {
    let other_is_better = match (one.is_present(), other.is_present()) {
        (true, false) => false,
        (false, true) => true,
        (true, true) => other.since.is_some_and(|since| one.since.is_none_or(|known| since < known)),
        (false, false) => (other.until, other.since) > (one.until, one.since),
    };
    if other_is_better { other } else { one }
}

#[cfg(test)]
mod tests {
    use wmbus::encode::{Record, TelegramBuilder};
    use wmbus::{Date, Frame, FrameFormat, KeyRing};

    use super::*;

    fn told(builder: TelegramBuilder) -> Vec<String> {
        told_by(&builder.build().unwrap())
    }

    fn told_by(frame: &Frame) -> Vec<String> {
        let telegram = Telegram::decode(frame, &KeyRing::default()).unwrap();
        alarms(&telegram).iter().map(ToString::to_string).collect()
    }

    /// A meter that no profile knows.
    fn meter() -> TelegramBuilder {
        TelegramBuilder::new("XYZ-12345678-01-07".parse().unwrap())
    }

    fn day(day: u8) -> Date {
        Date::new(2026, 10, day).unwrap()
    }

    #[test]
    fn the_status_byte_tells_what_is_the_same_for_every_meter() {
        let of = |status| told(meter().status(status).record(Record::bcd8(1).volume(-3)));
        assert_eq!(of(0x00), Vec::<String>::new());
        assert_eq!(of(0x01), Vec::<String>::new(), "busy is no alarm");
        assert_eq!(of(0x04), ["power_low"]);
        assert_eq!(of(0x1A), ["permanent_error", "temporary_error", "application_error"]);
        assert_eq!(of(0xE0), Vec::<String>::new(), "the manufacturer's own bits");
    }

    #[test]
    fn a_sealed_telegram_tells_its_status() {
        let key = "000102030405060708090A0B0C0D0E0F".parse().unwrap();
        assert_eq!(told(meter().status(0x04).record(Record::bcd8(1).volume(-3)).mode5(key)), ["power_low"]);
    }

    #[test]
    fn error_flags_that_nobody_understands_and_the_status_byte_tell_of_one_abnormal_condition() {
        let flags = |bits| Record::int16(bits).error_flags();
        assert_eq!(told(meter().record(flags(0))), Vec::<String>::new());
        assert_eq!(told(meter().record(flags(0x10))), ["abnormal"]);
        assert_eq!(told(meter().status(0x03).record(flags(0x10))), ["abnormal"]);
        assert_eq!(told(meter().record(flags(0x10).storage(1))), Vec::<String>::new(), "no longer");
    }

    #[test]
    fn a_makers_own_layout_tells_alarms_that_are_over_apart() {
        // A Hydrodigit: short header with status 04, volume, and a block that tells of fraud by magnet.
        let payload = [
            &[0x7A, 0x01, 0x04, 0x00, 0x00][..],
            &[0x0C, 0x13, 0x66, 0x38, 0x00, 0x00],
            &[0x0F, 0x02, 0x80, 0x26, 0x09, 0x03],
        ];
        let meter: wmbus::MeterAddress = "BMT-12345678-13-07".parse().unwrap();
        let rest = [&[0x44][..], &meter.to_link_bytes(), &payload.concat()].concat();
        let bytes = [&[u8::try_from(rest.len()).unwrap()][..], &rest].concat();
        let frame = Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap();
        assert_eq!(told_by(&frame), ["magnetic:past:since=2026-09-03", "power_low"]);
    }

    #[test]
    fn no_code_is_told_twice_and_what_holds_goes_before_what_is_over() {
        let leak = Alarm::present(AlarmCode::Leak);
        let over = Alarm::past(AlarmCode::Leak);
        let one = |alarms: &[Alarm]| {
            let told = once_each(alarms.iter().copied());
            assert_eq!(told.len(), 1);
            told[0].to_string()
        };
        assert_eq!(one(&[over.since(day(1)), leak]), "leak");
        assert_eq!(one(&[leak, leak.since(day(3)), leak.since(day(2))]), "leak:since=2026-10-02");
        let earlier = over.since(day(1)).until(day(2));
        let later = over.since(day(5)).until(day(6));
        assert_eq!(one(&[over, later, earlier]), "leak:past:since=2026-10-05:until=2026-10-06");
    }

    #[test]
    fn an_alarm_is_read_as_it_was_written() {
        for text in ["leak", "power_low:since=2026-10-01", "tamper:past", "x:past:since=1:until=2"] {
            assert_eq!(text.parse::<ReportedAlarm>().unwrap().to_string(), text);
        }
        for text in ["", ":past", "leak:", "leak:later"] {
            assert_eq!(text.parse::<ReportedAlarm>(), Err(ParseAlarmError), "{text:?}");
        }
    }
}
