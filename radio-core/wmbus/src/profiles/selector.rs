//! Which data records an entry of a profile is about.

use crate::apl::{DataRecord, Function, Qualifier, Quantity, Source, parse_records};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;

/// An inclusive range of storage numbers, tariffs or subunits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Numbers {
    pub(super) const ZERO: Self = Self { first: 0, last: 0 };

    pub(super) const fn contains(self, number: u64) -> bool {
        self.first <= number && number <= self.last
    }

    /// Parses `any`, `2..17` (both ends included) or `2..`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "any" {
            return Some(Self { first: 0, last: u64::MAX });
        }
        let (first, last) = text.split_once("..")?;
        let first = first.parse().ok()?;
        let last = if last.is_empty() { u64::MAX } else { last.parse().ok()? };
        (first <= last).then_some(Self { first, last })
    }
}

/// DIB and VIB of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    bytes: Vec<u8>,
    /// What a record with this header is: it is compared with records of compact frames, which come
    /// without headers.
    sample: Box<DataRecord>,
}

impl Header {
    /// Takes the bytes; `None` if they are not exactly a DIB and a VIB.
    pub(super) fn new(bytes: Vec<u8>) -> Option<Self> {
        const LONGEST_DATA: usize = 64;
        let mut record = bytes.clone();
        record.resize(bytes.len() + LONGEST_DATA, 0);
        let sample = parse_records(&record, 0..record.len()).into_iter().next()?;
        (sample.header_length == bytes.len()).then(|| Self { bytes, sample: Box::new(sample) })
    }

    fn matches(&self, record: &DataRecord) -> bool {
        if record.source != Source::Expanded {
            return record.raw.get(..record.header_length) == Some(&self.bytes);
        }
        let codes = |record: &DataRecord| -> Vec<u8> {
            let code = |qualifier: &Qualifier| match qualifier {
                Qualifier::Manufacturer(code) => Some(*code),
                _ => None,
            };
            record.qualifiers.iter().filter_map(code).collect()
        };
        let of_maker = codes(record);
        of_maker == codes(&self.sample)
            && (!of_maker.is_empty() || record.quantity == self.sample.quantity)
            && record.storage_number == self.sample.storage_number
            && record.tariff == self.sample.tariff
            && record.subunit == self.sample.subunit
            && record.function == self.sample.function
            && record.raw.len() == self.sample.data().len()
    }
}

/// Which data records an entry of a profile is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector {
    /// DIB and VIB as transmitted; then nothing else is compared.
    pub(super) header: Option<Header>,
    /// One of these; empty for any.
    pub(super) quantities: Vec<Quantity>,
    pub(super) storage: Numbers,
    pub(super) tariff: Numbers,
    pub(super) subunit: Numbers,
    pub(super) function: Function,
    /// The names of all qualifiers that alter the quantity; others may be named, too.
    pub(super) qualifiers: Vec<String>,
    /// Only the so manieth of these records, from 1.
    pub(super) nth: Option<usize>,
}

impl Selector {
    /// Tells whether a record is meant, but for [`Selector::nth`].
    pub(super) fn matches(&self, record: &DataRecord) -> bool {
        if let Some(header) = &self.header {
            return header.matches(record);
        }
        (self.quantities.is_empty() || self.quantities.contains(&record.quantity))
            && self.storage.contains(record.storage_number)
            && self.tariff.contains(record.tariff.into())
            && self.subunit.contains(record.subunit.into())
            && self.function == record.function
            && self.matches_qualifiers(&record.qualifiers)
    }

    fn matches_qualifiers(&self, qualifiers: &[Qualifier]) -> bool {
        if self.qualifiers.is_empty() {
            return !qualifiers.iter().any(|qualifier| qualifier.alters_quantity());
        }
        let names: Vec<String> = qualifiers.iter().map(Qualifier::to_string).collect();
        // What the decoder makes of a maker's own code follows from the code.
        let by_code = self.qualifiers.iter().any(|name| name.starts_with("manufacturer_"));
        let may_stand = |(qualifier, name): (&Qualifier, &String)| match qualifier {
            _ if self.qualifiers.contains(name) => true,
            Qualifier::Manufacturer(0) => by_code,
            Qualifier::Manufacturer(_) => false,
            other => by_code || !other.alters_quantity(),
        };
        self.qualifiers.iter().all(|name| names.contains(name))
            && qualifiers.iter().zip(&names).all(may_stand)
    }

    /// Returns the records that are meant, each with its place in the telegram.
    pub(super) fn select<'r>(
        &self,
        records: &'r [DataRecord],
    ) -> impl Iterator<Item = (usize, &'r DataRecord)> {
        let (skip, take) = self.nth.map_or((0, usize::MAX), |nth| (nth.saturating_sub(1), 1));
        let all = records.iter().enumerate().filter(|(_, record)| self.matches(record));
        all.skip(skip).take(take)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apl::{Accumulation, Phase, Unit};
    use crate::value::Value;
    use alloc::borrow::ToOwned;
    use alloc::vec;

    fn record(qualifiers: &[Qualifier]) -> DataRecord {
        let plain = DataRecord::derived(
            Source::Transmitted,
            (0, &[4, 0x13, 1, 0, 0, 0]),
            (Quantity::Volume, Unit::CubicMetre),
            Value::Raw,
        );
        DataRecord { header_length: 2, qualifiers: qualifiers.iter().copied().collect(), ..plain }
    }

    fn selector(qualifiers: &[&str]) -> Selector {
        Selector {
            header: None,
            quantities: vec![Quantity::Volume],
            storage: Numbers::ZERO,
            tariff: Numbers::ZERO,
            subunit: Numbers::ZERO,
            function: Function::Instantaneous,
            qualifiers: qualifiers.iter().map(|name| (*name).to_owned()).collect(),
            nth: None,
        }
    }

    #[test]
    fn qualifiers_that_alter_the_quantity_must_be_named() {
        let negative = Qualifier::Accumulation(Accumulation::Negative);
        let positive = Qualifier::Accumulation(Accumulation::Positive);
        let phase = Qualifier::Phase(Phase::L1);
        let matches = |names: &[&str], qualifiers: &[Qualifier]| selector(names).matches(&record(qualifiers));
        assert!(matches(&[], &[]));
        assert!(matches(&[], &[Qualifier::StandardConform]));
        assert!(!matches(&[], &[negative]));
        assert!(matches(&["negative_accumulation"], &[negative]));
        assert!(!matches(&["negative_accumulation"], &[negative, phase]));
        assert!(!matches(&["positive_accumulation"], &[]), "what is named must be there");
        assert!(matches(&["positive_accumulation"], &[positive]));
    }

    #[test]
    fn a_header_is_compared_byte_by_byte() {
        let of = |header: &[u8]| Selector { header: Header::new(header.to_vec()), ..selector(&[]) };
        assert!(of(&[4, 0x13]).matches(&record(&[])));
        assert!(!of(&[4, 0x14]).matches(&record(&[])));
        assert_eq!(Header::new(vec![4]), None, "a header has a VIF");
        assert_eq!(Header::new(vec![4, 0x13, 0]), None, "and nothing behind it");
    }

    #[test]
    fn a_record_of_a_compact_frame_is_recognised_without_its_header() {
        let selector = Selector { header: Header::new(vec![2, 0xFF, 0x20]), ..selector(&[]) };
        let expanded = |raw: &[u8], code| DataRecord {
            source: Source::Expanded,
            header_length: 0,
            raw: raw.into(),
            ..record(&[Qualifier::Manufacturer(code)])
        };
        assert!(selector.matches(&expanded(&[0x71, 0], 0x20)));
        assert!(!selector.matches(&expanded(&[0x71, 0, 0, 0], 0x20)), "of another length");
        assert!(!selector.matches(&expanded(&[0x71, 0], 0x21)), "of another code");
    }

    #[test]
    fn one_of_several_equal_records_can_be_meant() {
        let records = [record(&[]), record(&[]), record(&[])];
        let places = |nth| -> Vec<usize> {
            Selector { nth, ..selector(&[]) }.select(&records).map(|(place, _)| place).collect()
        };
        assert_eq!(places(None), [0, 1, 2]);
        assert_eq!(places(Some(2)), [1]);
        assert_eq!(places(Some(4)), [0; 0]);
    }

    #[test]
    fn ranges_name_both_ends() {
        assert_eq!(Numbers::parse("2..17"), Some(Numbers { first: 2, last: 17 }));
        assert_eq!(Numbers::parse("2.."), Some(Numbers { first: 2, last: u64::MAX }));
        assert_eq!(Numbers::parse("any"), Some(Numbers { first: 0, last: u64::MAX }));
        for text in ["", "2", "17..2", "..2", "a..b"] {
            assert_eq!(Numbers::parse(text), None, "{text}");
        }
    }
}
