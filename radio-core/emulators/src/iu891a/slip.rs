//! SLIP (RFC 1055): how a stream of bytes is cut into messages.

const END: u8 = 0xC0;
const ESCAPE: u8 = 0xDB;
const ESCAPED_END: u8 = 0xDC;
const ESCAPED_ESCAPE: u8 = 0xDD;

/// Frames a message.
pub(super) fn wrap(message: &[u8]) -> Vec<u8> {
    let mut bytes = vec![END];
    for byte in message {
        match *byte {
            END => bytes.extend([ESCAPE, ESCAPED_END]),
            ESCAPE => bytes.extend([ESCAPE, ESCAPED_ESCAPE]),
            byte => bytes.push(byte),
        }
    }
    bytes.push(END);
    bytes
}

/// Takes the next message that is not empty out of what arrived.
pub(super) fn take_message(arrived: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        let end = arrived.iter().position(|byte| *byte == END)?;
        let framed: Vec<u8> = arrived.drain(..=end).take(end).collect();
        if !framed.is_empty() {
            return Some(unescape(&framed));
        }
    }
}

fn unescape(framed: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(framed.len());
    let mut bytes = framed.iter();
    while let Some(byte) = bytes.next() {
        match *byte {
            ESCAPE => match bytes.next() {
                Some(&ESCAPED_END) => message.push(END),
                Some(&ESCAPED_ESCAPE) => message.push(ESCAPE),
                // No SLIP: its CRC will not fit.
                other => message.extend(other),
            },
            byte => message.push(byte),
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_byte_passes_and_ends_between_messages_are_nothing() {
        let all: Vec<u8> = (0..=255).collect();
        let mut arrived = vec![END; 30];
        arrived.extend(wrap(&all));
        arrived.extend(wrap(&[1, 2]));
        assert_eq!(take_message(&mut arrived), Some(all));
        assert_eq!(take_message(&mut arrived), Some(vec![1, 2]));
        assert_eq!(take_message(&mut arrived), None);
    }
}
