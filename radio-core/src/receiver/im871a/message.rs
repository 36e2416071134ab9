//! Messages of the iM871A's host controller interface: cutting them out of what arrives, and building them.

use crate::receiver::session::Found;
use crate::receiver::x25::split_crc;

const START: u8 = 0xA5;
/// Start, control and endpoint, message, length.
const HEADER: usize = 4;
const CRC: usize = 2;
const TIMESTAMP: usize = 4;

/// Bits of the control field, which tell what follows the payload.
mod control {
    pub(super) const RESERVED: u8 = 0x10;
    pub(super) const TIMESTAMP: u8 = 0x20;
    pub(super) const RSSI: u8 = 0x40;
    pub(super) const CRC: u8 = 0x80;
}

/// Is a message from the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::receiver) struct Message {
    /// Which part of the receiver speaks: 1 device management, 2 radio link, 3 and 4 tests.
    pub(super) endpoint: u8,
    /// What it says.
    pub(super) id: u8,
    pub(super) payload: Vec<u8>,
    /// The receiver's own clock, in its own units.
    pub(super) timestamp: Option<u32>,
    /// Signal strength in its own units.
    pub(super) rssi: Option<u8>,
    /// Whether a checksum was there; it fitted then.
    pub(super) is_checked: bool,
}

/// Tells what lies at the front of what arrived. Messages without a checksum are taken only while
/// `accepts_unchecked`.
pub(super) fn find(bytes: &[u8], accepts_unchecked: bool) -> Found<Message> {
    match bytes.iter().position(|byte| *byte == START) {
        Some(0) => {}
        Some(length) => return Found::Noise { length },
        None => return Found::Noise { length: bytes.len() },
    }
    let &[_, field, ..] = bytes else { return Found::Part };
    let endpoint = field & 0x0F;
    let is_checked = field & control::CRC != 0;
    if field & control::RESERVED != 0 || !(1..=4).contains(&endpoint) || !(is_checked || accepts_unchecked) {
        return Found::Noise { length: 1 };
    }
    let &[_, _, id, payload_length, ref rest @ ..] = bytes else { return Found::Part };
    let optional = |bit, length| if field & bit == 0 { 0 } else { length };
    let payload_length = usize::from(payload_length);
    let timestamp_length = optional(control::TIMESTAMP, TIMESTAMP);
    let length =
        HEADER + payload_length + timestamp_length + optional(control::RSSI, 1) + optional(control::CRC, CRC);
    let Some(whole) = bytes.get(1..length) else { return Found::Part };
    if is_checked && split_crc(whole).is_none() {
        // A message may begin within what only looked like one.
        return Found::Broken { length, skip: 1 };
    }
    let behind = rest.get(payload_length..).unwrap_or_default();
    let message = Message {
        endpoint,
        id,
        payload: rest.get(..payload_length).unwrap_or_default().to_vec(),
        timestamp: behind
            .first_chunk()
            .filter(|_| timestamp_length > 0)
            .map(|bytes| u32::from_le_bytes(*bytes)),
        rssi: behind.get(timestamp_length).copied().filter(|_| field & control::RSSI != 0),
        is_checked,
    };
    Found::Message { length, message }
}

/// Builds a message to the receiver: nothing follows the payload, which the receiver accepts.
pub(super) fn request(endpoint: u8, id: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![START, endpoint, id, length];
    bytes.extend(payload.iter().take(usize::from(length)));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> (usize, Message) {
        match find(bytes, false) {
            Found::Message { length, message } => (length, message),
            _ => panic!("no message: {bytes:02X?}"),
        }
    }

    #[test]
    fn the_answer_to_a_ping_is_a_message_without_a_payload() {
        // From a log (receivers.md §1).
        let (length, message) = message(&[0xA5, 0x81, 0x02, 0x00, 0x4C, 0xA3, 0xA5]);
        assert_eq!((length, message.endpoint, message.id), (6, 1, 2));
        assert_eq!((message.payload.len(), message.timestamp, message.rssi), (0, None, None));
        assert!(message.is_checked);
    }

    #[test]
    fn time_stamp_and_rssi_follow_the_payload_in_this_order() {
        let mut bytes = vec![0xA5, 0xE2, 0x03, 0x01, 0x44, 0x04, 0x03, 0x02, 0x01, 0x8C];
        let crc = crate::receiver::x25::crc16_x25(&bytes[1..]);
        bytes.extend(crc.to_le_bytes());
        let (length, message) = message(&bytes);
        assert_eq!(length, bytes.len());
        assert_eq!(message.payload, [0x44]);
        assert_eq!((message.timestamp, message.rssi), (Some(0x0102_0304), Some(0x8C)));
    }

    #[test]
    fn every_beginning_of_a_message_is_a_part_of_one() {
        let bytes = [0xA5, 0x81, 0x02, 0x00, 0x4C, 0xA3];
        for end in 1..bytes.len() {
            assert!(matches!(find(&bytes[..end], false), Found::Part), "{end}");
        }
    }

    #[test]
    fn a_wrong_checksum_a_reserved_bit_and_noise_are_told_apart() {
        assert!(matches!(
            find(&[0xA5, 0x81, 0x02, 0x00, 0x4C, 0xA4], false),
            Found::Broken { length: 6, skip: 1 }
        ));
        assert!(matches!(find(&[0xA5, 0x91, 0x02, 0x00], false), Found::Noise { length: 1 }));
        assert!(matches!(find(&[0x00, 0x11, 0xA5, 0x81], false), Found::Noise { length: 2 }));
    }

    #[test]
    fn a_message_without_a_checksum_is_taken_only_where_that_is_allowed() {
        let bytes = [0xA5, 0x01, 0x02, 0x00];
        assert!(matches!(find(&bytes, true), Found::Message { length: 4, .. }));
        assert!(matches!(find(&bytes, false), Found::Noise { length: 1 }));
    }
}
