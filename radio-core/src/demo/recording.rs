//! What was on the air while the houses were walked through.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use wmbus::MeterAddress;

use super::meter::Meter;
use super::meters::{METERS, NEIGHBOURS};
use crate::replay::write_line;
use crate::{LinkMode, ReceivedFrame};

/// The walk begins at 2026-01-07 09:00 UTC.
const START: i64 = 1_767_776_400;
/// Seconds after which the second house is entered.
const SECOND_HOUSE: u64 = 240;
/// Seconds between the first telegrams of neighbouring lines of the tour.
const SPACING: u64 = 8;
/// Seconds between two telegrams of a meter.
const INTERVAL: u64 = 64;
/// How much later the second receiver hands over what both heard.
const SECOND_RECEIVER: Duration = Duration::from_millis(40);

/// One line of the recording.
struct Entry {
    offset: Duration,
    line: String,
    sent: Sent,
}

/// Who sent what a line holds.
enum Sent {
    Own { meter: MeterAddress, frame: Vec<u8> },
    Foreign,
    Damaged,
}

/// The recording, in the order of the air.
pub(super) struct Recording(Vec<Entry>);

impl Recording {
    /// Records the walk.
    pub(super) fn of_walk() -> Self {
        let mut entries = Vec::new();
        for (index, meter) in METERS.iter().enumerate() {
            let entered = if meter.house == "14" { SECOND_HOUSE } else { 0 };
            let first = (entered + position_in_house(index, meter) * SPACING + 3) * 1_000;
            for number in 0..meter.sends() {
                let milliseconds = first + u64::from(number) * INTERVAL * 1_000 + 137 * index as u64 % 1_000;
                entries.extend(heard(meter, index, number, Duration::from_millis(milliseconds), true));
            }
        }
        for (index, neighbour) in NEIGHBOURS.iter().enumerate() {
            for number in 0..neighbour.sends() {
                let seconds = 20 + 31 * index as u64 + u64::from(number) * 2 * INTERVAL;
                entries.extend(heard(neighbour, index, number, Duration::from_secs(seconds), false));
            }
        }
        entries.extend(damaged(&entries));
        entries.sort_by_key(|entry| entry.offset);
        Self(entries)
    }

    /// Returns how many frames of the meter are in the recording, and how many different ones.
    pub(super) fn frames_of(&self, wanted: &Meter) -> (usize, usize) {
        let frames = || {
            self.0.iter().filter_map(|entry| match &entry.sent {
                Sent::Own { meter, frame } if Some(*meter) == wanted.address() => Some(frame),
                _ => None,
            })
        };
        (frames().count(), frames().collect::<BTreeSet<_>>().len())
    }

    /// Returns how many frames belong to no meter of the tour.
    pub(super) fn foreign_frames(&self) -> usize {
        self.0.iter().filter(|entry| matches!(entry.sent, Sent::Foreign)).count()
    }

    /// Returns how many lines hold no usable frame.
    pub(super) fn damaged_lines(&self) -> usize {
        self.0.iter().filter(|entry| matches!(entry.sent, Sent::Damaged)).count()
    }

    /// Returns the recording's lines.
    pub(super) fn into_text(self) -> String {
        self.0.into_iter().map(|entry| entry.line + "\n").collect()
    }
}

/// Returns how many lines of the tour stand before this one in its house.
fn position_in_house(index: usize, meter: &Meter) -> u64 {
    METERS.iter().take(index).filter(|other| other.house == meter.house).count() as u64
}

/// Returns what the receivers make of one telegram: every third meter is near enough for both.
fn heard(meter: &Meter, index: usize, number: u8, offset: Duration, own: bool) -> Vec<Entry> {
    let minute = u8::try_from(offset.as_secs() / 60).unwrap_or_default();
    let (Some(address), Some(frame)) = (meter.address(), meter.frame(number, minute)) else {
        debug_assert!(false, "the demonstration's meters can be encoded");
        return Vec::new();
    };
    let entry = |receiver: &str, offset: Duration, loss_db: i16| {
        let mut received = ReceivedFrame::new(frame.clone(), meter.frame_format);
        received.link_mode = Some(meter.link_mode);
        received.rssi_dbm = Some(-52 - (index as i16 * 11 + i16::from(number) * 3) % 41 - loss_db);
        received.received_at = Timestamp::new(START, 0)
            .and_then(|start| start.checked_add(jiff::SignedDuration::try_from(offset).unwrap_or_default()))
            .ok();
        received.offset = Some(offset);
        received.receiver = Some(receiver.to_owned());
        let sent =
            if own { Sent::Own { meter: address, frame: frame.bytes().to_vec() } } else { Sent::Foreign };
        Entry { offset, line: write_line(&received), sent }
    };
    let mut entries = vec![entry("left", offset, 0)];
    if index.is_multiple_of(3) {
        entries.push(entry("right", offset + SECOND_RECEIVER, 6));
    }
    entries
}

/// Returns a frame with a bit error, which its CRC betrays, and a line that was cut.
fn damaged(entries: &[Entry]) -> Vec<Entry> {
    let of_t1 = entries.iter().filter(|entry| entry.line.contains(LinkMode::T1.as_str()));
    let damage: [fn(&str) -> String; 2] = [with_bit_error, cut];
    of_t1
        .zip(damage)
        .map(|(entry, damage)| Entry {
            offset: entry.offset + Duration::from_secs(5),
            line: damage(&entry.line),
            sent: Sent::Damaged,
        })
        .collect()
}

/// Changes the last digit of the frame.
fn with_bit_error(line: &str) -> String {
    let Some((head, tail)) = line.split_once("\"hex\":\"").and_then(|(head, rest)| {
        rest.split_once('"').map(|(hex, tail)| (format!("{head}\"hex\":\"{hex}"), tail))
    }) else {
        return String::new();
    };
    let (kept, last) = head.split_at(head.len() - 1);
    let flipped = last.chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or_default() ^ 1;
    format!("{kept}{flipped:X}\"{tail}")
}

/// Drops the last third of the line.
fn cut(line: &str) -> String {
    line.chars().take(line.len() * 2 / 3).collect()
}
