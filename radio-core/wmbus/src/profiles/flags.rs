//! What the bits of a meter's status and error flags stand for.

use super::selector::Selector;
use super::{Alarm, AlarmCode, AlarmState};
use crate::apl::DataRecord;
use crate::tpl::Status;
use crate::value::{Value, unsigned};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Where flags stand.
#[derive(Debug, Clone)]
pub(super) enum FlagSource {
    /// In the status byte of the transport header.
    Status,
    /// In a data record.
    Record(Selector),
}

/// An entry of a profile about flags: which bits there are and what they mean.
#[derive(Debug, Clone)]
pub(super) struct FlagRule {
    pub(super) source: FlagSource,
    /// The name of the field that gets the words; without one there are only alarms.
    pub(super) name: Option<String>,
    /// The key of wmbusmeters under which the words stand.
    pub(super) key: Option<String>,
    /// The bits that this entry is about.
    pub(super) mask: u64,
    pub(super) meanings: Vec<Meaning>,
    pub(super) coding: FlagCoding,
    /// What bits without meaning are called in the words, with their hexadecimal digits behind it.
    pub(super) rest: Option<String>,
    /// What the words are when nothing is set.
    pub(super) nothing: String,
    /// What stands between the words, which then have the order of the profile; none for a space and
    /// the order of the alphabet.
    pub(super) separator: Option<String>,
    /// Whether the words of the status byte stand beside these; then they are there also without the
    /// record.
    pub(super) with_status: bool,
}

/// How meanings are put into a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum FlagCoding {
    /// Each meaning has a bit.
    #[default]
    Bits,
    /// The number is one of the values.
    Value,
    /// The number's hexadecimal digits are decimal ones, and it is a sum of values, the largest taken
    /// out first.
    Sum,
}

/// What a bit or a value means.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    pub(super) value: u64,
    pub(super) word: String,
    pub(super) alarm: Option<(AlarmCode, AlarmState)>,
    /// The meaning holds while the bit is not set.
    pub(super) inverted: bool,
}

/// What flags say in one telegram, for people and for wmbusmeters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    words: Vec<String>,
    /// What is said when no flag is set.
    nothing: String,
    /// What stands between words that keep their order.
    separator: Option<String>,
    /// Whether the words of the status byte belong to them.
    pub(super) with_status: bool,
}

impl Words {
    pub(super) fn new(nothing: &str, with_status: bool) -> Self {
        Self { nothing: nothing.to_owned(), with_status, ..Self::default() }
    }

    /// Puts this between the words, and leaves them in the order in which they come.
    pub(super) fn separated_by(self, separator: Option<String>) -> Self {
        Self { separator, ..self }
    }

    pub(super) fn add(&mut self, words: impl IntoIterator<Item = String>) {
        self.words.extend(words.into_iter().filter(|word| !word.is_empty()));
        if self.separator.is_none() {
            self.words.sort_unstable();
            self.words.dedup();
        }
    }

    /// Returns the words, in alphabetical order if nothing else was said.
    pub(super) fn join(&self) -> String {
        match &self.separator {
            _ if self.words.is_empty() => self.nothing.clone(),
            separator => self.words.join(separator.as_deref().unwrap_or(" ")),
        }
    }
}

impl FlagRule {
    /// Returns the number that holds the flags, and the record that it stands in; `None` where the
    /// telegram does not have them.
    pub(super) fn find(
        &self,
        status: Option<Status>,
        records: &[DataRecord],
    ) -> Option<(u64, Option<usize>)> {
        match &self.source {
            FlagSource::Status => Some((u64::from(status?.0), None)),
            FlagSource::Record(selector) => selector
                .select(records)
                .find_map(|(place, record)| Some((number(record, self.coding)?, Some(place)))),
        }
    }

    /// Returns the meanings that hold, and the bits that have none.
    pub(super) fn read(&self, number: u64) -> (Vec<&Meaning>, u64) {
        let mut rest = number & self.mask;
        let meanings = self
            .meanings
            .iter()
            .filter(|meaning| match self.coding {
                FlagCoding::Bits => {
                    rest &= !meaning.value;
                    (number & meaning.value == 0) == meaning.inverted
                }
                FlagCoding::Value => number & self.mask == meaning.value,
                FlagCoding::Sum => {
                    let holds = meaning.value > 0 && rest >= meaning.value;
                    if holds {
                        rest -= meaning.value;
                    }
                    holds
                }
            })
            .collect::<Vec<_>>();
        if self.coding == FlagCoding::Value && !meanings.is_empty() {
            rest = 0;
        }
        (meanings, rest)
    }

    /// Returns the words of what holds.
    pub(super) fn words(&self, number: u64) -> Vec<String> {
        let (meanings, rest) = self.read(number);
        let mut words: Vec<String> = meanings.iter().map(|meaning| meaning.word.clone()).collect();
        if rest != 0 {
            words.extend(self.rest.as_ref().map(|name| format!("{name}_{rest:X}")));
        }
        words
    }
}

impl Meaning {
    pub(super) fn alarm(&self) -> Option<Alarm> {
        let (code, state) = self.alarm?;
        Some(Alarm { state, ..Alarm::present(code) })
    }
}

/// Reads a record's bytes as flags: its number, whatever the VIF says about scale and sign.
fn number(record: &DataRecord, coding: FlagCoding) -> Option<u64> {
    match record.value {
        Value::Flags(bits) if coding == FlagCoding::Sum => format!("{bits:X}").parse().ok(),
        Value::Flags(bits) => Some(bits),
        Value::Number(number) if coding != FlagCoding::Bits || record.is_derived() => {
            u64::try_from(number.to_integer()?).ok()
        }
        Value::Text(_) | Value::Date(_) | Value::DateTime(_) | Value::Time(_) => None,
        _ => unsigned(record.data()).and_then(|bits| u64::try_from(bits).ok()),
    }
}

/// What the standard's bits of the status byte stand for (EN 13757-7, 7.5.7), as alarms.
///
/// `taken` are the bits to which the profile gives another meaning.
pub(super) fn standard_alarms(status: Status, taken: u8) -> impl Iterator<Item = Alarm> {
    let status = Status(status.0 & !taken);
    [
        (status.is_abnormal(), AlarmCode::Abnormal),
        (status.has_application_error(), AlarmCode::ApplicationError),
        (status.is_power_low(), AlarmCode::PowerLow),
        (status.has_permanent_error(), AlarmCode::PermanentError),
        (status.has_temporary_error(), AlarmCode::TemporaryError),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, code)| Alarm::present(code))
}
