//! The value information block: VIF, VIFEs and plain text (EN 13757-3, 6.4).

use super::{
    Qualifier, Quantity, RecordWarning, Unit,
    dib::MOST_EXTENSIONS,
    meaning::{Coding, Meaning},
    vif::primary,
    vif_fb::extension_fb,
    vif_fd::{extension_fd, extension_fd_fd},
    vife::{vife, vife_fc},
};
use crate::wire::Reader;
use alloc::vec;
use alloc::vec::Vec;

const EXTENSION: u8 = 0x80;
const CODE: u8 = 0x7F;
const TABLE_FB: u8 = 0x7B;
const TABLE_FC: u8 = 0x7C;
const TABLE_FD: u8 = 0x7D;
const TABLE_EF: u8 = 0x6F;
const PLAIN_TEXT: u8 = 0x7C;
const MANUFACTURER: u8 = 0x7F;
/// Plain-text units are short; the number keeps binary data from being taken for one.
const LONGEST_PLAIN_TEXT: u8 = 32;

/// The value information block of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vib {
    pub(super) meaning: Meaning,
    pub(super) qualifiers: Vec<Qualifier>,
    pub(super) warnings: Vec<RecordWarning>,
}

impl Vib {
    pub(super) fn parse(reader: &mut Reader<'_>) -> Result<Self, RecordWarning> {
        let vif = reader.u8()?;
        let extended = vif & EXTENSION != 0;
        match vif & CODE {
            TABLE_FB if extended => Self::from_table(extension_fb, reader),
            TABLE_FD if extended => Self::from_table_fd(reader),
            TABLE_EF if extended => Self::from_table(|_| None, reader),
            PLAIN_TEXT => Self::with_plain_text(extended, reader),
            MANUFACTURER => {
                let mut vib = Self::new(Some(Meaning::unspecified(Quantity::ManufacturerSpecific)));
                vib.extensions(extended, true, reader)?;
                Ok(vib)
            }
            code => {
                let mut vib = Self::new(primary(code));
                vib.extensions(extended, false, reader)?;
                Ok(vib)
            }
        }
    }

    /// Starts from what the VIF means; a VIF without meaning keeps the number that the DIF says.
    fn new(meaning: Option<Meaning>) -> Self {
        let warnings = if meaning.is_none() { vec![RecordWarning::UnknownVif] } else { Vec::new() };
        let meaning = meaning.unwrap_or(Meaning::unspecified(Quantity::Unknown));
        Self { meaning, qualifiers: Vec::new(), warnings }
    }

    fn from_table(
        table: impl Fn(u8) -> Option<Meaning>,
        reader: &mut Reader<'_>,
    ) -> Result<Self, RecordWarning> {
        let code = reader.u8()?;
        let mut vib = Self::new(table(code & CODE));
        vib.extensions(code & EXTENSION != 0, false, reader)?;
        Ok(vib)
    }

    fn from_table_fd(reader: &mut Reader<'_>) -> Result<Self, RecordWarning> {
        if reader.peek() == Some(TABLE_FD | EXTENSION) {
            reader.u8()?;
            return Self::from_table(extension_fd_fd, reader);
        }
        Self::from_table(extension_fd, reader)
    }

    /// Reads a VIF that spells out its unit.
    ///
    /// The standard puts VIFEs before the text, but meters exist that put the text first. It is taken as
    /// first when that many printable characters follow.
    fn with_plain_text(extended: bool, reader: &mut Reader<'_>) -> Result<Self, RecordWarning> {
        let mut vib = Self::new(Some(Meaning::number(Quantity::PlainText, Unit::None, 0)));
        let text_first = !extended || starts_with_text(reader);
        if text_first {
            vib.meaning.unit = plain_text(reader)?;
        }
        vib.extensions(extended, false, reader)?;
        if !text_first {
            vib.meaning.unit = plain_text(reader)?;
        }
        Ok(vib)
    }

    fn extensions(
        &mut self,
        mut more: bool,
        mut of_manufacturer: bool,
        reader: &mut Reader<'_>,
    ) -> Result<(), RecordWarning> {
        let mut count = 0;
        while more {
            if count == MOST_EXTENSIONS {
                return Err(RecordWarning::TooManyVife);
            }
            count += 1;
            let mut byte = reader.u8()?;
            match byte & CODE {
                code if of_manufacturer => self.qualifiers.push(Qualifier::Manufacturer(code)),
                // With nothing behind it, the data is the manufacturer's and no code says of which kind.
                MANUFACTURER if byte & EXTENSION == 0 => {
                    self.qualifiers.push(Qualifier::Manufacturer(MANUFACTURER));
                }
                MANUFACTURER => of_manufacturer = true,
                TABLE_FC if byte & EXTENSION != 0 => {
                    byte = reader.u8()?;
                    self.apply(byte & CODE, vife_fc(byte & CODE));
                }
                code => {
                    if let Some(qualifier) = vife(code) {
                        self.apply(code, qualifier);
                    }
                }
            }
            more = byte & EXTENSION != 0;
        }
        Ok(())
    }

    /// Lets a qualifier change what the data means.
    fn apply(&mut self, code: u8, qualifier: Qualifier) {
        match qualifier {
            Qualifier::Scaled(exponent) => {
                self.meaning.exponent = self.meaning.exponent.saturating_add(exponent);
            }
            Qualifier::Offset(_) => self.warnings.push(RecordWarning::OffsetNotApplied),
            Qualifier::NonMetricUnit => {
                self.meaning.unit = match self.meaning.unit {
                    Unit::Celsius | Unit::Kelvin => Unit::Fahrenheit,
                    _ => Unit::NonMetric,
                };
            }
            Qualifier::AlternativeNonMetricUnit => self.meaning.unit = Unit::NonMetric,
            Qualifier::LimitExceedCount(_) => {
                self.meaning = Meaning::unsigned(self.meaning.quantity);
            }
            Qualifier::LimitExceedDuration(_) | Qualifier::Duration(_) => {
                self.meaning = Meaning::duration(self.meaning.quantity, Unit::duration(code));
            }
            Qualifier::CompactProfile
            | Qualifier::CompactProfileWithRegisters
            | Qualifier::InverseCompactProfile => self.meaning.coding = Coding::Opaque,
            Qualifier::Unknown(code) | Qualifier::UnknownExtension(code) => {
                self.warnings.push(RecordWarning::UnknownVife(code));
            }
            moment if moment.is_moment() => self.meaning = Meaning::moment(self.meaning.quantity),
            _ => {}
        }
        self.qualifiers.push(qualifier);
    }
}

fn starts_with_text(reader: &Reader<'_>) -> bool {
    let Some((&length @ 1..=LONGEST_PLAIN_TEXT, text)) = reader.rest().split_first() else { return false };
    text.get(..usize::from(length))
        .is_some_and(|text| text.iter().all(|&byte| !char::from(byte).is_control()))
}

fn plain_text(reader: &mut Reader<'_>) -> Result<Unit, RecordWarning> {
    let length = reader.u8()?;
    let text = reader.slice(usize::from(length))?;
    Ok(Unit::PlainText(text.iter().rev().copied().map(char::from).collect()))
}
