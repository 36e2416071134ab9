//! Compact frames: data whose record headers come from elsewhere (EN 13757-3, annex G).

use super::records::{FILLER, MANUFACTURER_DATA, MANUFACTURER_DATA_MORE_FOLLOW};
use super::{DataRecord, Dib, RecordWarning, Source, data::Data, read_records, vib::meaning_of_vib};
use crate::crc::crc16;
use crate::meter::MeterAddress;
use crate::wire::Reader;
use alloc::vec::Vec;

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
pub const fn format_signature(headers: &[u8]) -> u16 {
    crc16(headers)
}

/// Puts the headers of the records before their data, and verifies the result.
///
/// `signature` and `full_frame_crc` are the compact frame's, `data` is what follows them; fillers at its
/// end do not count. Returns the records of the full frame.
///
/// # Errors
/// Says whether headers, data or CRC do not belong together.
pub fn expand(
    signature: u16,
    full_frame_crc: u16,
    data: &[u8],
    headers: &[u8],
) -> Result<Vec<u8>, ExpandError> {
    let records = join(signature, data, headers)?;
    if crc16(&records) == full_frame_crc { Ok(records) } else { Err(ExpandError::Crc) }
}

/// Puts the headers of the records before their data.
fn join(signature: u16, data: &[u8], headers: &[u8]) -> Result<Vec<u8>, ExpandError> {
    let found = format_signature(headers);
    if found != signature {
        return Err(ExpandError::Signature { expected: signature, found });
    }
    let mut records = Vec::with_capacity(headers.len() + data.len());
    let mut headers_left = Reader::at(headers, 0);
    let mut data_left = Reader::at(data, 0);
    while let Some(dif) = headers_left.peek() {
        let offset = headers_left.position();
        let start = data_left.position();
        if matches!(dif, MANUFACTURER_DATA | MANUFACTURER_DATA_MORE_FOLLOW) {
            records.push(dif);
            records.extend_from_slice(data_left.rest());
            data_left = Reader::at(data, data.len());
            break;
        }
        let dib = Dib::parse(&mut headers_left).map_err(|fault| ExpandError::Header { offset, fault })?;
        meaning_of_vib(&mut headers_left).map_err(|fault| ExpandError::Header { offset, fault })?;
        records.extend_from_slice(headers.get(offset..headers_left.position()).unwrap_or_default());
        Data::parse(dib.data_field, &mut data_left).map_err(|_| ExpandError::DataLength)?;
        records.extend_from_slice(data.get(start..data_left.position()).unwrap_or_default());
    }
    if data_left.rest().iter().any(|byte| *byte != FILLER) {
        return Err(ExpandError::DataLength);
    }
    Ok(records)
}

/// A compact frame in a telegram.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CompactFrame<'a> {
    pub(crate) signature: u16,
    pub(crate) full_frame_crc: u16,
    pub(crate) data: &'a [u8],
    /// Where the data begins in the frame.
    pub(crate) offset: usize,
}

impl CompactFrame<'_> {
    /// Reads the records that the data gives with these headers; `None` if they do not belong together.
    ///
    /// What comes out is where it was on the air: without headers, in the compact frame.
    pub(crate) fn records(&self, meter: Option<&MeterAddress>, headers: &[u8]) -> Option<Vec<DataRecord>> {
        let full = expand(self.signature, self.full_frame_crc, self.data, headers).ok()?;
        Some(self.read(meter, &full))
    }

    /// Reads the records although the CRC over the full ones does not fit: each says so.
    pub(crate) fn doubtful_records(
        &self,
        meter: Option<&MeterAddress>,
        headers: &[u8],
    ) -> Option<Vec<DataRecord>> {
        let full = join(self.signature, self.data, headers).ok()?;
        let mut records = self.read(meter, &full);
        records.iter_mut().for_each(|record| record.warnings.push(RecordWarning::FullFrameCrc));
        Some(records)
    }

    fn read(&self, meter: Option<&MeterAddress>, full: &[u8]) -> Vec<DataRecord> {
        let mut records = read_records(meter, full, 0..full.len());
        let (mut headers_before, mut data_at) = (0, self.offset);
        for record in &mut records {
            if record.source == Source::Transmitted {
                headers_before = record.offset + record.header_length + self.offset - data_at;
                record.raw.cut_front(record.header_length);
                data_at += record.raw.len();
                record.offset += record.header_length;
                record.header_length = 0;
                record.source = Source::Expanded;
            }
            record.offset = record.offset + self.offset - headers_before;
        }
        records
    }
}
