//! Messages: `A5 | control and endpoint | message | length | payload | [time 4] | [RSSI] | [CRC 2]`.

use crate::checksum::x25;

const START: u8 = 0xA5;
const HEADER_BYTES: usize = 4;
const TIME_FLAG: u8 = 0x20;
const RSSI_FLAG: u8 = 0x40;
const CRC_FLAG: u8 = 0x80;
const RESERVED_FLAG: u8 = 0x10;

/// Is a request of the host.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(super) endpoint: u8,
    pub(super) message: u8,
    pub(super) payload: Vec<u8>,
}

/// Takes the next request out of what arrived, and skips what is none.
pub(super) fn take_request(arrived: &mut Vec<u8>) -> Option<Request> {
    loop {
        let start = arrived.iter().position(|byte| *byte == START).unwrap_or(arrived.len());
        arrived.drain(..start);
        let &[_, control, message, length, ..] = arrived.as_slice() else { return None };
        let behind = [(TIME_FLAG, 4), (RSSI_FLAG, 1), (CRC_FLAG, 2)]
            .iter()
            .filter_map(|(flag, bytes)| (control & flag != 0).then_some(*bytes))
            .sum::<usize>();
        let checked = HEADER_BYTES + usize::from(length) + behind;
        if control & RESERVED_FLAG != 0 || !(1..=4).contains(&(control & 0x0F)) {
            arrived.drain(..1);
            continue;
        }
        let whole = arrived.get(..checked)?.to_vec();
        if control & CRC_FLAG != 0 && !has_good_crc(&whole) {
            arrived.drain(..1);
            continue;
        }
        arrived.drain(..checked);
        let payload =
            whole.get(HEADER_BYTES..HEADER_BYTES + usize::from(length)).unwrap_or_default().to_vec();
        return Some(Request { endpoint: control & 0x0F, message, payload });
    }
}

/// Builds a message of the receiver; it always has a CRC, as the recorded ones do.
pub(super) fn build(
    endpoint: u8,
    message: u8,
    payload: &[u8],
    time: Option<u32>,
    rssi: Option<u8>,
) -> Vec<u8> {
    let flags = CRC_FLAG | time.map_or(0, |_| TIME_FLAG) | rssi.map_or(0, |_| RSSI_FLAG);
    let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![START, flags | endpoint, message, length];
    bytes.extend(payload.iter().take(usize::from(length)));
    bytes.extend(time.into_iter().flat_map(u32::to_le_bytes));
    bytes.extend(rssi);
    let crc = x25(bytes.get(1..).unwrap_or_default());
    bytes.extend(crc.to_le_bytes());
    bytes
}

fn has_good_crc(message: &[u8]) -> bool {
    message
        .split_last_chunk::<2>()
        .and_then(|(checked, crc)| Some((checked.get(1..)?, crc)))
        .is_some_and(|(checked, crc)| x25(checked).to_le_bytes() == *crc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_those_of_a_log() {
        assert_eq!(build(1, 0x02, &[], None, None), [0xA5, 0x81, 0x02, 0x00, 0x4C, 0xA3]);
        assert_eq!(build(1, 0x04, &[], None, None), [0xA5, 0x81, 0x04, 0x00, 0x9C, 0xF7]);
    }

    #[test]
    fn requests_are_found_between_other_bytes_with_and_without_a_crc() {
        let mut arrived = vec![0x00, 0xFF, 0xA5, 0x01, 0x01, 0x00, 0x42];
        arrived.extend(build(1, 0x0F, &[7], None, None));
        arrived.extend([0xA5, 0x01, 0x03, 0x02, 0x00]);
        let request = |message, payload| Some(Request { endpoint: 1, message, payload });
        assert_eq!(take_request(&mut arrived), request(0x01, vec![]));
        assert_eq!(take_request(&mut arrived), request(0x0F, vec![7]));
        assert_eq!(take_request(&mut arrived), None);
        arrived.push(0x99);
        assert_eq!(take_request(&mut arrived), request(0x03, vec![0x00, 0x99]));
    }

    #[test]
    fn a_request_with_a_wrong_crc_is_no_request() {
        let mut arrived = build(1, 0x01, &[], None, None);
        arrived[4] ^= 1;
        assert_eq!(take_request(&mut arrived), None);
    }
}
