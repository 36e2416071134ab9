//! Messages of the iU891A's host controller interface, in SLIP (RFC 1055).

use crate::receiver::session::Found;
use crate::receiver::x25::{crc16_x25, split_crc};

const END: u8 = 0xC0;
const ESCAPE: u8 = 0xDB;
const ESCAPED_END: u8 = 0xDC;
const ESCAPED_ESCAPE: u8 = 0xDD;
/// SAP, message and checksum.
const LEAST: usize = 4;
/// A telegram of 256 bytes with all around it, each byte escaped, is shorter.
const MOST: usize = 600;
/// So many END bytes wake the receiver up.
const WAKE_UP: usize = 30;

/// Is a message from the receiver, its checksum right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::receiver) struct Message {
    /// Which service of the receiver speaks: 1 management, 9 gateway.
    pub(super) sap: u8,
    /// What it says.
    pub(super) id: u8,
    /// What follows; in answers the first byte tells whether it was done.
    pub(super) payload: Vec<u8>,
}

/// Tells what lies at the front of what arrived. Everything up to an END is one message: the one before it may have
/// been lost, or be the END of the last message.
pub(super) fn find(bytes: &[u8]) -> Found<Message> {
    let Some(end) = bytes.iter().position(|byte| *byte == END) else {
        return if bytes.len() < MOST { Found::Part } else { Found::Noise { length: bytes.len() } };
    };
    if end == 0 {
        return Found::Filler { length: 1 };
    }
    let length = end + 1;
    let Some(body) = bytes.get(..end).and_then(unescape).filter(|body| body.len() >= LEAST) else {
        return Found::Noise { length };
    };
    match split_crc(&body) {
        Some(&[sap, id, ref payload @ ..]) => {
            Found::Message { length, message: Message { sap, id, payload: payload.to_vec() } }
        }
        _ => Found::Broken { length, skip: length },
    }
}

/// Builds a message to the receiver.
pub(super) fn request(sap: u8, id: u8, payload: &[u8]) -> Vec<u8> {
    let mut body = vec![sap, id];
    body.extend_from_slice(payload);
    body.extend(crc16_x25(&body).to_le_bytes());
    let mut bytes = vec![END];
    for byte in body {
        match byte {
            END => bytes.extend([ESCAPE, ESCAPED_END]),
            ESCAPE => bytes.extend([ESCAPE, ESCAPED_ESCAPE]),
            byte => bytes.push(byte),
        }
    }
    bytes.push(END);
    bytes
}

/// Puts before a message what wakes the receiver up.
pub(super) fn waking(request: &[u8]) -> Vec<u8> {
    let mut bytes = vec![END; WAKE_UP];
    bytes.extend_from_slice(request);
    bytes
}

fn unescape(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            &ESCAPE => match *bytes.next()? {
                ESCAPED_END => END,
                ESCAPED_ESCAPE => ESCAPE,
                _ => return None,
            },
            byte => *byte,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_the_documented_bytes() {
        // receivers.md §2.
        assert_eq!(request(0x01, 0x01, &[]), [0xC0, 0x01, 0x01, 0x16, 0x07, 0xC0]);
        assert_eq!(request(0x01, 0x03, &[]), [0xC0, 0x01, 0x03, 0x04, 0x24, 0xC0]);
        assert_eq!(request(0x09, 0x81, &[]), [0xC0, 0x09, 0x81, 0xDE, 0x4D, 0xC0]);
    }

    #[test]
    fn a_message_with_end_and_escape_in_it_comes_back_as_it_was() {
        let bytes = request(0x09, 0x20, &[0xC0, 0xDB, 0xDC, 0xDD, 0x00]);
        assert!(matches!(find(&bytes), Found::Filler { length: 1 }));
        let Found::Message { length, message } = find(&bytes[1..]) else { panic!("no message") };
        assert_eq!(length, bytes.len() - 1);
        assert_eq!((message.sap, message.id), (0x09, 0x20));
        assert_eq!(message.payload, [0xC0, 0xDB, 0xDC, 0xDD, 0x00]);
    }

    #[test]
    fn a_wrong_checksum_a_broken_escape_and_a_stump_are_told_apart() {
        assert!(matches!(find(&[0x01, 0x01, 0x16, 0x08, 0xC0]), Found::Broken { length: 5, skip: 5 }));
        assert!(matches!(find(&[0x01, 0xDB, 0x16, 0x08, 0xC0]), Found::Noise { length: 5 }));
        assert!(matches!(find(&[0x01, 0x01, 0xC0]), Found::Noise { length: 3 }));
        assert!(matches!(find(&[0x01, 0x01]), Found::Part));
        assert!(matches!(find(&[0x01; MOST]), Found::Noise { length: MOST }));
    }
}
