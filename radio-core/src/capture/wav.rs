//! WAV files of SDR programs: I in the left channel, Q in the right one.
//!
//! Read by hand because a header of a few chunks is all there is to it: the samples stay a stream of bytes like any
//! other, also from a pipe whose length nobody knows yet. SDR# and HDSDR tell the centre in a chunk `auxi`.

use std::io::{self, Read};

use demodulator::SampleFormat;

use super::{CaptureError, Description};

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;
/// Longer chunks than this are skipped, not kept.
const KEPT: u64 = 4096;
/// A program that writes into a pipe does not know the length and writes the highest.
const UNKNOWN: u32 = u32::MAX;

/// What a WAV header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WavHeader {
    pub(super) description: Description,
    /// How many bytes of samples follow, if it is known.
    pub(super) data_bytes: Option<u64>,
}

/// Tells whether a file that begins so is a WAV file.
pub(super) fn is_wav(start: &[u8]) -> bool {
    matches!(start, [b'R', b'I' | b'F', b'F' | b'6', b'F' | b'4', _, _, _, _, b'W', b'A', b'V', b'E', ..])
}

/// Reads the chunks after the first twelve bytes up to the first sample.
pub(super) fn read_header(input: &mut impl Read) -> Result<WavHeader, CaptureError> {
    let mut coding = None;
    let mut center_hz = None;
    let mut long_data_bytes = None;
    loop {
        let missing = if coding.is_none() { "fmt" } else { "data" };
        let head: [u8; 8] =
            kept(input, 8)?.try_into().map_err(|_| CaptureError::WavChunk { chunk: missing })?;
        let [name @ .., l0, l1, l2, l3] = head;
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        if &name == b"data" {
            let Some((format, rate_hz)) = coding else { return Err(CaptureError::WavChunk { chunk: "fmt" }) };
            let description = Description { format: Some(format), rate_hz: Some(rate_hz), center_hz };
            let data_bytes = match length {
                0 | UNKNOWN => long_data_bytes,
                length => Some(u64::from(length)),
            };
            return Ok(WavHeader { description, data_bytes });
        }
        // A chunk of odd length is followed by a byte of nothing.
        let length = u64::from(length) + u64::from(length % 2);
        let content = kept(input, length.min(KEPT))?;
        io::copy(&mut input.take(length.saturating_sub(KEPT)), &mut io::sink())?;
        match &name {
            b"fmt " => coding = Some(coding_of(&content)?),
            b"auxi" => center_hz = u32_at(&content, 32).filter(|center_hz| *center_hz > 0),
            b"ds64" => long_data_bytes = u64_at(&content, 8).filter(|bytes| *bytes > 0),
            _ => {}
        }
    }
}

/// Reads so many bytes, or all that there are.
fn kept(input: &mut impl Read, length: u64) -> Result<Vec<u8>, CaptureError> {
    let mut content = Vec::new();
    input.take(length).read_to_end(&mut content)?;
    Ok(content)
}

/// Reads format and rate out of the chunk `fmt `.
fn coding_of(content: &[u8]) -> Result<(SampleFormat, u32), CaptureError> {
    let cut = CaptureError::WavChunk { chunk: "fmt" };
    let at = |index| u16_at(content, index);
    let (Some(tag), Some(channels), Some(rate_hz), Some(bits)) = (at(0), at(2), u32_at(content, 4), at(14))
    else {
        return Err(cut);
    };
    if channels != 2 {
        return Err(CaptureError::WavChannels { channels });
    }
    let coding = if tag == EXTENSIBLE { at(24).ok_or(cut)? } else { tag };
    let format = match (coding, bits) {
        (PCM, 8) => SampleFormat::Cu8,
        (PCM, 16) => SampleFormat::Cs16,
        (FLOAT, 32) => SampleFormat::Cf32,
        _ => return Err(CaptureError::WavCoding { coding, bits }),
    };
    Ok((format, rate_hz))
}

fn u16_at(content: &[u8], index: usize) -> Option<u16> {
    content.get(index..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(content: &[u8], index: usize) -> Option<u32> {
    content.get(index..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn u64_at(content: &[u8], index: usize) -> Option<u64> {
    content.get(index..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        let padding = vec![0; content.len() % 2];
        [name, length.as_slice(), content, &padding].concat()
    }

    fn fmt(tag: u16, channels: u16, rate_hz: u32, bits: u16) -> Vec<u8> {
        let [t0, t1] = tag.to_le_bytes();
        let [c0, c1] = channels.to_le_bytes();
        let [b0, b1] = bits.to_le_bytes();
        chunk(b"fmt ", &[&[t0, t1, c0, c1], &rate_hz.to_le_bytes()[..], &[0; 6], &[b0, b1]].concat())
    }

    #[test]
    fn an_sdr_programs_header_tells_format_rate_and_centre() {
        let mut auxi = vec![0; 164];
        auxi[32..36].copy_from_slice(&868_950_000_u32.to_le_bytes());
        let file = [
            fmt(PCM, 2, 1_600_000, 16),
            chunk(b"auxi", &auxi),
            chunk(b"LIST", &[1, 2, 3]),
            chunk(b"data", &[9; 8]),
        ]
        .concat();
        let mut input = file.as_slice();
        let header = read_header(&mut input).unwrap();
        let description = Description {
            format: Some(SampleFormat::Cs16),
            rate_hz: Some(1_600_000),
            center_hz: Some(868_950_000),
        };
        assert_eq!(header, WavHeader { description, data_bytes: Some(8) });
        assert_eq!(input, [9; 8], "what follows is samples");
    }

    #[test]
    fn a_header_from_a_pipe_has_no_length() {
        let mut file = fmt(PCM, 2, 2_400_000, 8);
        file.extend_from_slice(b"data\xFF\xFF\xFF\xFF");
        assert_eq!(read_header(&mut file.as_slice()).unwrap().data_bytes, None);
    }

    #[test]
    fn a_file_above_four_gigabytes_tells_its_length_apart() {
        let ds64 = [[0; 8], 5_000_000_000_u64.to_le_bytes(), [0; 8]].concat();
        let mut file = [chunk(b"ds64", &ds64), fmt(FLOAT, 2, 2_000_000, 32)].concat();
        file.extend_from_slice(b"data\xFF\xFF\xFF\xFF");
        assert_eq!(read_header(&mut file.as_slice()).unwrap().data_bytes, Some(5_000_000_000));
        assert!(is_wav(b"RF64\xFF\xFF\xFF\xFFWAVE"));
    }

    #[test]
    fn sound_is_no_capture() {
        let refused = |file: &[u8]| read_header(&mut &*file).unwrap_err();
        assert!(matches!(refused(&fmt(PCM, 1, 48_000, 16)), CaptureError::WavChannels { channels: 1 }));
        assert!(matches!(refused(&fmt(PCM, 2, 48_000, 24)), CaptureError::WavCoding { coding: 1, bits: 24 }));
        assert!(matches!(refused(&chunk(b"data", &[])), CaptureError::WavChunk { chunk: "fmt" }));
        assert!(matches!(refused(&fmt(PCM, 2, 48_000, 16)), CaptureError::WavChunk { chunk: "data" }));
    }
}
