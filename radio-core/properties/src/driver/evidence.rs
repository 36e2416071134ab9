//! Whether a receiver said a frame. Written from receivers.md alone: nothing of a driver is used.

use radio_core::receiver::Kind;
use wmbus::{Frame, FrameFormat};

use super::answers::crc16_x25;

/// Tells whether a whole message in `said`, its checksum right where it has one, holds `frame`.
pub(super) fn is_evidence(kind: Kind, said: &[u8], frame: &[u8]) -> bool {
    let telegram = &frame[1..];
    match kind {
        Kind::Im871a => (0..said.len()).any(|at| im871a(&said[at..]) == Some(telegram)),
        Kind::Iu891a => said.split(|byte| *byte == 0xC0).any(|body| {
            slip(body).is_some_and(|body| body.get(11..body.len().saturating_sub(2)) == Some(telegram))
        }),
        Kind::Amb8465 => (0..said.len()).any(|at| amb8465(&said[at..], telegram)),
        Kind::Rc1180 => (0..said.len()).any(|at| counted(&said[at..], telegram).is_some()),
        Kind::Cul => said.split(|byte| *byte == b'\n').any(|line| cul(line, frame)),
        _ => false,
    }
}

/// Returns the payload of a received telegram with which `bytes` begin.
fn im871a(bytes: &[u8]) -> Option<&[u8]> {
    let &[0xA5, field, 0x03, length, ref rest @ ..] = bytes else { return None };
    let behind = [(0x20, 4), (0x40, 1)].iter().filter(|(bit, _)| field & bit != 0).map(|(_, n)| n).sum();
    let payload = rest.get(..usize::from(length)).filter(|_| field & 0x0F == 2)?;
    let crc = rest.get(usize::from(length)..)?.get::<std::ops::RangeFrom<usize>>(behind..)?;
    let covered = bytes.get(1..4 + usize::from(length) + behind)?;
    let fits = field & 0x80 == 0 || crc.get(..2) == Some(&crc16_x25(covered).to_le_bytes()[..]);
    fits.then_some(payload)
}

/// Unescapes a received telegram; none if its checksum does not fit.
fn slip(body: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            0xDB if bytes.as_slice().first() == Some(&0xDC) => plain.push(0xC0),
            0xDB if bytes.as_slice().first() == Some(&0xDD) => plain.push(0xDB),
            0xDB => return None,
            byte => {
                plain.push(*byte);
                continue;
            }
        }
        bytes.next();
    }
    let (covered, crc) = plain.split_last_chunk::<2>()?;
    let is_received = covered.starts_with(&[0x09, 0x20]) && crc16_x25(covered).to_le_bytes() == *crc;
    is_received.then_some(plain)
}

/// Tells whether `bytes` begin with a telegram in a command whose checksum fits, or with a bare one.
fn amb8465(bytes: &[u8], telegram: &[u8]) -> bool {
    match bytes {
        [0xFF, 0x03, rest @ ..] => counted(rest, telegram).is_some_and(|length| {
            let sum = bytes[..2 + length].iter().fold(0, |sum, byte| sum ^ byte);
            bytes.get(2 + length) == Some(&sum)
        }),
        bytes => counted(bytes, telegram).is_some(),
    }
}

/// Returns how many bytes a telegram takes with which `bytes` begin, after a byte that counts it and perhaps the
/// signal strength behind it.
fn counted(bytes: &[u8], telegram: &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first()?;
    let length = usize::from(*length);
    let fits = rest.starts_with(telegram) && (length == telegram.len() || length == telegram.len() + 1);
    (fits && rest.len() >= length).then_some(length + 1)
}

/// Tells whether a line holds the frame with CRCs that fit.
fn cul(line: &[u8], frame: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    text.char_indices().filter(|(_, letter)| *letter == 'b').any(|(at, _)| {
        let digits = text[at + 1..].trim_start_matches(['X', 'Y']).trim_end();
        let bytes: Option<Vec<u8>> = (0..digits.len() / 2)
            .map(|byte| digits.get(2 * byte..2 * byte + 2).and_then(|two| u8::from_str_radix(two, 16).ok()))
            .collect();
        bytes.is_some_and(|bytes| {
            [FrameFormat::A, FrameFormat::B]
                .into_iter()
                .any(|format| Frame::parse(&bytes, format).is_ok_and(|whole| whole.bytes() == frame))
        })
    })
}
