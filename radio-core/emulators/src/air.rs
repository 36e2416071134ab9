//! What is in the air.

use std::io::BufRead;

use radio_core::ReceivedFrame;
use radio_core::replay::{Replay, ReplayError};
use wmbus::{FrameFormat, LinkMode};

use crate::checksum::crc_en13757;
use crate::family::Family;

/// Is one transmission of a meter, as an emulated receiver would hear it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AirTelegram {
    /// How it is sent.
    pub link_mode: LinkMode,
    /// How its bytes lie on the air.
    pub frame_format: FrameFormat,
    /// From the L field on, without CRCs; L counts what follows it here.
    pub bytes: Vec<u8>,
    /// How strong it arrives.
    pub rssi_dbm: i16,
}

/// What a receiver at a few metres says.
const USUAL_RSSI_DBM: i16 = -70;
const LINK_LAYER_BYTES: usize = 10;
const BLOCK_BYTES: usize = 16;
/// Where the first CRC of a long format B frame lies.
const FIRST_PART_B_BYTES: usize = 126;

impl AirTelegram {
    /// Makes a telegram of usual strength: mode C in format B if said so, all others in format A.
    pub fn new(link_mode: LinkMode, frame_format: FrameFormat, bytes: Vec<u8>) -> Self {
        Self { link_mode, frame_format, bytes, rssi_dbm: USUAL_RSSI_DBM }
    }

    /// Returns the bytes with the CRCs of their frame format, as they lie on the air.
    ///
    /// L of format B counts its CRCs (EN 13757-4, 12.4.3); a frame that is too long for that wraps around, as it
    /// could not be sent.
    pub fn with_crcs(&self) -> Vec<u8> {
        match self.frame_format {
            FrameFormat::B => self.format_b(),
            _ => self.format_a(),
        }
    }

    fn format_a(&self) -> Vec<u8> {
        let (first, rest) = self.bytes.split_at(self.bytes.len().min(LINK_LAYER_BYTES));
        let mut on_air = Vec::with_capacity(self.bytes.len() * 9 / 8 + 4);
        for block in std::iter::once(first).chain(rest.chunks(BLOCK_BYTES)) {
            append_with_crc(&mut on_air, block);
        }
        on_air
    }

    fn format_b(&self) -> Vec<u8> {
        let is_long = self.bytes.len() > FIRST_PART_B_BYTES;
        let mut counted = self.bytes.clone();
        if let Some(length) = counted.first_mut() {
            *length = length.wrapping_add(if is_long { 4 } else { 2 });
        }
        let (first, second) = counted.split_at(counted.len().min(FIRST_PART_B_BYTES));
        let mut on_air = Vec::with_capacity(counted.len() + 4);
        append_with_crc(&mut on_air, first);
        if is_long {
            append_with_crc(&mut on_air, second);
        }
        on_air
    }
}

impl From<&ReceivedFrame> for AirTelegram {
    /// Sends again what was received; what the recording does not say is T1 in format A.
    fn from(received: &ReceivedFrame) -> Self {
        let link_mode = received.link_mode.unwrap_or(LinkMode::T1);
        let is_b = received.frame_format == FrameFormat::B && Family::from(link_mode) == Family::C;
        Self {
            link_mode,
            frame_format: if is_b { FrameFormat::B } else { FrameFormat::A },
            bytes: received.frame.bytes().to_vec(),
            rssi_dbm: received.rssi_dbm.unwrap_or(USUAL_RSSI_DBM),
        }
    }
}

/// Reads the telegrams of a recording in any of the formats of [`radio_core::replay`].
///
/// # Errors
/// Names the first line that holds no telegram.
pub fn read_telegrams<R: BufRead>(recording: R) -> Result<Vec<AirTelegram>, ReplayError> {
    Replay::new(recording).map(|frame| frame.map(|frame| AirTelegram::from(&frame))).collect()
}

fn append_with_crc(on_air: &mut Vec<u8>, block: &[u8]) {
    on_air.extend_from_slice(block);
    on_air.extend_from_slice(&crc_en13757(block).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use wmbus::Frame;

    fn telegram(format: FrameFormat, length: u8) -> AirTelegram {
        let bytes =
            (0..=length).map(|index| if index == 0 { length } else { index.wrapping_mul(37) }).collect();
        AirTelegram::new(LinkMode::C1, format, bytes)
    }

    #[test]
    fn what_lies_on_the_air_reads_as_what_was_sent() {
        for format in [FrameFormat::A, FrameFormat::B] {
            for length in [10, 25, 26, 124, 125, 126, 127, 200, 251] {
                let sent = telegram(format, length);
                let read = Frame::parse(&sent.with_crcs(), format);
                assert_eq!(read.map(|frame| frame.bytes().to_vec()), Ok(sent.bytes), "{format:?} {length}");
            }
        }
    }

    #[test]
    fn a_recording_s_telegrams_are_sent_as_they_were_heard() {
        let recording = "T1;1;1;2019-04-03 19:00:42.000;97;148;33225544;0x1844AE4C4455223368077A55000000041389E20100023B0000\n";
        let telegrams = read_telegrams(recording.as_bytes()).unwrap();
        assert_eq!(telegrams.len(), 1);
        assert_eq!(telegrams[0].link_mode, LinkMode::T1);
        assert_eq!(telegrams[0].bytes[..4], [0x18, 0x44, 0xAE, 0x4C]);
    }
}
