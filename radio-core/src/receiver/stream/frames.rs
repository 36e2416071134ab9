//! Frames as bare bytes, one behind the other or one a datagram.

use std::ops::RangeInclusive;
use std::time::Duration;

use wmbus::crc::crc16;
use wmbus::{Frame, FrameFormat};

use super::Hearing;
use crate::ReceivedFrame;
use crate::receiver::{Driver, Event, LinkModes, Now, Reject, Transmit};

/// L, C, M and A, which every frame has.
const LINK_LAYER: usize = 10;
const CRC: usize = 2;
const BLOCK: usize = 16;

/// L fields of frames that carry anything.
const LENGTHS: RangeInclusive<u8> = 10..=255;

/// C fields with which a meter speaks on its own: SND-NR, SND-IR, ACC-NR, ACC-DMD, and the answer RSP-UD.
const CONTROL_FIELDS: [u8; 5] = [0x44, 0x46, 0x47, 0x48, 0x08];

/// How long the rest of a frame may take. At 9,600 baud the longest one takes 0.3 s.
const WITHIN_A_FRAME: Duration = Duration::from_millis(500);

/// Reads frames without anything around them, with the block CRCs of format A, those of format B or none.
///
/// Bytes in which nothing looks like the beginning of a frame are skipped.
#[derive(Debug)]
pub struct FrameDriver {
    /// Never more than the longest frame and one read.
    bytes: Vec<u8>,
    is_skipping: bool,
    /// When the last byte came, while a frame is incomplete.
    arrived_at: Option<Duration>,
    hearing: Hearing,
}

impl FrameDriver {
    /// Begins to read.
    pub fn new() -> Self {
        Self { bytes: Vec::new(), is_skipping: false, arrived_at: None, hearing: Hearing::new("frames") }
    }

    /// Takes all frames that are whole; `is_all` tells that no byte will be added to them.
    fn read(&mut self, is_all: bool, now: Now) {
        let mut start = 0;
        while let Some(rest) = self.bytes.get(start..).filter(|rest| !rest.is_empty()) {
            match frame_at(rest, is_all) {
                Found::Frame(frame, format, length) => {
                    self.is_skipping = false;
                    self.hearing.frame(ReceivedFrame::new(frame, format), now);
                    start += length;
                }
                Found::Incomplete => break,
                Found::Nothing(reject) => {
                    // What is skipped is told once, however long it is.
                    if !std::mem::replace(&mut self.is_skipping, true) {
                        self.hearing.reject(reject);
                    }
                    start += 1;
                }
            }
        }
        self.bytes.drain(..start.min(self.bytes.len()));
        if is_all {
            self.is_skipping = false;
        }
    }
}

impl Default for FrameDriver {
    fn default() -> Self {
        Self::new()
    }
}

impl Driver for FrameDriver {
    fn handle_input(&mut self, bytes: &[u8], now: Now) {
        self.bytes.extend_from_slice(bytes);
        self.read(false, now);
        self.arrived_at = (!self.bytes.is_empty()).then_some(now.monotonic);
    }

    fn handle_end(&mut self, now: Now) {
        self.read(true, now);
        self.arrived_at = None;
    }

    fn handle_timeout(&mut self, now: Now) {
        if self.arrived_at.is_some_and(|at| now.monotonic.saturating_sub(at) >= WITHIN_A_FRAME) {
            self.handle_end(now);
        }
        self.hearing.handle_timeout(now);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        None
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.hearing.poll_event()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let rest = self.arrived_at.map(|at| at.saturating_add(WITHIN_A_FRAME));
        [rest, self.hearing.poll_timeout()].into_iter().flatten().min()
    }

    fn set_link_modes(&mut self, _modes: LinkModes, _now: Now) {}
}

/// What stands at the beginning of bytes.
enum Found {
    /// A frame that takes so many bytes.
    Frame(Frame, FrameFormat, usize),
    /// What may be a frame, when more has arrived.
    Incomplete,
    /// No frame.
    Nothing(Reject),
}

fn frame_at(bytes: &[u8], is_all: bool) -> Found {
    let incomplete = if is_all { Found::Nothing(Reject::Length) } else { Found::Incomplete };
    match bytes {
        [length, ..] if !LENGTHS.contains(length) => return Found::Nothing(Reject::Garbage),
        [_, control, ..] if !CONTROL_FIELDS.contains(control) => return Found::Nothing(Reject::Garbage),
        [_] => return incomplete,
        _ => {}
    }
    let Some(first_block) = bytes.get(..LINK_LAYER + CRC) else { return incomplete };
    let length = usize::from(bytes.first().copied().unwrap_or_default()) + 1;
    let (header, crc) = first_block.split_at(LINK_LAYER);
    let is_format_a = crc == crc16(header).to_be_bytes();
    let needed = if is_format_a { length_with_crcs(length) } else { length };
    let Some(frame) = bytes.get(..needed) else { return incomplete };
    let parsed = if is_format_a {
        Frame::parse(frame, FrameFormat::A).map(|frame| (frame, FrameFormat::A))
    } else {
        Frame::detect(frame)
    };
    match parsed {
        Ok((frame, format)) => Found::Frame(frame, format, needed),
        Err(_) => Found::Nothing(Reject::Crc),
    }
}

/// Returns how many bytes a frame of so many has with the CRCs of format A.
fn length_with_crcs(length: usize) -> usize {
    let blocks = length.saturating_sub(LINK_LAYER).div_ceil(BLOCK);
    length + CRC * (blocks + 1)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    /// EN 13757-4, annex examples: T1 without CRCs and with those of format A, C1 in format B.
    const T1: &str = "0F44AE0C785634120107780B13436587";
    const T1_FORMAT_A: &str = "0F44AE0C7856341201074447780B134365871E6D";
    const C1_FORMAT_B: &str = "1444AE0C7856341201078C2027780B134365877AC5";

    fn at(milliseconds: u64) -> Now {
        Now { monotonic: Duration::from_millis(milliseconds), wall: Timestamp::UNIX_EPOCH }
    }

    /// Returns the frames of bytes, and how often something was skipped.
    fn heard(driver: &mut FrameDriver) -> (Vec<FrameFormat>, usize) {
        let (mut formats, mut rejects) = (Vec::new(), 0);
        while let Some(event) = driver.poll_event() {
            match event {
                Event::Frame(frame) => {
                    assert!(matches!(frame.frame.bytes().len(), 16 | 19));
                    formats.push(frame.frame_format);
                }
                Event::Rejected(_) => rejects += 1,
                _ => {}
            }
        }
        (formats, rejects)
    }

    #[test]
    fn frames_of_all_layouts_are_read_one_behind_the_other_however_they_are_split() {
        let bytes = crate::hex::parse(&[T1, T1_FORMAT_A, C1_FORMAT_B, T1].concat()).unwrap();
        let formats = vec![FrameFormat::WithoutCrc, FrameFormat::A, FrameFormat::B, FrameFormat::WithoutCrc];
        for step in 1..=bytes.len() {
            let mut driver = FrameDriver::new();
            for part in bytes.chunks(step) {
                driver.handle_input(part, at(0));
            }
            assert_eq!(heard(&mut driver), (formats.clone(), 0), "in steps of {step}");
        }
    }

    #[test]
    fn garbage_before_and_between_frames_is_skipped_and_told_once_each() {
        let bytes = crate::hex::parse(&["FFFF0000", T1, "123456", T1].concat()).unwrap();
        let mut driver = FrameDriver::new();
        driver.handle_input(&bytes, at(0));
        assert_eq!(heard(&mut driver), (vec![FrameFormat::WithoutCrc; 2], 2));
    }

    #[test]
    fn a_frame_that_was_cut_off_does_not_swallow_the_next_one() {
        let bytes = crate::hex::parse(T1).unwrap();
        let mut driver = FrameDriver::new();
        driver.handle_input(bytes.get(..9).unwrap(), at(0));
        assert_eq!(driver.poll_timeout(), Some(Duration::ZERO));
        driver.handle_timeout(at(0));
        assert_eq!(driver.poll_timeout(), Some(Duration::from_millis(500)));
        driver.handle_timeout(at(500));
        driver.handle_input(&bytes, at(600));
        assert_eq!(heard(&mut driver), (vec![FrameFormat::WithoutCrc], 1));
    }
}
