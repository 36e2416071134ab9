//! Compact profiles: a history in one record (EN 13757-3, annex F).

use super::{DataRecord, Qualifier};
use crate::value::{bcd, signed, unsigned};
use alloc::vec::Vec;

/// In which order a profile's values lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProfileOrder {
    /// Going on from the base value; the first value is the oldest.
    Forward,
    /// Going back from the base value; the first value is the youngest.
    Inverse,
}

/// How a profile's values follow from one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Increment {
    /// Each value stands for itself.
    Absolute,
    /// Each value is what was added.
    Positive,
    /// Each value is what was taken away.
    Negative,
    /// Each value is a signed difference.
    Signed,
}

/// How far apart in time a profile's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spacing {
    /// The values are columns of an array, without times.
    None,
    /// So many seconds.
    Seconds(u8),
    /// So many minutes.
    Minutes(u8),
    /// So many hours.
    Hours(u8),
    /// So many days.
    Days(u8),
    /// Half a month.
    HalfMonth,
    /// So many months.
    Months(u8),
}

/// A history in one record: how its values are spaced, and the values as transmitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompactProfile {
    /// Forward or inverse.
    pub order: ProfileOrder,
    /// How values follow from one another.
    pub increment: Increment,
    /// The time between values.
    pub spacing: Spacing,
    /// The values as transmitted; `None` is an invalid one.
    pub values: Vec<Option<i128>>,
}

impl CompactProfile {
    /// Reads the profile of a record; `None` if the record is no profile or uses reserved codes.
    pub fn read(record: &DataRecord) -> Option<Self> {
        let order = record.qualifiers.iter().find_map(|qualifier| match qualifier {
            Qualifier::CompactProfile | Qualifier::CompactProfileWithRegisters => Some(ProfileOrder::Forward),
            Qualifier::InverseCompactProfile => Some(ProfileOrder::Inverse),
            _ => None,
        })?;
        let (&lvar, content) = record.data().split_first()?;
        let [control, spacing, values @ ..] = content else { return None };
        if usize::from(lvar) != content.len() {
            return None;
        }
        let increment = match control >> 6 {
            0 => Increment::Absolute,
            1 => Increment::Positive,
            2 => Increment::Negative,
            _ => Increment::Signed,
        };
        let spacing = spacing_of(control >> 4 & 3, *spacing)?;
        let values = values_of(control & 0xF, increment, values)?;
        Some(Self { order, increment, spacing, values })
    }

    /// Returns the registers, starting from the base register's digits: the nearest to it first.
    ///
    /// An invalid value ends an incremental profile and leaves a gap in an absolute one. A sum that
    /// does not fit ends the list.
    pub fn registers(&self, base: i128) -> Vec<Option<i128>> {
        if self.increment == Increment::Absolute {
            return self.values.clone();
        }
        let backwards = self.order == ProfileOrder::Inverse;
        let falls = (self.increment == Increment::Negative) != backwards;
        let mut register = base;
        self.values
            .iter()
            .map_while(|value| {
                let value = (*value)?;
                register = register.checked_add(if falls { value.checked_neg()? } else { value })?;
                Some(Some(register))
            })
            .collect()
    }
}

fn spacing_of(unit: u8, value: u8) -> Option<Spacing> {
    Some(match (value, unit) {
        (0, _) => Spacing::None,
        (1..=250, 0) => Spacing::Seconds(value),
        (1..=250, 1) => Spacing::Minutes(value),
        (1..=250, 2) => Spacing::Hours(value),
        (1..=250, _) => Spacing::Days(value),
        (253, 3) => Spacing::HalfMonth,
        (254, 1) => Spacing::Months(6),
        (254, 2) => Spacing::Months(3),
        (254, 3) => Spacing::Months(1),
        _ => return None,
    })
}

/// Returns how many bytes each value of a profile takes.
pub(super) fn value_length(record: &DataRecord) -> Option<usize> {
    let control = record.data().get(1)?;
    size(control & 0xF).map(|(length, _)| length)
}

/// Returns length and coding of a data field code: whether it is BCD.
fn size(code: u8) -> Option<(usize, bool)> {
    Some(match code {
        1..=4 => (usize::from(code), false),
        6 => (6, false),
        7 => (8, false),
        0x9..=0xC => (usize::from(code) - 8, true),
        0xE => (6, true),
        _ => return None,
    })
}

/// Splits the values; a rest shorter than a value is left out.
fn values_of(code: u8, increment: Increment, bytes: &[u8]) -> Option<Vec<Option<i128>>> {
    let (length, is_bcd) = size(code)?;
    let value = |bytes: &[u8]| match increment {
        _ if is_bcd => bcd(bytes),
        Increment::Positive | Increment::Negative => {
            unsigned(bytes).filter(|_| bytes.iter().any(|byte| *byte != 0xFF))
        }
        Increment::Absolute | Increment::Signed => signed(bytes).filter(|value| {
            let lowest = 8 * u32::try_from(bytes.len()).unwrap_or_default() - 1;
            *value != -(1i128 << lowest)
        }),
    };
    Some(bytes.chunks_exact(length).map(value).collect())
}
