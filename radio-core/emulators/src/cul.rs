//! CUL and nanoCUL with culfw, which speak in lines (receivers.md §5).

use std::fmt::Write as _;
use std::time::Duration;

use wmbus::FrameFormat;

use crate::family::Family;
use crate::{AirTelegram, Emulator, Heard, rssi};

/// Is set in the argument of `X`: LQI and RSSI follow each telegram.
const APPENDS_RSSI: u8 = 0x20;
const LQI: u8 = 64;
/// What a nanoCUL takes in at most, with CRCs; the rest of a longer telegram is lost.
const MOST_NANO_BYTES: usize = 148;
/// A nanoCUL starts anew when its port is opened.
const NANO_BOOT: Duration = Duration::from_millis(100);
const LONGEST_LINE: usize = 128;

/// Emulates a CUL or a nanoCUL.
#[derive(Debug)]
pub struct Cul {
    is_nano: bool,
    hears: Hears,
    report: u8,
    line: Vec<u8>,
    deaf_until: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hears {
    Nothing,
    S,
    T,
    C,
    CAndT,
}

impl Cul {
    /// Makes a CUL, which hears one mode at a time.
    pub fn new() -> Self {
        Self {
            is_nano: false,
            hears: Hears::Nothing,
            report: 0,
            line: Vec::new(),
            deaf_until: Duration::ZERO,
        }
    }

    /// Makes a nanoCUL, which hears T while it hears C, cuts long telegrams off and starts anew when its port is
    /// opened.
    pub fn nano() -> Self {
        Self { is_nano: true, ..Self::new() }
    }

    fn answer(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        let (hears, answer) = match line {
            b"" => return None,
            b"V" if self.is_nano => return Some(b"V 1.67 nanoCUL868\r\n".to_vec()),
            b"V" => return Some(b"V 1.67 CUL868\r\n".to_vec()),
            b"brs" => (Hears::S, "SMODE\r\n"),
            b"brt" => (Hears::T, "TMODE\r\n"),
            b"brc" if self.is_nano => (Hears::CAndT, "CMODE\r\n"),
            b"brc" => (Hears::C, "CMODE\r\n"),
            [b'X', digits @ ..] => {
                let report =
                    std::str::from_utf8(digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                self.report = report.unwrap_or(self.report);
                return None;
            }
            [b'b', b's', ..] => return None,
            unknown => {
                // Its firmware takes the line for a text that ends at the first zero.
                let text = unknown.split(|byte| *byte == 0).next().unwrap_or_default();
                return Some([b"? (", text, b" is unknown)\r\n"].concat());
            }
        };
        self.hears = hears;
        Some(answer.as_bytes().to_vec())
    }

    fn is_heard(&self, family: Family) -> bool {
        match self.hears {
            Hears::Nothing => false,
            Hears::S => family == Family::S,
            Hears::T => family == Family::T,
            Hears::C => family == Family::C,
            Hears::CAndT => matches!(family, Family::T | Family::C),
        }
    }
}

impl Default for Cul {
    fn default() -> Self {
        Self::new()
    }
}

impl Emulator for Cul {
    fn lose_power(&mut self) {
        *self = Self { is_nano: self.is_nano, ..Self::new() };
    }

    fn opened(&mut self, now: Duration) -> Vec<Vec<u8>> {
        if self.is_nano {
            *self = Self { deaf_until: now + NANO_BOOT, ..Self::nano() };
        }
        Vec::new()
    }

    fn receive(&mut self, bytes: &[u8], now: Duration) -> Vec<Vec<u8>> {
        if now < self.deaf_until {
            return Vec::new();
        }
        let mut answers = Vec::new();
        for byte in bytes {
            match byte {
                b'\r' | b'\n' => {
                    let line = std::mem::take(&mut self.line);
                    answers.extend(self.answer(&line));
                }
                _ if self.line.len() < LONGEST_LINE => self.line.push(*byte),
                _ => {}
            }
        }
        answers
    }

    fn hear(&mut self, telegram: &AirTelegram, now: Duration) -> Option<Heard> {
        if now < self.deaf_until || !self.is_heard(telegram.link_mode.into()) {
            return None;
        }
        let mut on_air = telegram.with_crcs();
        let is_whole = !self.is_nano || on_air.len() <= MOST_NANO_BYTES;
        if self.is_nano {
            on_air.truncate(MOST_NANO_BYTES);
        }
        if self.report & APPENDS_RSSI != 0 {
            on_air.extend([LQI << 1, rssi::cc1101(telegram.rssi_dbm)]);
        }
        let mut line = String::from(if telegram.frame_format == FrameFormat::B { "bY" } else { "b" });
        for byte in on_air {
            // A String takes everything.
            let _ = write!(line, "{byte:02X}");
        }
        line.push_str("\r\n");
        Some(Heard { message: line.into_bytes(), is_whole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wmbus::LinkMode;

    const LATER: Duration = Duration::from_secs(1);

    fn telegram(mode: LinkMode, format: FrameFormat) -> AirTelegram {
        let bytes = vec![
            0x0F, 0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07, 0x78, 0x0B, 0x13, 0x43, 0x65, 0x87,
        ];
        AirTelegram { rssi_dbm: -49, ..AirTelegram::new(mode, format, bytes) }
    }

    fn say(receiver: &mut Cul, line: &str) -> String {
        String::from_utf8(receiver.receive(line.as_bytes(), LATER).concat()).unwrap()
    }

    fn hear(receiver: &mut Cul, mode: LinkMode, format: FrameFormat) -> Option<String> {
        let heard = receiver.hear(&telegram(mode, format), LATER)?;
        String::from_utf8(heard.message).ok()
    }

    #[test]
    fn a_line_of_the_standard_s_example_is_the_documented_one() {
        let mut receiver = Cul::new();
        assert_eq!(say(&mut receiver, "V\n\rbrt\n\rX21\n\r"), "V 1.67 CUL868\r\nTMODE\r\n");
        let line = "b0F44AE0C7856341201074447780B134365871E6D8032\r\n";
        assert_eq!(hear(&mut receiver, LinkMode::T1, FrameFormat::A).as_deref(), Some(line));
        assert_eq!(hear(&mut receiver, LinkMode::C1, FrameFormat::A), None);
    }

    #[test]
    fn frame_format_b_is_marked_and_nothing_is_appended_unless_it_is_asked_for() {
        let mut receiver = Cul::new();
        assert_eq!(hear(&mut receiver, LinkMode::C1, FrameFormat::B), None);
        assert_eq!(say(&mut receiver, "brc\r\n"), "CMODE\r\n");
        let line = hear(&mut receiver, LinkMode::C1, FrameFormat::B).unwrap();
        assert!(line.starts_with("bY1144AE0C") && line.len() == 2 + 36 + 2, "{line}");
    }

    #[test]
    fn a_nano_cul_starts_anew_when_it_is_opened_and_cuts_long_telegrams_off() {
        let mut receiver = Cul::nano();
        assert_eq!(say(&mut receiver, "brc\r\n"), "CMODE\r\n");
        assert!(hear(&mut receiver, LinkMode::T1, FrameFormat::A).is_some());
        let long = AirTelegram::new(LinkMode::C1, FrameFormat::A, (0..=180).rev().collect());
        let heard = receiver.hear(&long, LATER).unwrap();
        assert_eq!((heard.message.len(), heard.is_whole), (1 + 2 * 148 + 2, false));
        receiver.opened(LATER);
        assert_eq!(say(&mut receiver, "V\r\n"), "");
        assert_eq!(hear(&mut receiver, LinkMode::T1, FrameFormat::A), None);
    }

    #[test]
    fn what_it_does_not_know_it_says_byte_by_byte() {
        assert_eq!(say(&mut Cul::new(), "Q\r\n"), "? (Q is unknown)\r\n");
        let twice_to_an_amb8465 = [0xFF, 0x0A, 0x02, 0x00, 0x80, 0x77, 0xFF, 0x0A, 0x02, 0x00, 0x80, 0x77];
        let answers = Cul::new().receive(&twice_to_an_amb8465, LATER);
        assert_eq!(answers, [b"? (\xFF is unknown)\r\n", b"? (\x02 is unknown)\r\n"]);
    }
}
