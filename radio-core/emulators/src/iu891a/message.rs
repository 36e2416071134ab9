//! Messages: `service | message | [status] | payload | CRC`.

use super::slip;
use crate::checksum::x25;

/// Is a request of the host.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(super) service: u8,
    pub(super) message: u8,
    pub(super) payload: Vec<u8>,
}

/// Takes the next request with a good CRC out of what arrived.
pub(super) fn take_request(arrived: &mut Vec<u8>) -> Option<Request> {
    loop {
        let message = slip::take_message(arrived)?;
        let Some((checked, crc)) = message.split_last_chunk::<2>() else { continue };
        if x25(checked).to_le_bytes() != *crc {
            continue;
        }
        if let [service, message, payload @ ..] = checked {
            return Some(Request { service: *service, message: *message, payload: payload.to_vec() });
        }
    }
}

/// Builds a message of the receiver.
pub(super) fn build(service: u8, message: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = [&[service, message], rest].concat();
    let crc = x25(&bytes);
    bytes.extend(crc.to_le_bytes());
    slip::wrap(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_requests_are_understood() {
        let mut arrived = vec![0xC0, 0x01, 0x01, 0x16, 0x07, 0xC0, 0xC0, 0x01, 0x03, 0x04, 0x24, 0xC0];
        arrived.extend([0xC0, 0x09, 0x81, 0xDE, 0x4C, 0xC0]);
        let request = |service, message| Some(Request { service, message, payload: vec![] });
        assert_eq!(take_request(&mut arrived), request(0x01, 0x01));
        assert_eq!(take_request(&mut arrived), request(0x01, 0x03));
        // One bit of the last one's CRC is wrong: 4C for 4D.
        assert_eq!(take_request(&mut arrived), None);
    }
}
