//! A profile as it is written: TOML, read strictly.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use serde::Deserialize;

use super::flags::{FlagCoding, FlagRule, FlagSource, Meaning};
use super::profile::{FieldRule, MeterMatch, Profile, Scale};
use super::selector::{Header, Numbers, Selector};
use super::template::{Expression, Template};
use super::wmbusmeters::STATUS;
use super::{AlarmCode, AlarmState, ProfileError};
use crate::apl::{Function, Quantity, Unit};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    title: String,
    driver: Option<String>,
    media: Option<String>,
    meters: Vec<MeterEntry>,
    #[serde(default)]
    fields: Vec<FieldEntry>,
    #[serde(default)]
    flags: Vec<FlagEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeterEntry {
    manufacturer: String,
    #[serde(default)]
    versions: Vec<u8>,
    #[serde(default)]
    types: Vec<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldEntry {
    name: Option<String>,
    index: Option<String>,
    key: Option<OneOrMore>,
    unit: Option<String>,
    exponent: Option<i8>,
    #[serde(default)]
    text: bool,
    #[serde(default)]
    seconds: bool,
    #[serde(flatten)]
    selector: SelectorEntry,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlagEntry {
    name: Option<String>,
    key: Option<String>,
    source: Option<String>,
    mask: Option<u64>,
    #[serde(default)]
    bits: Vec<MeaningEntry>,
    #[serde(default)]
    values: Vec<MeaningEntry>,
    #[serde(default)]
    sums: Vec<MeaningEntry>,
    rest: Option<String>,
    ok: Option<String>,
    separator: Option<String>,
    with_status: Option<bool>,
    #[serde(flatten)]
    selector: SelectorEntry,
}

/// The members that fields and flags share: which records are meant.
#[derive(Debug, Deserialize)]
struct SelectorEntry {
    quantity: Option<OneOrMore>,
    header: Option<String>,
    storage: Option<NumbersEntry>,
    tariff: Option<NumbersEntry>,
    subunit: Option<NumbersEntry>,
    function: Option<String>,
    #[serde(default)]
    qualifiers: Vec<String>,
    nth: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeaningEntry {
    value: u64,
    #[serde(default)]
    word: String,
    alarm: Option<String>,
    past: Option<String>,
    #[serde(default)]
    inverted: bool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn all(entry: Option<Self>) -> Vec<String> {
        match entry {
            None => Vec::new(),
            Some(Self::One(text)) => vec![text],
            Some(Self::More(texts)) => texts,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum NumbersEntry {
    One(u64),
    Range(String),
}

/// Reads a profile; `name` is what it will be known by.
pub(super) fn parse(name: &str, text: &str) -> Result<Profile, ProfileError> {
    let file: ProfileFile = toml::from_str(text)
        .map_err(|error| ProfileError::Syntax(error.to_string().trim_end().to_owned()))?;
    check_snake_case(name)?;
    if file.meters.is_empty() {
        return Err(ProfileError::NoMeters);
    }
    Ok(Profile {
        name: name.to_owned(),
        title: file.title,
        driver: file.driver,
        media: file.media,
        meters: file.meters.into_iter().map(MeterEntry::read).collect::<Result<_, _>>()?,
        fields: file.fields.into_iter().map(FieldEntry::read).collect::<Result<_, _>>()?,
        flags: file.flags.into_iter().map(FlagEntry::read).collect::<Result<_, _>>()?,
    })
}

impl MeterEntry {
    fn read(self) -> Result<MeterMatch, ProfileError> {
        let manufacturer =
            self.manufacturer.parse().map_err(|_| ProfileError::Manufacturer(self.manufacturer))?;
        Ok(MeterMatch { manufacturer, versions: self.versions, device_types: self.types })
    }
}

impl FieldEntry {
    fn read(self) -> Result<FieldRule, ProfileError> {
        let name = self.name.as_deref().map(template).transpose()?;
        if let Some(name) = &name {
            check_snake_case(&name.sample())?;
        }
        let keys = OneOrMore::all(self.key).iter().map(|key| template(key)).collect::<Result<_, _>>()?;
        let index = match self.index {
            None => None,
            Some(text) => Some(Expression::parse(&text).ok_or(ProfileError::Template(text))?),
        };
        let scale = match (self.unit, self.exponent) {
            (None, None) => None,
            (unit, exponent) => Some(Scale {
                unit: unit.map_or(Ok(Unit::None), |unit| read_unit(&unit))?,
                exponent: exponent.unwrap_or(0),
            }),
        };
        Ok(FieldRule {
            selector: self.selector.read()?,
            name,
            index,
            keys,
            scale,
            is_text: self.text,
            with_seconds: self.seconds,
        })
    }
}

impl FlagEntry {
    fn read(self) -> Result<FlagRule, ProfileError> {
        if let Some(name) = &self.name {
            check_snake_case(name)?;
        }
        let source = match self.source.as_deref() {
            Some("status") => FlagSource::Status,
            Some(_) => return Err(ProfileError::FlagSource),
            None => FlagSource::Record(self.selector.read()?),
        };
        let (coding, entries) = match (self.bits.is_empty(), self.values.is_empty(), self.sums.is_empty()) {
            (_, true, true) => (FlagCoding::Bits, self.bits),
            (true, false, true) => (FlagCoding::Value, self.values),
            (true, true, false) => (FlagCoding::Sum, self.sums),
            _ => return Err(ProfileError::FlagCodings),
        };
        let mut meanings = entries.into_iter().map(MeaningEntry::read).collect::<Result<Vec<_>, _>>()?;
        if coding == FlagCoding::Sum {
            meanings.sort_by_key(|meaning| core::cmp::Reverse(meaning.value));
        }
        if coding == FlagCoding::Bits && meanings.iter().any(|meaning| meaning.value == 0) {
            return Err(ProfileError::NoBit);
        }
        let has_rest = coding != FlagCoding::Value && matches!(source, FlagSource::Record(_));
        let nothing = if coding == FlagCoding::Value { "" } else { "OK" };
        let with_status = self.with_status.unwrap_or(self.key.as_deref() == Some(STATUS));
        Ok(FlagRule {
            source,
            name: self.name,
            key: self.key,
            mask: self.mask.unwrap_or(u64::MAX),
            meanings,
            coding,
            rest: self.rest.or_else(|| has_rest.then(|| "ERROR_FLAGS".to_owned())),
            nothing: self.ok.unwrap_or_else(|| nothing.to_owned()),
            separator: self.separator,
            with_status,
        })
    }
}

impl MeaningEntry {
    fn read(self) -> Result<Meaning, ProfileError> {
        let code = |name: String| AlarmCode::from_name(&name).ok_or(ProfileError::Alarm(name));
        let alarm = match (self.alarm, self.past) {
            (None, None) => None,
            (Some(name), None) => Some((code(name)?, AlarmState::Present)),
            (None, Some(name)) => Some((code(name)?, AlarmState::Past)),
            (Some(name), Some(_)) => return Err(ProfileError::Alarm(name)),
        };
        Ok(Meaning { value: self.value, word: self.word, alarm, inverted: self.inverted })
    }
}

impl SelectorEntry {
    fn read(self) -> Result<Selector, ProfileError> {
        if self.header.is_none() && self.quantity.is_none() {
            return Err(ProfileError::NoSelector);
        }
        let quantity = |name: String| Quantity::from_name(&name).ok_or(ProfileError::Quantity(name));
        let function = match self.function {
            None => Function::Instantaneous,
            Some(name) => Function::from_name(&name).ok_or(ProfileError::Function(name))?,
        };
        Ok(Selector {
            header: self.header.map(read_header).transpose()?,
            quantities: OneOrMore::all(self.quantity).into_iter().map(quantity).collect::<Result<_, _>>()?,
            storage: numbers(self.storage)?,
            tariff: numbers(self.tariff)?,
            subunit: numbers(self.subunit)?,
            function,
            qualifiers: self.qualifiers,
            nth: self.nth,
        })
    }
}

fn numbers(entry: Option<NumbersEntry>) -> Result<Numbers, ProfileError> {
    match entry {
        None => Ok(Numbers::ZERO),
        Some(NumbersEntry::One(number)) => Ok(Numbers { first: number, last: number }),
        Some(NumbersEntry::Range(text)) => Numbers::parse(&text).ok_or(ProfileError::Range(text)),
    }
}

fn template(text: &str) -> Result<Template, ProfileError> {
    Template::parse(text).ok_or_else(|| ProfileError::Template(text.to_owned()))
}

fn read_unit(text: &str) -> Result<Unit, ProfileError> {
    Unit::from_symbol(text).ok_or_else(|| ProfileError::Unit(text.to_owned()))
}

fn read_header(text: String) -> Result<Header, ProfileError> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let bytes = digits.filter(|digits| digits.len().is_multiple_of(2)).map(|digits| {
        let byte = |pair: &[u8]| pair.iter().fold(0, |byte, digit| byte << 4 | digit);
        digits.chunks_exact(2).map(byte).collect()
    });
    bytes.and_then(Header::new).ok_or(ProfileError::Header(text))
}

/// Refuses a name that is not lower snake case.
fn check_snake_case(name: &str) -> Result<(), ProfileError> {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let starts_with_letter = name.starts_with(|first: char| first.is_ascii_lowercase());
    if starts_with_letter && name.split('_').all(is_word) {
        Ok(())
    } else {
        Err(ProfileError::Name(name.to_owned()))
    }
}
