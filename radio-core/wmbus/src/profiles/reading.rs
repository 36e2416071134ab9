//! What a telegram says, with a name for each value.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Alarm;
use super::flags::{FlagRule, FlagSource, Words, standard_alarms};
use super::names::{Name, Storages};
use super::profile::{FieldRule, Profile};
use super::wmbusmeters::status_words;
use crate::apl::{DataRecord, Quantity, Unit};
use crate::meter::MeterAddress;
use crate::tpl::Status;
use crate::value::{Timestamp, Value};

/// What a telegram says, with a name for each value.
#[derive(Debug, Clone)]
pub struct Reading<'p> {
    profile: Option<&'p Profile>,
    fields: Vec<Field>,
    alarms: Vec<Alarm>,
    /// The records whose flags the profile understands.
    explained: BTreeSet<usize>,
    /// What flags say, by the key of wmbusmeters.
    pub(super) words: BTreeMap<String, Words>,
}

/// A named value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name: lower snake case, stable across makers.
    pub name: String,
    /// The place in a series, such as 1 for the youngest month end.
    pub index: Option<u64>,
    /// The value.
    pub value: Value,
    /// The unit of a number.
    pub unit: Unit,
    /// When the value was taken, where it is not the current one and the telegram says so.
    pub date: Option<Timestamp>,
    /// Which of the telegram's records the value is of.
    pub record: usize,
    /// The keys of wmbusmeters.
    pub(super) keys: Vec<String>,
    /// Whether wmbusmeters has the value as a text.
    pub(super) is_text: bool,
    /// Whether wmbusmeters writes a time with its seconds.
    pub(super) with_seconds: bool,
}

impl<'p> Reading<'p> {
    pub(super) fn new(
        profile: Option<&'p Profile>,
        meter: &MeterAddress,
        status: Option<Status>,
        records: &[DataRecord],
    ) -> Self {
        let mut reading = Self {
            profile,
            fields: Vec::new(),
            alarms: Vec::new(),
            explained: BTreeSet::new(),
            words: BTreeMap::new(),
        };
        let mut names = Names::default();
        reading.name_records(meter, records, &mut names);
        let rules = profile.map_or(&[][..], |profile| &profile.flags);
        let mut taken = 0u8;
        for rule in rules {
            if let FlagSource::Status = rule.source {
                let bits = rule.meanings.iter().fold(0, |bits, meaning| bits | meaning.value);
                taken |= u8::try_from(bits & 0xFF).unwrap_or(u8::MAX);
            }
            reading.read_flags(rule, status, records, &mut names);
        }
        if let Some(status) = status {
            reading.alarms.extend(standard_alarms(status, taken));
            for words in reading.words.values_mut().filter(|words| words.with_status) {
                words.add(status_words(status, taken));
            }
        }
        reading.with_alarms(&[])
    }

    /// Adds alarms that neither status nor flags give.
    pub(super) fn with_alarms(mut self, alarms: &[Alarm]) -> Self {
        self.alarms.extend_from_slice(alarms);
        self.alarms.sort_unstable();
        self.alarms.dedup();
        self
    }

    /// Returns the profile; none where the names were given by rule.
    pub fn profile(&self) -> Option<&'p Profile> {
        self.profile
    }

    /// Returns the named values in the order of the records.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Returns the first value of a name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Returns what is wrong with the meter, as far as it says so.
    pub fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// Tells whether the profile says what the bits of a record stand for; `record` is its place in the
    /// telegram.
    pub fn explains_flags(&self, record: usize) -> bool {
        self.explained.contains(&record)
    }

    fn name_records(&mut self, meter: &MeterAddress, records: &[DataRecord], names: &mut Names) {
        let storages = Storages::of(records);
        let mut rules: BTreeMap<usize, Vec<&FieldRule>> = BTreeMap::new();
        for rule in self.profile.map_or(&[][..], |profile| &profile.fields) {
            for (place, _) in rule.selector.select(records) {
                rules.entry(place).or_default().push(rule);
            }
        }
        for (place, record) in records.iter().enumerate() {
            // The first entry says what the value is; all of them give it keys.
            let all = rules.get(&place).map_or(&[][..], Vec::as_slice);
            let rule = all.first().copied();
            let by_rule = || storages.name(record, meter.device_type);
            let name = match rule.and_then(|rule| Some((rule, rule.name.as_ref()?.fill(record)?))) {
                Some((rule, text)) => Name { text, index: rule.index.and_then(|index| index.value(record)) },
                None => by_rule(),
            };
            let (value, unit) = scaled(rule, record);
            if value == Value::Raw || record.quantity == Quantity::ManufacturerData {
                continue;
            }
            let keys: Vec<String> =
                all.iter().flat_map(|rule| &rule.keys).filter_map(|key| key.fill(record)).collect();
            let Some(name) = names.unique(name, &value, &unit, keys.is_empty()) else { continue };
            self.fields.push(Field {
                name: name.text,
                index: name.index,
                value,
                unit,
                date: storages.date(record),
                record: place,
                keys,
                is_text: rule.is_some_and(|rule| rule.is_text),
                with_seconds: rule.is_some_and(|rule| rule.with_seconds),
            });
        }
    }

    fn read_flags(
        &mut self,
        rule: &FlagRule,
        status: Option<Status>,
        records: &[DataRecord],
        names: &mut Names,
    ) {
        let found = rule.find(status, records);
        if let Some(key) = rule.key.as_ref().filter(|_| found.is_some() || rule.with_status) {
            let new = || Words::new(&rule.nothing, rule.with_status).separated_by(rule.separator.clone());
            self.words.entry(key.clone()).or_insert_with(new).with_status |= rule.with_status;
        }
        let Some((number, place)) = found else { return };
        self.explained.extend(place.filter(|_| !rule.meanings.is_empty()));
        self.alarms.extend(rule.read(number).0.iter().filter_map(|meaning| meaning.alarm()));
        let words = rule.words(number);
        if let Some(known) = rule.key.as_ref().and_then(|key| self.words.get_mut(key)) {
            known.add(words.iter().cloned());
        }
        let text = words.join(" ");
        let (Some(name), Some(record), false) = (&rule.name, place, text.is_empty()) else { return };
        let (name, value) = (Name { text: name.clone(), index: None }, Value::Text(text));
        if let Some(name) = names.unique(name, &value, &Unit::None, true) {
            self.fields.push(Field {
                name: name.text,
                index: None,
                value,
                unit: Unit::None,
                date: None,
                record,
                keys: Vec::new(),
                is_text: true,
                with_seconds: false,
            });
        }
    }
}

/// Applies what the profile knows about a manufacturer's own number.
fn scaled(rule: Option<&FieldRule>, record: &DataRecord) -> (Value, Unit) {
    let own = matches!(
        record.quantity,
        Quantity::ManufacturerSpecific | Quantity::Unknown | Quantity::Dimensionless
    );
    match (rule.and_then(|rule| rule.scale.as_ref()), &record.value) {
        (Some(scale), Value::Number(number)) if own => {
            let value = number.checked_scale(1, scale.exponent).map_or(Value::Raw, Value::Number);
            (value, scale.unit.clone())
        }
        (_, value) => (value.clone(), record.unit.clone()),
    }
}

/// The names that were given in one telegram, and to which values.
#[derive(Debug, Default)]
struct Names(BTreeMap<Name, (Value, Unit)>);

impl Names {
    /// Makes a name unique: a second value of the name gets a number behind it. `None` where it is the
    /// same value again, and may be left out.
    fn unique(&mut self, name: Name, value: &Value, unit: &Unit, may_leave_out: bool) -> Option<Name> {
        let is_same = |(given, of): &(Value, Unit)| given == value && of == unit;
        if may_leave_out && self.0.get(&name).is_some_and(is_same) {
            return None;
        }
        let numbered = |number| Name { text: format!("{}_{number}", name.text), index: name.index };
        let free = core::iter::once(name.clone())
            .chain((2u32..).map(numbered))
            .find(|name| !self.0.contains_key(name))?;
        self.0.insert(free.clone(), (value.clone(), unit.clone()));
        Some(free)
    }
}
