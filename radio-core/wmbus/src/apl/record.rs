//! One data record.

use std::fmt;

use super::{Function, Qualifier, Quantity, Unit};
use crate::hex::Hex;
use crate::value::Value;
use crate::wire::Ended;

/// A data record: one value with its description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataRecord {
    /// Where the record begins, counted from the L field of the frame without CRCs.
    pub offset: usize,
    /// The whole record as transmitted, decrypted.
    pub raw: Vec<u8>,
    /// How many bytes of `raw` come before LVAR and data: DIB and VIB.
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
    /// What VIFEs say beyond that.
    pub qualifiers: Vec<Qualifier>,
    /// What was not understood, or not as the standard has it.
    pub warnings: Vec<RecordWarning>,
}

impl DataRecord {
    /// Returns LVAR and data as transmitted.
    pub fn data(&self) -> &[u8] {
        self.raw.get(self.header_length..).unwrap_or_default()
    }

    /// Tells whether the record gives the plain value of its quantity: instantaneous, and with no
    /// qualifier that makes it something else, such as a limit or a rate.
    pub fn is_plain(&self) -> bool {
        self.function == Function::Instantaneous
            && !self.qualifiers.iter().any(|qualifier| qualifier.alters_quantity())
    }

    /// Keeps bytes that are no ordinary record.
    pub(super) fn raw(offset: usize, raw: &[u8], header_length: usize, quantity: Quantity) -> Self {
        Self {
            offset,
            raw: raw.to_vec(),
            header_length,
            quantity,
            unit: Unit::None,
            value: Value::Raw,
            storage_number: 0,
            tariff: 0,
            subunit: 0,
            function: Function::Instantaneous,
            qualifiers: Vec::new(),
            warnings: Vec::new(),
        }
    }
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
}

impl From<Ended> for RecordWarning {
    fn from(_: Ended) -> Self {
        Self::Truncated
    }
}
