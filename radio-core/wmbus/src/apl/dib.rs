//! The data information block: DIF and DIFE (EN 13757-3, 6.3).

use core::fmt;

use super::RecordWarning;
use crate::names::named_enum;
use crate::wire::Reader;

named_enum! {
    /// Of which kind a value is.
    pub enum Function {
        Instantaneous = "instantaneous",
        Maximum = "maximum",
        Minimum = "minimum",
        DuringError = "during_error",
    }
}

/// How many data bytes follow, and how they are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataField {
    /// No data: codes 0 and 8 (selection for readout).
    Nothing,
    /// A binary number of so many bytes.
    Integer(usize),
    /// A 32-bit real.
    Real,
    /// Binary coded decimal of so many bytes.
    Bcd(usize),
    /// The data's first byte (LVAR) tells length and coding.
    Variable,
}

/// The data information block of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dib {
    /// The data field.
    pub data_field: DataField,
    /// The function.
    pub function: Function,
    /// The storage number: 0 is now, 1 usually the due date.
    pub storage_number: u64,
    /// The tariff.
    pub tariff: u32,
    /// The subunit.
    pub subunit: u32,
}

const EXTENSION: u8 = 0x80;
/// More extension bytes than these are against the standard.
pub(super) const MOST_EXTENSIONS: usize = 10;

impl Dib {
    /// Reads DIF and DIFEs; special functions (low nibble F) are no DIB.
    ///
    /// It is part of its callers: its result is of many small fields, that would go through memory.
    #[inline(always)]
    pub(super) fn parse(reader: &mut Reader<'_>) -> Result<Self, RecordWarning> {
        let dif = reader.u8()?;
        let mut dib = Self {
            data_field: data_field(dif).ok_or(RecordWarning::ReservedDif(dif))?,
            function: function(dif),
            storage_number: u64::from(dif >> 6 & 1),
            tariff: 0,
            subunit: 0,
        };
        let mut more = dif & EXTENSION != 0;
        let mut index = 0;
        while more {
            if index == MOST_EXTENSIONS {
                return Err(RecordWarning::TooManyDife);
            }
            let dife = reader.u8()?;
            dib.storage_number |= u64::from(dife & 0xF) << (1 + 4 * index);
            dib.tariff |= u32::from(dife >> 4 & 3) << (2 * index);
            dib.subunit |= u32::from(dife >> 6 & 1) << index;
            more = dife & EXTENSION != 0;
            index += 1;
        }
        Ok(dib)
    }
}

impl fmt::Display for DataField {
    /// Writes such as `32-bit integer` or `8-digit BCD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("no data"),
            Self::Integer(bytes) => write!(f, "{}-bit integer", 8 * bytes),
            Self::Real => f.write_str("32-bit real"),
            Self::Bcd(bytes) => write!(f, "{}-digit BCD", 2 * bytes),
            Self::Variable => f.write_str("variable length"),
        }
    }
}

impl fmt::Display for Dib {
    /// Writes such as `8-digit BCD, instantaneous, storage 1`; tariff and subunit where they are not 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, storage {}", self.data_field, self.function, self.storage_number)?;
        for (name, number) in [("tariff", self.tariff), ("subunit", self.subunit)] {
            if number != 0 {
                write!(f, ", {name} {number}")?;
            }
        }
        Ok(())
    }
}

fn function(dif: u8) -> Function {
    match dif >> 4 & 3 {
        0 => Function::Instantaneous,
        1 => Function::Maximum,
        2 => Function::Minimum,
        _ => Function::DuringError,
    }
}

fn data_field(dif: u8) -> Option<DataField> {
    Some(match dif & 0xF {
        0x0 | 0x8 => DataField::Nothing,
        length @ 0x1..=0x4 => DataField::Integer(usize::from(length)),
        0x5 => DataField::Real,
        0x6 => DataField::Integer(6),
        0x7 => DataField::Integer(8),
        0xE => DataField::Bcd(6),
        length @ 0x9..=0xC => DataField::Bcd(usize::from(length) - 8),
        0xD => DataField::Variable,
        _ => return None,
    })
}
