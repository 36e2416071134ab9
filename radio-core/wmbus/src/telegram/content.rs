//! What a telegram carries behind its headers.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::{DecodeError, Warning};
use crate::apl::compact::CompactFrame;
use crate::apl::{
    DataRecord, FormatStore, Quantity, RecordWarning, Source, Unit, parse_records, read_records,
};
use crate::explain::Layer;
use crate::meter::MeterAddress;
use crate::tpl::{ApplicationKind, Ci, mode_name};
use crate::value::Value;
use crate::wire::{Ended, Reader};

/// What a telegram carries behind its headers.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Data records.
    Records(Vec<DataRecord>),
    /// Encrypted, and not opened; the reason says why.
    Sealed(SealedReason),
    /// A piece of a message; the pieces are to be put together first.
    Fragment {
        /// The piece's number, from 1.
        number: u8,
        /// Whether more pieces follow.
        more: bool,
        /// What follows the authentication and fragmentation layer.
        data: Vec<u8>,
    },
    /// Data without record headers, see [`crate::apl::compact::expand`].
    Compact {
        /// The signature of the headers that belong to the data.
        signature: u16,
        /// The CRC over the full records.
        full_frame_crc: u16,
        /// The data of all records, in order.
        data: Vec<u8>,
    },
    /// Record headers without data: what compact frames refer to.
    Format {
        /// The signature of the headers, as the frame gives it.
        signature: u16,
        /// DIB and VIB of all records, in order.
        headers: Vec<u8>,
    },
    /// The manufacturer's own layout.
    Manufacturer {
        /// The CI field, A0 to B7.
        ci: u8,
        /// What follows it.
        data: Vec<u8>,
    },
    /// Nothing, as in an access telegram.
    Empty,
    /// The meter reports that it cannot do what it was asked.
    ApplicationError {
        /// The error code; `None` where error records take its place.
        code: Option<u8>,
        /// Error records.
        records: Vec<DataRecord>,
    },
    /// Something that is named but not interpreted.
    Unsupported {
        /// The CI field.
        ci: u8,
        /// What it stands for.
        name: &'static str,
        /// What follows the headers.
        data: Vec<u8>,
    },
}

impl Content {
    /// Returns a stable name of the kind of content.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Records(_) => "records",
            Self::Sealed(_) => "sealed",
            Self::Fragment { .. } => "fragment",
            Self::Compact { .. } => "compact",
            Self::Format { .. } => "format",
            Self::Manufacturer { .. } => "manufacturer",
            Self::Empty => "empty",
            Self::ApplicationError { .. } => "application_error",
            Self::Unsupported { .. } => "unsupported",
        }
    }

    /// Returns the data records; none where the content has no records or is sealed.
    pub fn records(&self) -> &[DataRecord] {
        match self {
            Self::Records(records) | Self::ApplicationError { records, .. } => records,
            _ => &[],
        }
    }

    /// Reads the content behind the headers; `bytes` end where the content ends.
    pub(super) fn read(
        ci: Ci,
        meter: Option<&MeterAddress>,
        bytes: &[u8],
        start: usize,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, DecodeError> {
        let data = bytes.get(start..).unwrap_or_default();
        let cut_off = |ended: Ended| DecodeError::ended(Layer::Apl, ended);
        Ok(match ci.application() {
            ApplicationKind::Records if data.is_empty() => Self::Empty,
            ApplicationKind::Records => Self::Records(read_records(meter, bytes, start..bytes.len())),
            ApplicationKind::CompactFrame => {
                let mut reader = Reader::at(bytes, start + leading_fillers(data));
                let signature = reader.u16().map_err(cut_off)?;
                let full_frame_crc = reader.u16().map_err(cut_off)?;
                let (data, offset) = (reader.rest(), reader.position());
                let frame = CompactFrame { signature, full_frame_crc, data, offset };
                match FormatStore::new().records(&frame, meter) {
                    Some(records) => {
                        warnings.extend(compact_doubt(&records));
                        Self::Records(records)
                    }
                    None => Self::Compact { signature, full_frame_crc, data: data.to_vec() },
                }
            }
            ApplicationKind::FormatFrame => {
                let mut reader = Reader::at(bytes, start + leading_fillers(data));
                let length = usize::from(reader.u8().map_err(cut_off)?);
                let signature = reader.u16().map_err(cut_off)?;
                let headers = reader.slice(length.saturating_sub(2)).map_err(cut_off)?.to_vec();
                Self::Format { signature, headers }
            }
            ApplicationKind::Error => application_error(bytes, start),
            ApplicationKind::Alarm => alarm(data, start),
            ApplicationKind::Nothing => {
                if !data.is_empty() {
                    warnings.push(Warning::UnexpectedContent { count: data.len() });
                }
                Self::Empty
            }
            ApplicationKind::Manufacturer => Self::Manufacturer { ci: ci.0, data: data.to_vec() },
            ApplicationKind::Other => {
                let name = if is_sml(data) { "SML" } else { ci.name() };
                Self::Unsupported { ci: ci.0, name, data: data.to_vec() }
            }
        })
    }
}

/// Says that a compact frame is doubtful whose records say so.
pub(super) fn compact_doubt(records: &[DataRecord]) -> Option<Warning> {
    let is_doubtful = |record: &DataRecord| record.warnings.contains(&RecordWarning::FullFrameCrc);
    records.iter().any(is_doubtful).then_some(Warning::FullFrameCrc)
}

/// Counts the fillers that security modes 5 and 7 put before what they encrypt; no format signature is
/// written like them.
pub(super) fn leading_fillers(data: &[u8]) -> usize {
    const FILLERS: [u8; 2] = [0x2F; 2];
    if data.starts_with(&FILLERS) { FILLERS.len() } else { 0 }
}

/// Tells whether data is a file of the smart message language, whatever CI field it has: those of OBIS
/// and DLMS are used for it.
fn is_sml(data: &[u8]) -> bool {
    const ESCAPE_AND_VERSION_1: [u8; 8] = [0x1B, 0x1B, 0x1B, 0x1B, 0x01, 0x01, 0x01, 0x01];
    data.get(leading_fillers(data)..).is_some_and(|file| file.starts_with(&ESCAPE_AND_VERSION_1))
}

/// Reads an alarm report: the state of the meter's alarms as flags (EN 13757-3, report of alarm status).
fn alarm(data: &[u8], start: usize) -> Content {
    const MOST_FLAGS: usize = 8;
    if data.is_empty() {
        return Content::Empty;
    }
    let value = match data.len() {
        1..=MOST_FLAGS => {
            Value::Flags(data.iter().rev().fold(0, |flags, byte| flags << 8 | u64::from(*byte)))
        }
        _ => Value::Raw,
    };
    let meant = (Quantity::AlarmFlags, Unit::None);
    Content::Records(vec![DataRecord::derived(Source::Expanded, (start, data), meant, value)])
}

/// Some meters send error records instead of a code, which they mark with F0.
pub(super) const RECORDS_INSTEAD_OF_CODE: u8 = 0xF0;

fn application_error(bytes: &[u8], start: usize) -> Content {
    match bytes.get(start).copied() {
        Some(RECORDS_INSTEAD_OF_CODE) => {
            Content::ApplicationError { code: None, records: parse_records(bytes, start + 1..bytes.len()) }
        }
        code => Content::ApplicationError { code, records: Vec::new() },
    }
}

/// Returns the text of an application error code (EN 13757-3, application errors).
pub const fn application_error_name(code: u8) -> &'static str {
    match code {
        0 => "unspecified error",
        1 => "unimplemented CI field",
        2 => "buffer too long, truncated",
        3 => "too many records",
        4 => "premature end of record",
        5 => "more than ten DIFEs",
        6 => "more than ten VIFEs",
        8 => "application too busy for handling readout request",
        9 => "too many readouts",
        _ => "reserved",
    }
}

/// Why a telegram's content could not be opened.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealedReason {
    /// No key is known for the meter.
    NoKey,
    /// None of the known keys opens the content, or it is damaged.
    WrongKey,
    /// The security mode is not supported.
    UnsupportedMode(u8),
    /// The encryption of the extended link layer is not supported; the standard knows only 1.
    UnsupportedEllEncryption(u8),
    /// The key opens the content, but the MAC does not fit: the telegram was altered or damaged.
    MacFailed,
}

impl SealedReason {
    /// Returns the stable name: `no_key`, `wrong_key`, `unsupported_mode` or `mac_failed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoKey => "no_key",
            Self::WrongKey => "wrong_key",
            Self::UnsupportedMode(_) | Self::UnsupportedEllEncryption(_) => "unsupported_mode",
            Self::MacFailed => "mac_failed",
        }
    }
}

impl fmt::Display for SealedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKey => f.write_str("no key known for this meter"),
            Self::WrongKey => f.write_str("no known key opens it"),
            Self::UnsupportedMode(mode) => {
                write!(f, "security mode {mode} ({}) is not supported", mode_name(*mode))
            }
            Self::UnsupportedEllEncryption(encryption) => {
                write!(f, "encryption {encryption} of the extended link layer is not supported")
            }
            Self::MacFailed => f.write_str("MAC does not fit"),
        }
    }
}
