//! The state of one meter.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::field::{Place, StateField, Statement};
use super::identity::{is_open, is_same_meter};
use crate::apl::{DataRecord, Quantity, Source};
use crate::meter::MeterAddress;
use crate::profiles::{Alarm, Profiles};
use crate::telegram::{Content, Telegram};
use crate::value::{Timestamp, Value};

/// What is known of one meter from all its telegrams.
///
/// `R` is what the caller knows of a reception. It orders receptions by time and is one of its kind, such
/// as a moment with the telegram's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterState<R> {
    meter: MeterAddress,
    /// The meter's addresses: one, but for makers' own layouts; and whether an open telegram bears it.
    addresses: BTreeMap<MeterAddress, bool>,
    /// Radio converters that sent for the meter.
    links: BTreeMap<MeterAddress, R>,
    fields: BTreeMap<(String, Place), StateField<R>>,
    /// Alarms of the newest open telegram and of the newest of the maker's own.
    alarms: [Option<(R, Vec<Alarm>)>; 2],
    last_reception: Option<R>,
}

/// Why a telegram was not merged; the state is as it was.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// It is of another meter.
    #[error("telegram of another meter")]
    AnotherMeter,
    /// It may be damaged although its checks fit.
    #[error("telegram may be damaged: merge it when a second one agrees")]
    Doubtful,
    /// No meter has so many values.
    #[error("more than {0} values of one meter")]
    TooMany(usize),
}

impl<R: Ord + Clone> MeterState<R> {
    /// As many values are kept at most: years of an hourly load profile.
    pub const MOST_FIELDS: usize = 1 << 16;
    /// As many addresses, and radio converters, are kept at most.
    const MOST_ADDRESSES: usize = 16;

    /// Begins with the meter that a telegram is of; the telegram is not merged yet.
    pub fn new(telegram: &Telegram) -> Self {
        Self {
            meter: telegram.meter(),
            addresses: BTreeMap::from([(telegram.meter(), is_open(telegram))]),
            links: BTreeMap::new(),
            fields: BTreeMap::new(),
            alarms: [None, None],
            last_reception: None,
        }
    }

    /// Returns the meter's address: that of its open telegrams, if it sends any.
    pub const fn meter(&self) -> MeterAddress {
        self.meter
    }

    /// Returns all addresses that the meter is known by: its own, and those of its radio converters.
    pub fn addresses(&self) -> impl Iterator<Item = &MeterAddress> {
        self.addresses.keys().chain(self.links.keys())
    }

    /// Tells whether the meter is known by this address, its own or that of its radio converter.
    pub fn is_known_by(&self, address: &MeterAddress) -> bool {
        self.addresses.contains_key(address) || self.links.contains_key(address)
    }

    /// Tells whether a telegram is of this meter.
    ///
    /// A telegram that bears the address of the radio converter alone is of the converter.
    pub fn is_of(&self, telegram: &Telegram) -> bool {
        let other = telegram.meter();
        let mut open = self.addresses.iter().filter(|(_, is_open)| **is_open).peekable();
        if is_open(telegram) && open.peek().is_some() {
            // Open telegrams name their meter without doubt.
            return open.any(|(known, _)| *known == other);
        }
        self.addresses.keys().any(|known| is_same_meter(known, &other))
    }

    /// Merges a telegram that was received.
    ///
    /// # Errors
    /// When the telegram is of another meter, may be damaged, or has more values than can be.
    pub fn merge(
        &mut self,
        telegram: &Telegram,
        profiles: &Profiles,
        reception: R,
    ) -> Result<(), MergeError> {
        if !self.is_of(telegram) {
            return Err(MergeError::AnotherMeter);
        }
        if telegram.is_doubtful() {
            return Err(MergeError::Doubtful);
        }
        let records = telegram.content().records();
        if self.fields.len().saturating_add(records.len()) > Self::MOST_FIELDS {
            return Err(MergeError::TooMany(Self::MOST_FIELDS));
        }
        self.take_addresses(telegram, &reception);
        if !matches!(telegram.content(), Content::Sealed(_)) {
            self.take_values(telegram, profiles, &reception);
        }
        if self.last_reception.as_ref().is_none_or(|last| *last < reception) {
            self.last_reception = Some(reception);
        }
        Ok(())
    }

    /// Returns the newest reception, also of a telegram that no key opened.
    pub const fn last_reception(&self) -> Option<&R> {
        self.last_reception.as_ref()
    }

    /// Returns the value of a name that is no series.
    pub fn field(&self, name: &str) -> Option<&StateField<R>> {
        self.series(name).find_map(|(place, field)| (place == Place::Single).then_some(field))
    }

    /// Returns the values of a name, in the order of their places.
    pub fn series(&self, name: &str) -> impl Iterator<Item = (Place, &StateField<R>)> {
        let from = (name.to_owned(), Place::Single);
        let of_name = self.fields.range(from..).take_while(move |((found, _), _)| found == name);
        of_name.map(|((_, place), field)| (*place, field))
    }

    /// Returns all values with their names and places, in the order of the names.
    pub fn fields(&self) -> impl Iterator<Item = (&str, Place, &StateField<R>)> {
        self.fields.iter().map(|((name, place), field)| (name.as_str(), *place, field))
    }

    /// Returns the alarms of the newest open telegram and of the newest one in the maker's own layout.
    pub fn alarms(&self) -> impl Iterator<Item = (&R, &Alarm)> {
        let both = self.alarms.iter().flatten();
        both.flat_map(|(reception, alarms)| alarms.iter().map(move |alarm| (reception, alarm)))
    }

    fn take_addresses(&mut self, telegram: &Telegram, reception: &R) {
        let (meter, link) = (telegram.meter(), telegram.link_address());
        if self.addresses.contains_key(&meter) || self.addresses.len() < Self::MOST_ADDRESSES {
            *self.addresses.entry(meter).or_default() |= is_open(telegram);
        }
        // The address of open telegrams, otherwise the first in order, whichever came first.
        let best = self.addresses.iter().max_by_key(|(address, is_open)| (**is_open, Reverse(**address)));
        self.meter = best.map_or(self.meter, |(address, _)| *address);
        if link == meter || (!self.links.contains_key(&link) && self.links.len() >= Self::MOST_ADDRESSES) {
            return;
        }
        let heard = self.links.entry(link).or_insert_with(|| reception.clone());
        *heard = heard.clone().max(reception.clone());
    }

    fn take_values(&mut self, telegram: &Telegram, profiles: &Profiles, reception: &R) {
        let records = telegram.content().records();
        let reading = profiles.read(telegram);
        let meter_time = meter_time(records);
        for field in reading.fields() {
            let is_of_layout = |record: &DataRecord| matches!(record.source, Source::Layout(_));
            let is_open = !records.get(field.record).is_some_and(is_of_layout);
            let place = match (field.index, field.date.or(moment(&field.value))) {
                (None, _) => Place::Single,
                (Some(_), Some(date)) => Place::At(date),
                (Some(index), None) => Place::Index(index),
            };
            let statement = Statement {
                value: field.value.clone(),
                unit: field.unit.clone(),
                date: field.date,
                meter_time,
                reception: reception.clone(),
            };
            let known = self.fields.entry((field.name.clone(), place)).or_insert_with(StateField::new);
            known.take(statement, is_open);
        }
        if telegram.status().is_some() || !reading.alarms().is_empty() {
            let [open, proprietary] = &mut self.alarms;
            let kept = if is_open(telegram) { open } else { proprietary };
            if kept.as_ref().is_none_or(|(known, _)| known < reception) {
                *kept = Some((reception.clone(), reading.alarms().to_vec()));
            }
        }
    }
}

/// Returns what the meter's clock says: its date with time, otherwise its date.
fn meter_time(records: &[DataRecord]) -> Option<Timestamp> {
    let now = |quantity| {
        let is_now = |record: &&DataRecord| {
            record.quantity == quantity
                && (record.storage_number, record.tariff, record.subunit) == (0, 0, 0)
                && record.is_plain()
        };
        records.iter().filter(is_now).find_map(|record| moment(&record.value))
    };
    now(Quantity::DateTime).or_else(|| now(Quantity::Date))
}

/// Returns a value that is a date, with or without time.
const fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::DateTime(date_time) => Some(Timestamp::DateTime(*date_time)),
        Value::Date(date) => Some(Timestamp::Date(*date)),
        _ => None,
    }
}
