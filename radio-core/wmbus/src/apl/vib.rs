//! The value information block: VIF, VIFEs and plain text (EN 13757-3, 6.4).

use super::{
    DataRecord, Qualifier, Quantity, RecordWarning, Unit,
    dib::MOST_EXTENSIONS,
    meaning::{Coding, Meaning},
    vif::primary,
    vif_fb::extension_fb,
    vif_fd::{extension_fd, extension_fd_fd},
    vife::{vife, vife_fc},
};
use crate::wire::Reader;
use alloc::string::String;

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

/// Stands for the unit that a meter spells out.
static SPELLED_OUT: Unit = Unit::PlainText(String::new());

/// Reads a value information block that is more than the primary VIF before the reader, or unknown.
///
/// Quantity, unit, qualifiers and warnings go into the record, which has none yet; what is said about the
/// data is returned.
pub(super) fn read_vib(
    vif: u8,
    reader: &mut Reader<'_>,
    record: &mut DataRecord,
) -> Result<Meaning, RecordWarning> {
    let extended = vif & EXTENSION != 0;
    let Vib { meaning, record } = match vif & CODE {
        TABLE_FB if extended => Vib::from_table(extension_fb, reader, record)?,
        TABLE_FD if extended => Vib::from_table_fd(reader, record)?,
        TABLE_EF if extended => Vib::from_table(|_| None, reader, record)?,
        PLAIN_TEXT => Vib::with_plain_text(extended, reader, record)?,
        MANUFACTURER => {
            let meaning = Meaning::unspecified(Quantity::ManufacturerSpecific);
            let mut vib = Vib::new(Some(meaning), record);
            vib.extensions(extended, true, reader)?;
            vib
        }
        code => {
            let mut vib = Vib::new(primary(code), record);
            vib.extensions(extended, false, reader)?;
            vib
        }
    };
    record.quantity = meaning.quantity;
    if *meaning.unit != SPELLED_OUT {
        record.unit = meaning.unit.clone();
    }
    Ok(meaning)
}

/// Reads a value information block for the sake of what it says about the data.
pub(super) fn meaning_of_vib(reader: &mut Reader<'_>) -> Result<Meaning, RecordWarning> {
    let vif = reader.u8()?;
    match primary(vif) {
        Some(meaning) => Ok(meaning),
        None => {
            let mut record = DataRecord::BLANK;
            read_vib(vif, reader, &mut record)
        }
    }
}

/// A value information block while it is read.
struct Vib<'r> {
    meaning: Meaning,
    record: &'r mut DataRecord,
}

impl<'r> Vib<'r> {
    /// Starts from what the VIF means; a VIF without meaning keeps the number that the DIF says.
    fn new(meaning: Option<Meaning>, record: &'r mut DataRecord) -> Self {
        if meaning.is_none() {
            record.warnings.push(RecordWarning::UnknownVif);
        }
        Self { meaning: meaning.unwrap_or(Meaning::unspecified(Quantity::Unknown)), record }
    }

    fn from_table(
        table: impl Fn(u8) -> Option<Meaning>,
        reader: &mut Reader<'_>,
        record: &'r mut DataRecord,
    ) -> Result<Self, RecordWarning> {
        let code = reader.u8()?;
        let mut vib = Self::new(table(code & CODE), record);
        vib.extensions(code & EXTENSION != 0, false, reader)?;
        Ok(vib)
    }

    fn from_table_fd(reader: &mut Reader<'_>, record: &'r mut DataRecord) -> Result<Self, RecordWarning> {
        if reader.peek() == Some(TABLE_FD | EXTENSION) {
            reader.u8()?;
            return Self::from_table(extension_fd_fd, reader, record);
        }
        Self::from_table(extension_fd, reader, record)
    }

    /// Reads a VIF that spells out its unit.
    ///
    /// The standard puts VIFEs before the text, but meters exist that put the text first. It is taken as
    /// first when that many printable characters follow.
    fn with_plain_text(
        extended: bool,
        reader: &mut Reader<'_>,
        record: &'r mut DataRecord,
    ) -> Result<Self, RecordWarning> {
        let mut vib = Self::new(Some(Meaning::number(Quantity::PlainText, &SPELLED_OUT, 0)), record);
        let text_first = !extended || starts_with_text(reader);
        if text_first {
            vib.record.unit = plain_text(reader)?;
        }
        vib.extensions(extended, false, reader)?;
        if !text_first {
            vib.record.unit = plain_text(reader)?;
            vib.meaning.unit = &SPELLED_OUT;
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
                code if of_manufacturer => self.record.qualifiers.push(Qualifier::Manufacturer(code)),
                // With nothing behind it, the data is the manufacturer's and no code says of which kind.
                MANUFACTURER if byte & EXTENSION == 0 => {
                    self.record.qualifiers.push(Qualifier::Manufacturer(MANUFACTURER));
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
            Qualifier::Offset(_) => self.record.warnings.push(RecordWarning::OffsetNotApplied),
            Qualifier::NonMetricUnit => {
                self.meaning.unit = match self.meaning.unit {
                    Unit::Celsius | Unit::Kelvin => &Unit::Fahrenheit,
                    _ => &Unit::NonMetric,
                };
            }
            Qualifier::AlternativeNonMetricUnit => self.meaning.unit = &Unit::NonMetric,
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
                self.record.warnings.push(RecordWarning::UnknownVife(code));
            }
            moment if moment.is_moment() => self.meaning = Meaning::moment(self.meaning.quantity),
            _ => {}
        }
        self.record.qualifiers.push(qualifier);
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
