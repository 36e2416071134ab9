//! A reading under the keys and in the units of wmbusmeters, so that its users need not change theirs.

use super::flags::Words;
use super::reading::{Field, Reading};
use super::wmbusmeters_keys::key_by_rule;
use crate::apl::{DataField, DataRecord, Source, Unit};
use crate::meter::MeterAddress;
use crate::telegram::Telegram;
use crate::tpl::Status;
use crate::value::{Date, Decimal, Time, Value};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

/// A value as wmbusmeters writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlatValue {
    /// A number, rounded to six decimals where its unit was converted.
    Number(Decimal),
    /// A text, a date `YYYY-MM-DD` or a date with time `YYYY-MM-DD hh:mm`.
    Text(String),
    /// The meter says that there is no value.
    Null,
}

/// The key under which wmbusmeters puts the words of the status byte beside those of other flags.
pub(super) const STATUS: &str = "status";

impl Reading<'_> {
    /// Returns the reading as wmbusmeters would write it: `media`, `meter` (the driver), `id`, then the
    /// values under the keys that the profile gives, in their units.
    ///
    /// A meter without profile gets keys by rule. What wmbusmeters adds of its own (`_`, `name`,
    /// `timestamp`) is the caller's.
    pub fn wmbusmeters(&self, telegram: &Telegram) -> Vec<(String, FlatValue)> {
        let meter = telegram.meter();
        let driver = self.profile().and_then(|profile| profile.driver());
        let media = self.profile().and_then(|profile| profile.media.as_deref());
        let text = |text: &str| FlatValue::Text(text.to_owned());
        let mut flat = vec![
            ("media".to_owned(), text(media.unwrap_or(media_name(medium_of(telegram))))),
            ("meter".to_owned(), text(driver.unwrap_or("unknown"))),
            ("id".to_owned(), FlatValue::Text(meter.identification_number.to_string().to_ascii_lowercase())),
        ];
        let records = telegram.content().records();
        for field in self.fields() {
            let Some(record) = records.get(field.record) else { continue };
            for key in self.keys(field, record, &meter) {
                if !flat.iter().any(|(taken, _)| *taken == key) {
                    let value = flat_value(&key, field, record);
                    flat.push((key, value));
                }
            }
        }
        self.push_words(telegram.status(), &mut flat);
        flat
    }

    fn keys(&self, field: &Field, record: &DataRecord, meter: &MeterAddress) -> Vec<String> {
        match self.profile().and_then(|profile| profile.driver()) {
            None if field.keys.is_empty() => key_by_rule(record, meter.device_type).into_iter().collect(),
            _ => field.keys.clone(),
        }
    }

    fn push_words(&self, status: Option<Status>, flat: &mut Vec<(String, FlatValue)>) {
        for (key, words) in &self.words {
            if !flat.iter().any(|(taken, _)| taken == key) {
                flat.push((key.clone(), FlatValue::Text(words.join())));
            }
        }
        if self.profile().is_none()
            && let Some(status) = status
        {
            let mut words = Words::new("OK", true);
            words.add(status_words(status, 0));
            flat.push((STATUS.to_owned(), FlatValue::Text(words.join())));
        }
    }
}

/// Returns the words of the status byte; `taken` are the bits that the profile gives another meaning.
pub(super) fn status_words(status: Status, taken: u8) -> Vec<String> {
    let own = Status(status.0 & !taken);
    let states = [
        (own.is_busy(), "BUSY"),
        (own.has_application_error(), "ERROR"),
        (own.is_abnormal(), "ALARM"),
        (own.is_power_low(), "POWER_LOW"),
        (own.has_permanent_error(), "PERMANENT_ERROR"),
        (own.has_temporary_error(), "TEMPORARY_ERROR"),
    ];
    let mut words: Vec<String> =
        states.iter().filter(|(holds, _)| *holds).map(|(_, word)| (*word).to_owned()).collect();
    let rest = own.0 & 0xE0;
    words.extend((rest != 0).then(|| format!("UNKNOWN_{rest:02X}")));
    words
}

fn flat_value(key: &str, field: &Field, record: &DataRecord) -> FlatValue {
    let suffix = key.rsplit('_').next().unwrap_or_default();
    match &field.value {
        // The date of a value that has no record for it.
        Value::Number(_) if suffix == "date" => {
            field.date.map_or(FlatValue::Null, |date| FlatValue::Text(day(date.date())))
        }
        Value::Number(_) if field.is_text => {
            FlatValue::Text(letters(record).unwrap_or_else(|| digits(record)))
        }
        Value::NotAvailable if field.is_text => FlatValue::Text(String::new()),
        Value::Number(number) => match target(suffix) {
            Some(target) => target
                .convert(*number, &field.unit)
                .map_or(FlatValue::Null, |number| FlatValue::Number(rounded(number))),
            None if is_number_suffix(suffix) => FlatValue::Number(rounded(*number)),
            None => FlatValue::Text(digits(record)),
        },
        Value::Flags(bits) if is_number_suffix(suffix) => FlatValue::Number(i128::from(*bits).into()),
        Value::Flags(_) => FlatValue::Text(digits(record)),
        Value::Date(date) if suffix == "datetime" => FlatValue::Text(format!("{} 00:00", day(*date))),
        Value::Date(date) => FlatValue::Text(day(*date)),
        Value::DateTime(moment) if suffix == "date" => FlatValue::Text(day(moment.date)),
        Value::DateTime(moment) => {
            let has_seconds = moment.time.has_seconds && field.with_seconds;
            FlatValue::Text(format!("{} {}", day(moment.date), Time { has_seconds, ..moment.time }))
        }
        Value::Time(time) => FlatValue::Text(time.to_string()),
        Value::Text(text) if text.is_ascii() => FlatValue::Text(text.clone()),
        // A text has one byte for each character of ISO 8859-1.
        Value::Text(text) => {
            FlatValue::Text(text.chars().map(|character| format!("{:02X}", u32::from(character))).collect())
        }
        Value::NotAvailable | Value::Invalid(_) | Value::Raw => FlatValue::Null,
    }
}

fn day(date: Date) -> String {
    date.to_string()
}

/// Rounds to six decimals, as wmbusmeters does, and takes zeros from the end.
fn rounded(number: Decimal) -> Decimal {
    let is_short = number.exponent >= -6;
    Some(number).filter(|_| is_short).or_else(|| number.ratio(1, 1)).unwrap_or(number).normalized()
}

/// Returns the digits of a number that is taken for a text: all of them, with zeros in front.
fn digits(record: &DataRecord) -> String {
    if let Source::Layout(_) = record.source {
        return record.value.to_string();
    }
    record.data().iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

/// Returns the letters that a binary number is, as some meters code versions and names; `None` where a byte is
/// none. A single byte is a number.
fn letters(record: &DataRecord) -> Option<String> {
    let is_binary = matches!(record.data_field()?, DataField::Integer(2..));
    let is_letter = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let is_text = is_binary && record.data().iter().all(is_letter);
    is_text.then(|| record.data().iter().rev().copied().map(char::from).collect())
}

/// Suffixes of keys whose numbers have no unit that could be converted.
fn is_number_suffix(suffix: &str) -> bool {
    ["counter", "factor", "nr", "number", "pct", "hca", "rh", "ppm", "deg", "dbm", "month", "m3c"]
        .contains(&suffix)
}

/// A unit of wmbusmeters, as how many of it one of ours makes: ours × numerator / denominator.
struct Target(&'static [(Unit, i128, i128)]);

impl Target {
    fn convert(&self, number: Decimal, unit: &Unit) -> Option<Decimal> {
        match self.0.iter().find(|(of, ..)| of == unit) {
            Some((_, 1, 1)) => Some(number),
            Some((_, numerator, denominator)) => number.ratio(*numerator, *denominator),
            // A number without unit is taken to be in the unit of the key.
            None if *unit == Unit::None => Some(number),
            None => None,
        }
    }
}

fn target(suffix: &str) -> Option<Target> {
    use Unit as U;
    Some(Target(match suffix {
        "kwh" => &[
            (U::KilowattHour, 1, 1),
            (U::Megajoule, 10, 36),
            (U::Megacalorie, 1163, 1000),
            (U::KilovarHour, 1, 1),
            (U::KilovoltAmpereHour, 1, 1),
        ],
        "mj" => &[(U::Megajoule, 1, 1), (U::KilowattHour, 36, 10)],
        "kvarh" => &[(U::KilovarHour, 1, 1), (U::KilowattHour, 1, 1)],
        "kvah" => &[(U::KilovoltAmpereHour, 1, 1), (U::KilowattHour, 1, 1)],
        "m3" => &[(U::CubicMetre, 1, 1), (U::CubicFoot, 28_316_846_592, 1_000_000_000_000)],
        "l" => &[(U::CubicMetre, 1000, 1)],
        "kw" => &[
            (U::Kilowatt, 1, 1),
            (U::MegajoulePerHour, 10, 36),
            (U::Kilovar, 1, 1),
            (U::KilovoltAmpere, 1, 1),
        ],
        "kvar" => &[(U::Kilovar, 1, 1), (U::Kilowatt, 1, 1)],
        "kva" => &[(U::KilovoltAmpere, 1, 1), (U::Kilowatt, 1, 1)],
        "m3h" => &[(U::CubicMetrePerHour, 1, 1)],
        "c" => &[(U::Celsius, 1, 1), (U::Kelvin, 1, 1)],
        "bar" => &[(U::Bar, 1, 1)],
        "kg" => &[(U::Kilogram, 1, 1)],
        "v" => &[(U::Volt, 1, 1)],
        "a" => &[(U::Ampere, 1, 1)],
        "hz" => &[(U::Hertz, 1, 1)],
        "s" => &[(U::Second, 1, 1), (U::Minute, 60, 1), (U::Hour, 3600, 1), (U::Day, 86_400, 1)],
        "min" => &[(U::Minute, 1, 1), (U::Second, 1, 60), (U::Hour, 60, 1), (U::Day, 1440, 1)],
        "h" => &[
            (U::Hour, 1, 1),
            (U::Second, 1, 3600),
            (U::Minute, 1, 60),
            (U::Day, 24, 1),
            (U::Month, 7305, 10),
            (U::Year, 8766, 1),
        ],
        "d" => &[(U::Day, 1, 1), (U::Hour, 1, 24)],
        // A year of the Gregorian calendar has 365.2425 days.
        "y" => {
            &[(U::Year, 1, 1), (U::Month, 1, 12), (U::Day, 10_000, 3_652_425), (U::Hour, 10_000, 87_658_200)]
        }
        _ => return None,
    }))
}

/// Returns the device type that wmbusmeters goes by: that of the long transport header, else the sender's,
/// also where a record names the meter behind a radio converter.
fn medium_of(telegram: &Telegram) -> u8 {
    let in_header = telegram.tpl().and_then(|tpl| tpl.header.as_ref()?.meter);
    in_header.unwrap_or_else(|| telegram.link_address()).device_type
}

/// Returns what wmbusmeters calls the medium of a device type.
fn media_name(device_type: u8) -> &'static str {
    match device_type {
        0x00 => "other",
        0x01 => "oil",
        0x02 => "electricity",
        0x03 => "gas",
        0x04 | 0x43 | 0xC3 => "heat",
        0x05 => "steam",
        0x06 | 0x62 => "warm water",
        0x07 | 0x72 => "water",
        0x08 => "heat cost allocation",
        0x80 => "heat cost allocator",
        0x09 => "compressed air",
        0x0A => "cooling load volume at outlet",
        0x0B => "cooling load volume at inlet",
        0x0C => "heat volume at inlet",
        0x0D => "heat/cooling load",
        0x0E => "bus/system component",
        0x15 => "hot water",
        0x16 => "cold water",
        0x17 => "hot/cold water",
        0x18 => "pressure",
        0x19 => "a/d converter",
        0x1A | 0xF0 => "smoke detector",
        0x1B => "room sensor",
        0x1C => "gas detector",
        0x20 => "breaker (electricity)",
        0x21 => "valve (gas or water)",
        0x25 => "customer unit (display device)",
        0x28 => "waste water",
        0x29 => "garbage",
        0x2A => "carbon dioxide",
        0x31 => "communication controller",
        0x1D..=0x1F | 0x32 | 0x33 => "reserved",
        0x36 => "radio converter (system side)",
        0x37 => "radio converter (meter side)",
        _ => "unknown",
    }
}
