//! Which data records an entry of a profile is about.

use crate::apl::{DataRecord, Function, Qualifier, Quantity};

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

/// Which data records an entry of a profile is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector {
    /// DIB and VIB as transmitted; then nothing else is compared.
    pub(super) header: Option<Vec<u8>>,
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
            return record.raw.get(..record.header_length) == Some(header);
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
        let is_named = |(qualifier, name): (&Qualifier, &String)| {
            !qualifier.alters_quantity() || self.qualifiers.contains(name)
        };
        self.qualifiers.iter().all(|name| names.contains(name)) && qualifiers.iter().zip(&names).all(is_named)
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
    use crate::apl::{Accumulation, Phase, Source, Unit};
    use crate::value::Value;

    fn record(qualifiers: &[Qualifier]) -> DataRecord {
        let plain = DataRecord::derived(
            Source::Transmitted,
            (0, &[4, 0x13, 1, 0, 0, 0]),
            (Quantity::Volume, Unit::CubicMetre),
            Value::Raw,
        );
        DataRecord { header_length: 2, qualifiers: qualifiers.to_vec(), ..plain }
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
        let of = |header: &[u8]| Selector { header: Some(header.to_vec()), ..selector(&[]) };
        assert!(of(&[4, 0x13]).matches(&record(&[])));
        assert!(!of(&[4]).matches(&record(&[])));
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
