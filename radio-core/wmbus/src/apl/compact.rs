//! Compact frames: data whose record headers come from elsewhere (EN 13757-3, annex G).

use super::{Dib, RecordWarning, data::Data, vib::Vib};
use crate::crc::crc16;
use crate::wire::Reader;

/// Why a compact frame was not expanded.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// The headers are not those that the compact frame names.
    #[error("headers have signature {found:04X}, the compact frame names {expected:04X}")]
    Signature {
        /// The compact frame's signature.
        expected: u16,
        /// The headers' signature.
        found: u16,
    },
    /// A header is no DIB and VIB.
    #[error("header at byte {offset} is damaged: {fault}")]
    Header {
        /// Where the header begins.
        offset: usize,
        /// What is wrong with it.
        fault: RecordWarning,
    },
    /// There is less or more data than the headers describe.
    #[error("the data does not fit the headers")]
    DataLength,
    /// The CRC over the full records does not fit.
    #[error("CRC over the full records does not fit")]
    Crc,
}

/// Computes the format signature: the CRC over DIBs and VIBs without data. Sent low byte first.
pub fn format_signature(headers: &[u8]) -> u16 {
    crc16(headers)
}

/// Puts the headers of the records before their data, and verifies the result.
///
/// `signature` and `full_frame_crc` are the compact frame's, `data` is what follows them. Returns the
/// records of the full frame.
///
/// # Errors
/// Says whether headers, data or CRC do not belong together.
pub fn expand(
    signature: u16,
    full_frame_crc: u16,
    data: &[u8],
    headers: &[u8],
) -> Result<Vec<u8>, ExpandError> {
    let found = format_signature(headers);
    if found != signature {
        return Err(ExpandError::Signature { expected: signature, found });
    }
    let mut records = Vec::with_capacity(headers.len() + data.len());
    let mut headers_left = Reader::at(headers, 0);
    let mut data_left = Reader::at(data, 0);
    while !headers_left.rest().is_empty() {
        let offset = headers_left.position();
        let dib = Dib::parse(&mut headers_left).map_err(|fault| ExpandError::Header { offset, fault })?;
        Vib::parse(&mut headers_left).map_err(|fault| ExpandError::Header { offset, fault })?;
        records.extend_from_slice(headers.get(offset..headers_left.position()).unwrap_or_default());
        let start = data_left.position();
        Data::parse(dib.data_field, &mut data_left).map_err(|_| ExpandError::DataLength)?;
        records.extend_from_slice(data.get(start..data_left.position()).unwrap_or_default());
    }
    if !data_left.rest().is_empty() {
        return Err(ExpandError::DataLength);
    }
    if crc16(&records) == full_frame_crc { Ok(records) } else { Err(ExpandError::Crc) }
}
