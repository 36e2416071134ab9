//! One data record.

use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use super::{DataField, Dib, Few, Function, Qualifier, Quantity, RawBytes, Unit};
use crate::hex::Hex;
use crate::value::{Timestamp, Value};
use crate::wire::{Ended, Reader};

/// Where a record comes from.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Source {
    /// The meter sent it as a data record.
    #[default]
    Transmitted,
    /// It is a value within a record of the standard: a compact profile, or a compact frame's data.
    Expanded,
    /// It is a value within bytes of a manufacturer's own layout of this name.
    Layout(&'static str),
}

impl Source {
    /// Returns the stable name: `transmitted`, `expanded` or `layout`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transmitted => "transmitted",
            Self::Expanded => "expanded",
            Self::Layout(_) => "layout",
        }
    }
}

/// A data record: one value with its description.
///
/// Beside the records that the meter sent there are those that lie within others: the values of a
/// compact profile or of a manufacturer's block. They follow the record that holds them, and
/// [`Self::source`] tells them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataRecord {
    /// Where the record, or the bytes that it was derived from, begin, counted from the L field of the
    /// frame without CRCs.
    pub offset: usize,
    /// The whole record as transmitted, decrypted; of a derived record the bytes that its value lies in.
    pub raw: RawBytes,
    /// How many bytes of `raw` come before LVAR and data: DIB and VIB; 0 for a derived record.
    pub header_length: usize,
    /// What the value measures or says.
    pub quantity: Quantity,
    /// The unit of a number.
    pub unit: Unit,
    /// The value.
    pub value: Value,
    /// The storage number: 0 is now, 1 usually the due date.
    pub storage_number: u64,
    /// The tariff; 0 is the total.
    pub tariff: u32,
    /// The subunit.
    pub subunit: u32,
    /// Whether the value is instantaneous, a maximum, a minimum or of an error state.
    pub function: Function,
    /// When the value was taken, where the record itself tells it, as a profile does.
    pub date: Option<Timestamp>,
    /// What VIFEs say beyond that.
    pub qualifiers: Few<Qualifier, 3>,
    /// What was not understood, or not as the standard has it.
    pub warnings: Few<RecordWarning, 6>,
    /// Whether the meter sent the record as such, or it lies within another.
    pub source: Source,
}

impl DataRecord {
    /// Makes the record of a value that lies within other bytes: storage 0, no tariff, no qualifier.
    ///
    /// `raw` are the bytes that hold the value, `offset` is where they stand in the frame.
    pub fn derived(
        source: Source,
        (offset, raw): (usize, &[u8]),
        (quantity, unit): (Quantity, Unit),
        value: Value,
    ) -> Self {
        Self { source, unit, value, ..Self::raw(offset, raw, 0, quantity) }
    }

    /// Tells whether the record lies within bytes of another one.
    pub fn is_derived(&self) -> bool {
        self.source != Source::Transmitted
    }

    /// Returns LVAR and data as transmitted.
    pub fn data(&self) -> &[u8] {
        self.raw.get(self.header_length..).unwrap_or_default()
    }

    /// Returns how the data is coded; `None` of a record that came without DIB.
    pub(crate) fn data_field(&self) -> Option<DataField> {
        let dib = (self.header_length > 0).then(|| Dib::parse(&mut Reader::at(&self.raw, 0)))?;
        dib.ok().map(|dib| dib.data_field)
    }

    /// Tells whether the record gives the plain value of its quantity: instantaneous, and with no
    /// qualifier that makes it something else, such as a limit or a rate.
    pub fn is_plain(&self) -> bool {
        self.function == Function::Instantaneous
            && !self.qualifiers.iter().any(|qualifier| qualifier.alters_quantity())
    }

    /// Tells whether the bytes are no whole record: they and all behind them are kept raw.
    pub fn is_damaged(&self) -> bool {
        self.quantity == Quantity::Unknown
            && self.header_length == 0
            && !self.is_derived()
            && !self.warnings.is_empty()
    }

    /// Keeps bytes that are no ordinary record.
    pub(crate) fn raw(offset: usize, raw: &[u8], header_length: usize, quantity: Quantity) -> Self {
        Self { offset, raw: raw.into(), header_length, quantity, ..Self::BLANK }
    }

    /// A record that has nothing yet. As a constant it is copied at once, where a function would write one
    /// small field after the other.
    pub(super) const BLANK: Self = Self {
        offset: 0,
        raw: RawBytes::EMPTY,
        header_length: 0,
        quantity: Quantity::Unknown,
        unit: Unit::None,
        value: Value::Raw,
        storage_number: 0,
        tariff: 0,
        subunit: 0,
        function: Function::Instantaneous,
        date: None,
        qualifiers: Few::new(),
        warnings: Few::new(),
        source: Source::Transmitted,
    };
}

impl fmt::Display for DataRecord {
    /// Writes such as `volume 28504.27 m³ (storage 1, maximum)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.quantity)?;
        match &self.value {
            Value::Raw => write!(f, " {}", Hex(self.data()))?,
            Value::Number(number) if self.unit != Unit::None => write!(f, " {number} {}", self.unit)?,
            value => write!(f, " {value}")?,
        }
        let numbers = [
            ("storage", self.storage_number),
            ("tariff", u64::from(self.tariff)),
            ("subunit", u64::from(self.subunit)),
        ];
        let mut notes: Vec<String> =
            numbers.iter().filter(|(_, n)| *n != 0).map(|(name, n)| format!("{name} {n}")).collect();
        if self.function != Function::Instantaneous {
            notes.push(self.function.to_string());
        }
        notes.extend(self.date.map(|date| format!("at {date}")));
        notes.extend(self.qualifiers.iter().map(Qualifier::to_string));
        if notes.is_empty() { Ok(()) } else { write!(f, " ({})", notes.join(", ")) }
    }
}

/// What was not understood in a record, or is not as the standard has it.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RecordWarning {
    /// The telegram ends within the record; the bytes are kept raw.
    #[error("record is cut off")]
    Truncated,
    /// The DIF is reserved: where the next record would begin is not known, the rest is kept raw.
    #[error("reserved DIF {0:02X}")]
    ReservedDif(u8),
    /// LVAR is reserved: the length of the data is not known, the rest is kept raw.
    #[error("reserved LVAR {0:02X}")]
    ReservedLvar(u8),
    /// More than ten DIFEs; the rest is kept raw.
    #[error("more than ten DIFEs")]
    TooManyDife,
    /// More than ten VIFEs; the rest is kept raw.
    #[error("more than ten VIFEs")]
    TooManyVife,
    /// The VIF is reserved or unknown; the number is given as the DIF codes it.
    #[error("unknown VIF")]
    UnknownVif,
    /// A VIFE is reserved or unknown; it may change what the value means.
    #[error("unknown VIFE {0:02X}")]
    UnknownVife(u8),
    /// An additive correction was not applied; see [`Qualifier::Offset`].
    #[error("additive correction not applied")]
    OffsetNotApplied,
    /// A compact profile of differences without the value that they go on from; it is kept raw.
    #[error("profile without base value")]
    ProfileWithoutBase,
    /// A compact profile with reserved codes, or columns of an array; it is kept raw.
    #[error("profile not expanded")]
    ProfileNotExpanded,
    /// The meter marks the time as invalid, as long as its clock was not set.
    #[error("time marked as invalid by the meter")]
    ClockInvalid,
    /// The century that the meter writes lies after 2099; it was taken as the present one.
    #[error("century of the date taken as the present one")]
    CenturyAssumed,
    /// The record comes from a compact frame whose format is known, but whose CRC does not fit.
    #[error("CRC over the full records of the compact frame does not fit")]
    FullFrameCrc,
}

impl From<Ended> for RecordWarning {
    fn from(_: Ended) -> Self {
        Self::Truncated
    }
}
