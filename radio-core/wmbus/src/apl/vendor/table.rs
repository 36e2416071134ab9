//! What a manufacturer's table says about a record.

use super::super::meaning::{Coding, Meaning};
use super::super::vib::meaning_of_vib;
use super::super::{DataRecord, Dib, Few, Qualifier, Quantity, Unit, data::Data};
use crate::wire::Reader;

/// What a manufacturer's codes say about a record.
pub(super) struct Said {
    /// Another meaning of the data; `None` where the VIF's own holds.
    meaning: Option<Meaning>,
    qualifiers: Few<Qualifier, 3>,
}

/// One line of a manufacturer's table: codes, and what the data behind them is.
pub(super) type Row = (&'static [u8], Meant);

/// What data is: quantity, unit, power of ten and coding.
#[derive(Clone, Copy)]
pub(super) struct Meant(Quantity, &'static Unit, i8, Coding);

impl Meant {
    /// A number in steps of 10^exponent.
    pub(super) const fn number(quantity: Quantity, unit: &'static Unit, exponent: i8) -> Self {
        Self(quantity, unit, exponent, Coding::Signed)
    }

    /// A bare number.
    pub(super) const fn count(quantity: Quantity) -> Self {
        Self(quantity, &Unit::None, 0, Coding::Unspecified)
    }

    /// Flags.
    pub(super) const fn flags(quantity: Quantity) -> Self {
        Self(quantity, &Unit::None, 0, Coding::Bits)
    }
}

impl Said {
    /// The meaning of the data changes.
    pub(super) fn meant(Meant(quantity, unit, exponent, coding): Meant) -> Self {
        let meaning = Meaning { quantity, unit, multiplier: 1, exponent, coding };
        Self { meaning: Some(meaning), qualifiers: Few::new() }
    }

    /// Only the unit and its quantity change: a register of the same layout for another kind of energy.
    pub(super) fn renamed(record: &DataRecord, quantity: Quantity, unit: &'static Unit) -> Option<Self> {
        let meaning = Meaning { quantity, unit, ..meaning_of(record)? };
        Some(Self { meaning: Some(meaning), qualifiers: Few::new() })
    }

    /// The data means what the VIF says.
    pub(super) const fn nothing() -> Self {
        Self { meaning: None, qualifiers: Few::new() }
    }

    /// Adds what else is said.
    pub(super) fn with(mut self, qualifier: Option<Qualifier>) -> Self {
        self.qualifiers.extend(qualifier);
        self
    }

    /// Reads the record's value again with what is said.
    pub(super) fn apply(self, record: &mut DataRecord) {
        record.qualifiers.extend(self.qualifiers.iter().copied());
        let Some(meaning) = self.meaning else { return };
        let dib = Dib::parse(&mut Reader::at(&record.raw, 0));
        let data = dib
            .and_then(|dib| Data::parse(dib.data_field, &mut Reader::at(&record.raw, record.header_length)));
        if let Ok(data) = data {
            record.value = data.value(&meaning);
            (record.quantity, record.unit) = (meaning.quantity, meaning.unit.clone());
        }
    }
}

/// Finds the codes in a table.
pub(super) fn find(rows: &[Row], codes: &[u8]) -> Option<Said> {
    let (_, meant) = rows.iter().find(|(of_row, _)| *of_row == codes)?;
    Some(Said::meant(*meant))
}

fn meaning_of(record: &DataRecord) -> Option<Meaning> {
    let mut header = Reader::at(&record.raw, 0);
    Dib::parse(&mut header).ok()?;
    meaning_of_vib(&mut header).ok()
}
