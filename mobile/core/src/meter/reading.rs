//! What a telegram means, in the form in which it is kept.

use std::fmt;
use std::str::FromStr;

use metering::{Place, ReportedAlarm, ValueDates};
use wmbus::{
    Content, DECODER_VERSION, DataRecord, Decimal, DecodeError, Qualifier, SealedReason, Telegram, Value,
};

/// What came out of a telegram, or why nothing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoding {
    /// The version of the decoder.
    pub decoder_version: u32,
    /// What came out.
    pub outcome: Outcome,
    /// The values, in the telegram's order; empty unless the outcome is [`Outcome::Records`].
    pub readings: Vec<Reading>,
    /// What it says of its meter's health. The status stands in clear, so a sealed telegram tells it, too.
    pub alarms: Vec<ReportedAlarm>,
}

/// What came out of a telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Its values.
    Records,
    /// It is encrypted and the tour has no key for the meter.
    NoKey,
    /// It is encrypted and the tour's key does not open it.
    WrongKey,
    /// Its signature does not fit the tour's key.
    MacFailed,
    /// It is encrypted in a way that this version does not know.
    UnsupportedMode,
    /// It is one part of a message whose other parts were not heard.
    Fragment,
    /// Its values have no headers, and their format is not known here yet.
    CompactFormatUnknown,
    /// It is the manufacturer's own layout.
    Manufacturer,
    /// It has no values.
    Empty,
    /// The meter reports an error instead of values.
    ApplicationError,
    /// It is of a kind that this version does not know.
    Unsupported,
    /// Its bytes break the standard's rules.
    Malformed,
}

impl Outcome {
    const ALL: [Self; 12] = [
        Self::Records,
        Self::NoKey,
        Self::WrongKey,
        Self::MacFailed,
        Self::UnsupportedMode,
        Self::Fragment,
        Self::CompactFormatUnknown,
        Self::Manufacturer,
        Self::Empty,
        Self::ApplicationError,
        Self::Unsupported,
        Self::Malformed,
    ];

    /// Returns the stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::NoKey => "no_key",
            Self::WrongKey => "wrong_key",
            Self::MacFailed => "mac_failed",
            Self::UnsupportedMode => "unsupported_mode",
            Self::Fragment => "fragment",
            Self::CompactFormatUnknown => "compact_format_unknown",
            Self::Manufacturer => "manufacturer",
            Self::Empty => "empty",
            Self::ApplicationError => "application_error",
            Self::Unsupported => "unsupported",
            Self::Malformed => "malformed",
        }
    }

    fn of(content: &Content) -> Self {
        match content {
            Content::Records(_) => Self::Records,
            Content::Sealed(SealedReason::NoKey) => Self::NoKey,
            Content::Sealed(SealedReason::WrongKey) => Self::WrongKey,
            Content::Sealed(SealedReason::MacFailed) => Self::MacFailed,
            Content::Sealed(_) => Self::UnsupportedMode,
            Content::Fragment { .. } => Self::Fragment,
            Content::Compact { .. } => Self::CompactFormatUnknown,
            Content::Manufacturer { .. } => Self::Manufacturer,
            Content::Empty | Content::Format { .. } => Self::Empty,
            Content::ApplicationError { .. } => Self::ApplicationError,
            _ => Self::Unsupported,
        }
    }
}

/// A text is no known outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown outcome of decoding")]
pub struct ParseOutcomeError;

impl FromStr for Outcome {
    type Err = ParseOutcomeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text).ok_or(ParseOutcomeError)
    }
}

/// One value of a telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What was measured, such as `volume`.
    pub quantity: String,
    /// Its unit, such as `m³`; empty where there is none.
    pub unit: String,
    /// The value.
    pub value: ReadingValue,
    /// 0 is now; others are stored values.
    pub storage_number: u64,
    /// 0 is the total.
    pub tariff: u32,
    /// 0 is the meter itself.
    pub subunit: u32,
    /// `instantaneous`, `maximum`, `minimum` or `during_error`.
    pub function: String,
    /// What narrows the meaning, such as `negative_accumulation`; codes with a space between them.
    pub qualifiers: String,
    /// When the value was taken, as the meter tells it: `YYYY-MM-DD`, perhaps with `Thh:mm[:ss]`.
    pub value_date: Option<String>,
    /// Whether the record carries that date itself, as those of a history do.
    pub is_history: bool,
    /// Whether the value may be another than the one that the meter shows.
    pub is_doubtful: bool,
}

impl Reading {
    /// Returns the number if it is a total of the meter itself: not an extreme, not of one tariff, not
    /// narrowed to something that is not billed.
    pub fn total(&self) -> Option<Decimal> {
        let qualifiers = self.qualifiers.split_whitespace();
        let is_total = metering::is_total(&self.function, self.tariff, self.subunit, qualifiers);
        match self.value {
            ReadingValue::Number(value) if is_total => Some(value),
            _ => None,
        }
    }

    /// Returns where it stands among the values that the meter keeps.
    pub fn place(&self) -> Place<'_> {
        Place {
            storage_number: self.storage_number,
            date: self.value_date.as_deref().map(|date| date.get(..10).unwrap_or(date)),
            is_history: self.is_history,
        }
    }
}

/// A value in the form in which it is kept: exact, and times as the meter told them, without a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadingValue {
    /// A number.
    Number(Decimal),
    /// `YYYY-MM-DD`.
    Date(String),
    /// `YYYY-MM-DDThh:mm[:ss]`.
    DateTime(String),
    /// `hh:mm[:ss]`.
    Time(String),
    /// Text.
    Text(String),
    /// Bits.
    Flags(u64),
}

impl ReadingValue {
    /// Returns the stable code of the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Date(_) => "date",
            Self::DateTime(_) => "date_time",
            Self::Time(_) => "time",
            Self::Text(_) => "text",
            Self::Flags(_) => "flags",
        }
    }

    /// Reads what [`Self::kind`] and `Display` wrote.
    pub fn parse(kind: &str, text: String) -> Option<Self> {
        Some(match kind {
            "number" => Self::Number(text.parse().ok()?),
            "date" => Self::Date(text),
            "date_time" => Self::DateTime(text),
            "time" => Self::Time(text),
            "text" => Self::Text(text),
            "flags" => Self::Flags(text.parse().ok()?),
            _ => return None,
        })
    }

    /// Returns nothing for "not available", invalid codings and bytes without a meaning: no value is
    /// never 0.
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Number(number) => Self::Number(*number),
            Value::Date(date) => Self::Date(date.to_string()),
            Value::DateTime(date_time) => Self::DateTime(date_time.to_string()),
            Value::Time(time) => Self::Time(time.to_string()),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Flags(bits) => Self::Flags(*bits),
            _ => return None,
        })
    }
}

impl fmt::Display for ReadingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Date(text) | Self::DateTime(text) | Self::Time(text) | Self::Text(text) => {
                f.write_str(text)
            }
            Self::Flags(bits) => bits.fmt(f),
        }
    }
}

/// Writes down what a telegram means in the form in which it is kept.
pub fn decoding(telegram: Result<&Telegram, &DecodeError>) -> Decoding {
    let (outcome, readings) = match telegram.map(|telegram| (telegram, telegram.content())) {
        Ok((telegram, Content::Records(records))) => (Outcome::Records, readings(telegram, records)),
        Ok((_, content)) => (Outcome::of(content), Vec::new()),
        Err(_) => (Outcome::Malformed, Vec::new()),
    };
    let alarms = telegram.map(metering::alarms).unwrap_or_default();
    Decoding { decoder_version: DECODER_VERSION, outcome, readings, alarms }
}

fn readings(telegram: &Telegram, records: &[DataRecord]) -> Vec<Reading> {
    let dates = ValueDates::of(records);
    let readings = records.iter().filter_map(|record| {
        Some(Reading {
            quantity: record.quantity.as_str().to_owned(),
            unit: record.unit.as_str().to_owned(),
            value: ReadingValue::of(&record.value)?,
            storage_number: record.storage_number,
            tariff: record.tariff,
            subunit: record.subunit,
            function: record.function.as_str().to_owned(),
            qualifiers: qualifiers(&record.qualifiers),
            value_date: dates.of_record(record).map(|date| date.to_string()),
            is_history: record.date.is_some(),
            is_doubtful: metering::is_doubtful(telegram, record),
        })
    });
    readings.collect()
}

fn qualifiers(qualifiers: &[Qualifier]) -> String {
    qualifiers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
