//! Lines of culfw.

use wmbus::FrameFormat;

use crate::receiver::session::Found;

/// Longer than the longest telegram with its CRCs, LQI and RSSI, in hexadecimal digits.
const MOST: usize = 700;

/// The digits of a telegram with nothing but a link layer and its CRC.
const LEAST: usize = 24;

/// Is a line from the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::receiver) enum Line {
    /// A telegram with its CRCs, and what is switched on behind it.
    Telegram {
        /// How it is arranged, where the line tells: only C mode has two formats.
        format: Option<FrameFormat>,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// The version of its firmware, such as `V 1.67 nanoCUL868`.
    Version(String),
    /// The letter of the mode in which it receives from now on.
    Mode(u8),
    /// It does not know a command.
    Unknown,
    /// Something else that it says.
    Other,
}

/// Tells what lies at the front of what arrived.
pub(super) fn find(bytes: &[u8]) -> Found<Line> {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
        return if bytes.len() < MOST { Found::Part } else { Found::Noise { length: bytes.len() } };
    };
    let length = end + 1;
    let text = bytes.get(..end).unwrap_or_default().trim_ascii();
    if text.is_empty() {
        return Found::Filler { length };
    }
    // What follows noise may still be a telegram.
    if let Some(last) = text.iter().rposition(|byte| !(b' '..=b'~').contains(byte)) {
        return Found::Noise { length: last + 1 };
    }
    if let Some(begin) = last_telegram(bytes.get(..end).unwrap_or_default()).filter(|begin| *begin > 0) {
        return Found::Noise { length: begin };
    }
    let message = match text {
        [b'b', telegram @ ..] => match telegram_line(telegram) {
            Some(line) => line,
            None => return Found::Noise { length },
        },
        [b'V', b' ', ..] => Line::Version(String::from_utf8_lossy(text).into_owned()),
        [mode @ (b'S' | b'T' | b'C'), b'M', b'O', b'D', b'E'] => Line::Mode(*mode),
        [b'?', ..] => Line::Unknown,
        _ => Line::Other,
    };
    Found::Message { length, message }
}

/// Returns where the last telegram of a line begins: what lost its end, and noise, may stand before it. Digits are
/// upper-case and the letter before them is not; a firmware that writes small digits has no second one.
fn last_telegram(line: &[u8]) -> Option<usize> {
    let begin = line.iter().rposition(|byte| *byte == b'b')?;
    let digits = match line.get(begin + 1..)? {
        [b'X' | b'Y', digits @ ..] | digits => digits.trim_ascii_end(),
    };
    let are_digits = digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
    // Decimal digits alone may be the end of a telegram in small digits.
    let are_capital = digits.iter().any(u8::is_ascii_uppercase);
    (digits.len() >= LEAST && are_digits && are_capital).then_some(begin)
}

fn telegram_line(text: &[u8]) -> Option<Line> {
    let (format, digits) = match text {
        [b'X', digits @ ..] => (Some(FrameFormat::A), digits),
        [b'Y', digits @ ..] => (Some(FrameFormat::B), digits),
        digits => (None, digits),
    };
    let bytes = crate::hex::parse(std::str::from_utf8(digits).ok()?).ok()?;
    Some(Line::Telegram { format, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        match find(text.as_bytes()) {
            Found::Message { length, message } => {
                assert_eq!(length, text.len());
                message
            }
            _ => panic!("no line: {text}"),
        }
    }

    #[test]
    fn lines_are_told_apart_by_their_first_letters() {
        assert_eq!(line("V 1.67 nanoCUL868\r\n"), Line::Version("V 1.67 nanoCUL868".to_owned()));
        assert_eq!(line("TMODE\r\n"), Line::Mode(b'T'));
        assert_eq!(line("? (brc is unknown) Use one of B b C F\r\n"), Line::Unknown);
        assert_eq!(line("LOVF\r\n"), Line::Other);
        assert_eq!(line("b0F44\r\n"), Line::Telegram { format: None, bytes: vec![0x0F, 0x44] });
        assert_eq!(
            line("bY0F44\r\n"),
            Line::Telegram { format: Some(FrameFormat::B), bytes: vec![0x0F, 0x44] }
        );
    }

    #[test]
    fn a_line_that_lost_its_end_does_not_take_the_next_one_with_it() {
        let telegram = "b0F44AE0C7856341201074447780B134365871E6D\r\n";
        for before in ["b0F44AE", "b0F44AE0C7856341201074447", "~Q", "TMO", "dec", "XYb"] {
            let bytes = format!("{before}{telegram}");
            let length = before.len();
            assert!(matches!(find(bytes.as_bytes()), Found::Noise { length: noise } if noise == length));
        }
        let Line::Telegram { bytes, .. } = line(&telegram.to_lowercase()) else { panic!("no telegram") };
        assert_eq!(bytes.len(), 20);
    }

    #[test]
    fn what_is_no_text_or_no_end_is_noise() {
        assert!(matches!(find(b"b0F\x804AE\r\n"), Found::Noise { length: 4 }));
        assert!(matches!(find(b"b0F4\r\n"), Found::Noise { length: 6 }));
        assert!(matches!(find(b"\r\n"), Found::Filler { length: 2 }));
        assert!(matches!(find(b"b0F44"), Found::Part));
        assert!(matches!(find(&[b'0'; MOST]), Found::Noise { length: MOST }));
    }
}
