//! Radiocrafts' RC1180-MBUS with the firmware MBUS3 (receivers.md §4).

use std::time::Duration;

use crate::family::Family;
use crate::{AirTelegram, Emulator, Heard};

const ENTER: u8 = 0x00;
const LEAVE: u8 = b'X';
const PROMPT: u8 = b'>';
const END_OF_WRITING: u8 = 0xFF;
const REGISTERS: usize = 256;
/// From here on no register means anything; they read as FF.
const FIRST_UNUSED: usize = 0x80;
const MODE: usize = 0x03;
const RSSI: usize = 0x05;

/// Emulates an RC1180-MBUS.
#[derive(Debug)]
pub struct Rc1180 {
    registers: [u8; REGISTERS],
    /// The mode in force, which a command can change without storing it.
    mode: u8,
    talk: Talk,
}

/// Where the talk with the host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Talk {
    /// Telegrams are heard; the host only begins a talk.
    Listening,
    Command,
    /// A command that takes one byte waits for it.
    Argument(u8),
    /// Registers are written: the number of one, or the end.
    Register,
    Value(u8),
}

impl Default for Rc1180 {
    fn default() -> Self {
        let mut registers = [0xFF; REGISTERS];
        let own = [
            (0x00, 12),   // channel
            (0x01, 5),    // power
            (0x02, 3),    // data rate
            (MODE, 1),    // T1
            (0x04, 0),    // sleep
            (RSSI, 0),    // no signal strength
            (0x0A, 3),    // preamble
            (0x12, 0),    // install mode
            (0x19, 0xB3), // M field
            (0x1A, 0x48),
            (0x1B, 0x78), // identification
            (0x1C, 0x56),
            (0x1D, 0x34),
            (0x1E, 0x12),
            (0x1F, 0x01), // version
            (0x20, 0x04), // type
            (0x30, 5),    // 19200 baud
            (0x35, 0),    // no flow control
            (0x36, 0),    // whole telegrams
        ];
        for (register, value) in own {
            if let Some(place) = registers.get_mut(register) {
                *place = value;
            }
        }
        Self { registers, mode: 1, talk: Talk::Listening }
    }
}

impl Rc1180 {
    fn register(&self, number: usize) -> u8 {
        self.registers.get(number).copied().unwrap_or(0xFF)
    }

    fn take(&mut self, byte: u8) -> Vec<u8> {
        let (next, answer) = match (self.talk, byte) {
            (Talk::Listening, ENTER) => (Talk::Command, vec![PROMPT]),
            (Talk::Listening, _) => (Talk::Listening, vec![]),
            (Talk::Command, LEAVE) => (Talk::Listening, vec![]),
            (Talk::Command, b'0') => (Talk::Command, [self.registers.as_slice(), &[PROMPT]].concat()),
            (Talk::Command, b'M') => (Talk::Register, vec![]),
            (Talk::Command, b'C' | b'G' | b'P') => (Talk::Argument(byte), vec![]),
            (Talk::Command, b'S') => (Talk::Command, vec![0x8C, PROMPT]),
            (Talk::Command, _) => (Talk::Command, vec![PROMPT]),
            (Talk::Argument(command), value) => {
                // Its own transmissions are nobody's business here.
                if command == b'G' {
                    self.mode = value;
                }
                (Talk::Command, vec![PROMPT])
            }
            (Talk::Register, END_OF_WRITING) => (Talk::Command, vec![PROMPT]),
            (Talk::Register, number) => (Talk::Value(number), vec![]),
            (Talk::Value(number), value) => {
                let is_used = usize::from(number) < FIRST_UNUSED;
                if let Some(place) = self.registers.get_mut(usize::from(number)).filter(|_| is_used) {
                    *place = value;
                }
                if usize::from(number) == MODE {
                    self.mode = value;
                }
                (Talk::Register, vec![])
            }
        };
        self.talk = next;
        answer
    }

    fn hears(&self, family: Family) -> bool {
        match self.mode {
            0 | 3 => family == Family::S,
            1 | 2 => family == Family::T,
            4 => family == Family::R,
            8 | 9 => family == Family::C,
            0x0A => matches!(family, Family::T | Family::C),
            _ => false,
        }
    }
}

impl Emulator for Rc1180 {
    fn baud_rate(&self) -> Option<u32> {
        Some(19_200)
    }

    fn lose_power(&mut self) {
        self.mode = self.register(MODE);
        self.talk = Talk::Listening;
    }

    fn receive(&mut self, bytes: &[u8], _: Duration) -> Vec<Vec<u8>> {
        bytes.iter().map(|byte| self.take(*byte)).filter(|answer| !answer.is_empty()).collect()
    }

    /// A telegram that comes during a talk is lost. Which meters are heard does not depend on the install mode:
    /// programs that never set it hear all.
    fn hear(&mut self, telegram: &AirTelegram, _: Duration) -> Option<Heard> {
        if self.talk != Talk::Listening || !self.hears(telegram.link_mode.into()) {
            return None;
        }
        let (length, rest) = telegram.bytes.split_first()?;
        let rssi = (self.register(RSSI) == 1).then(|| rssi_byte(telegram.rssi_dbm));
        let counted = length.saturating_add(u8::from(rssi.is_some()));
        Some(Heard::whole(std::iter::once(counted).chain(rest.iter().copied()).chain(rssi).collect()))
    }
}

/// Returns the byte of which dBm = −byte / 2 gives the level again.
fn rssi_byte(rssi_dbm: i16) -> u8 {
    u8::try_from(rssi_dbm.saturating_mul(-2).clamp(0, 255)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wmbus::{FrameFormat, LinkMode};

    fn telegram(mode: LinkMode) -> AirTelegram {
        let bytes = vec![0x0B, 0x44, 0xAE, 0x4C, 0x44, 0x55, 0x22, 0x33, 0x68, 0x07, 0x7A, 0x55];
        AirTelegram::new(mode, FrameFormat::A, bytes)
    }

    fn say(receiver: &mut Rc1180, bytes: &[u8]) -> Vec<u8> {
        receiver.receive(bytes, Duration::ZERO).concat()
    }

    fn hear(receiver: &mut Rc1180, mode: LinkMode) -> Option<Vec<u8>> {
        receiver.hear(&telegram(mode), Duration::ZERO).map(|heard| heard.message)
    }

    #[test]
    fn detection_finds_256_registers_and_a_prompt() {
        let mut receiver = Rc1180::default();
        assert_eq!(say(&mut receiver, &[0x00]), b">");
        let registers = say(&mut receiver, b"0");
        assert_eq!((registers.len(), registers[256], registers[0x30]), (257, b'>', 5));
        assert!(registers[128..256].iter().all(|register| *register == 0xFF));
        assert_eq!(hear(&mut receiver, LinkMode::T1), None);
        assert_eq!(say(&mut receiver, b"X"), b"");
        assert_eq!(hear(&mut receiver, LinkMode::T1), Some(telegram(LinkMode::T1).bytes));
    }

    #[test]
    fn registers_that_are_written_are_in_force_after_the_talk() {
        let mut receiver = Rc1180::default();
        let talk = [0x00, b'M', 0x03, 0x09, 0xFF, b'M', 0x12, 0x01, 0xFF, b'M', 0x05, 0x01, 0xFF];
        assert_eq!(say(&mut receiver, &talk), b">>>>");
        assert_eq!(say(&mut receiver, b"0")[..6], [12, 5, 3, 9, 0, 1]);
        say(&mut receiver, b"X");
        assert_eq!(hear(&mut receiver, LinkMode::T1), None);
        let heard = hear(&mut receiver, LinkMode::C1).unwrap();
        assert_eq!((heard[0], heard.len(), heard[12]), (0x0C, 13, 140));
    }

    #[test]
    fn a_mode_can_be_set_without_storing_it() {
        let mut receiver = Rc1180::default();
        say(&mut receiver, &[0x00, b'G', 0x0A]);
        assert_eq!(say(&mut receiver, b"0")[MODE], 1);
        say(&mut receiver, b"X");
        assert!(hear(&mut receiver, LinkMode::C1).is_some() && hear(&mut receiver, LinkMode::T1).is_some());
    }
}
