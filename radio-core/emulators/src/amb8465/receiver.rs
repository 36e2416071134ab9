//! The receiver itself.

use std::time::Duration;

use super::command::{Command, answer, message, take_command};
use super::parameters::{COMMAND_OUTPUT, COUNT, MODE, Parameters, RSSI};
use crate::commanded::{Commanded, Inbox};
use crate::family::Family;
use crate::{AirTelegram, Emulator, Heard, rssi};

const DATA_INDICATION: u8 = 0x03;
const SERIAL_NUMBER: [u8; 4] = [0x12, 0x00, 0x84, 0x65];
const FIRMWARE: [u8; 3] = [3, 2, 1];
const DONE: &[u8] = &[0x00];
const REFUSED: &[u8] = &[0x01];
const LAST_MODE: u8 = 0x0E;
/// How long it hears and says nothing after a reset.
const BOOT: Duration = Duration::from_millis(80);

/// Emulates an AMB8465 or a Metis-II.
#[derive(Debug)]
pub struct Amb8465 {
    /// What is stored; it comes into force at the next reset.
    stored: Parameters,
    in_force: Parameters,
    mode: u8,
    last_rssi: u8,
    inbox: Inbox,
}

impl Default for Amb8465 {
    fn default() -> Self {
        let stored = Parameters::default();
        Self {
            in_force: stored.clone(),
            mode: stored.at(MODE),
            stored,
            last_rssi: 0x80,
            inbox: Inbox::default(),
        }
    }
}

impl Commanded for Amb8465 {
    type Command = Command;

    fn inbox(&mut self) -> &mut Inbox {
        &mut self.inbox
    }

    fn take(arrived: &mut Vec<u8>) -> Option<Command> {
        take_command(arrived)
    }

    fn answer(&mut self, command: &Command, now: Duration) -> Option<Vec<u8>> {
        let data = match (command.number, command.data.as_slice()) {
            (0x04, &[mode]) if mode <= LAST_MODE => {
                self.mode = mode;
                DONE.to_vec()
            }
            (0x05, &[]) => {
                self.restart(now);
                DONE.to_vec()
            }
            (0x09, &[address, count, ref values @ ..]) if usize::from(count) == values.len() => {
                let is_written = self.stored.set(usize::from(address), values);
                if is_written { DONE.to_vec() } else { REFUSED.to_vec() }
            }
            (0x0A, &[address, count]) => {
                let most = usize::from(count).min(COUNT);
                let values = self.stored.read(usize::from(address), most);
                let count = u8::try_from(values.len()).unwrap_or(u8::MAX);
                [&[address, count], values].concat()
            }
            (0x0B, &[]) => SERIAL_NUMBER.to_vec(),
            (0x0C, &[]) => FIRMWARE.to_vec(),
            (0x0D, &[]) => vec![self.last_rssi],
            (0x11, &[]) => {
                self.stored = Parameters::default();
                self.restart(now);
                DONE.to_vec()
            }
            // Sending, preloading and encrypting are of no use to a receiver; it says that it did.
            (0x00 | 0x02 | 0x06 | 0x30 | 0x31 | 0x50..=0x52, _) => DONE.to_vec(),
            (0x04 | 0x09 | 0x0A | 0x10, _) => REFUSED.to_vec(),
            _ => return None,
        };
        Some(answer(command.number, &data))
    }
}

impl Amb8465 {
    fn restart(&mut self, now: Duration) {
        self.in_force = self.stored.clone();
        self.mode = self.stored.at(MODE);
        self.inbox.restart(now + BOOT);
    }

    /// Tells whether a meter's transmission is heard: only the modes of the other side hear meters.
    fn hears(&self, family: Family) -> bool {
        match self.mode {
            0x03 => family == Family::S,
            0x08 => family == Family::T,
            0x09 => matches!(family, Family::T | Family::C),
            0x0B => family == Family::R,
            0x0E => family == Family::C,
            _ => false,
        }
    }
}

impl Emulator for Amb8465 {
    fn baud_rate(&self) -> Option<u32> {
        Some(9_600)
    }

    fn lose_power(&mut self) {
        self.restart(Duration::ZERO);
    }

    fn receive(&mut self, bytes: &[u8], now: Duration) -> Vec<Vec<u8>> {
        self.answers(bytes, now)
    }

    fn hear(&mut self, telegram: &AirTelegram, now: Duration) -> Option<Heard> {
        if self.inbox.is_deaf(now) || !self.hears(telegram.link_mode.into()) {
            return None;
        }
        let (length, rest) = telegram.bytes.split_first()?;
        self.last_rssi = rssi::cc1101(telegram.rssi_dbm);
        let rssi = (self.in_force.at(RSSI) == 1).then_some(self.last_rssi);
        // L counts the byte behind the telegram, too.
        let counted = length.saturating_add(u8::from(rssi.is_some()));
        let data: Vec<u8> = rest.iter().copied().chain(rssi).collect();
        let is_message = self.in_force.at(COMMAND_OUTPUT) == 1;
        Some(Heard::whole(if is_message {
            message(DATA_INDICATION, &data)
        } else {
            [&[counted], data.as_slice()].concat()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wmbus::{FrameFormat, LinkMode};

    const LATER: Duration = Duration::from_secs(1);

    fn telegram(mode: LinkMode) -> AirTelegram {
        let bytes = vec![
            0x18, 0x44, 0xAE, 0x4C, 0x44, 0x55, 0x22, 0x33, 0x68, 0x07, 0x7A, 0x55, 0x00, 0x00, 0x00, 0x04,
            0x13, 0x89, 0xE2, 0x01, 0x00, 0x02, 0x3B, 0x00, 0x00,
        ];
        AirTelegram { rssi_dbm: -104, ..AirTelegram::new(mode, FrameFormat::A, bytes) }
    }

    fn command(number: u8, data: &[u8]) -> Vec<u8> {
        message(number, data)
    }

    #[test]
    fn detection_reads_120_parameters_though_128_are_asked_for() {
        let answer = Amb8465::default().receive(&[0xFF, 0x0A, 0x02, 0x00, 0x80, 0x77], LATER).concat();
        assert_eq!(answer[..5], [0xFF, 0x8A, 0x7A, 0x00, 0x78]);
        assert_eq!((answer.len(), answer[5 + MODE], answer[5 + 0x31]), (126, 0x03, 0x44));
    }

    #[test]
    fn the_signal_strength_comes_with_telegrams_after_a_reset_and_l_counts_it() {
        let mut receiver = Amb8465::default();
        receiver.receive(&[0xFF, 0x04, 0x01, 0x09, 0xF3], Duration::ZERO);
        assert_eq!(
            receiver.hear(&telegram(LinkMode::T1), LATER),
            Some(Heard::whole(telegram(LinkMode::T1).bytes))
        );
        receiver.receive(&[0xFF, 0x09, 0x03, 0x45, 0x01, 0x01, 0xB0], Duration::ZERO);
        receiver.receive(&command(0x09, &[0x46, 1, 0x08]), Duration::ZERO);
        assert_eq!(receiver.hear(&telegram(LinkMode::T1), LATER).unwrap().message[0], 0x18);
        assert_eq!(
            receiver.receive(&[0xFF, 0x05, 0x00, 0xFA], Duration::ZERO),
            [[0xFF, 0x85, 0x01, 0x00, 0x7B]]
        );
        let bare = receiver.hear(&telegram(LinkMode::T1), LATER).unwrap().message;
        assert_eq!((bare[0], bare.len(), bare[25]), (0x19, 26, 0xC4));
        assert_eq!(receiver.hear(&telegram(LinkMode::C1), LATER), None);
    }

    #[test]
    fn telegrams_come_as_messages_when_that_is_set() {
        let mut receiver = Amb8465::default();
        receiver.receive(&command(0x09, &[0x45, 1, 1]), Duration::ZERO);
        receiver.receive(&command(0x09, &[0x05, 1, 1]), Duration::ZERO);
        receiver.receive(&command(0x09, &[0x46, 1, 0x0E]), Duration::ZERO);
        receiver.receive(&command(0x05, &[]), Duration::ZERO);
        let message = receiver.hear(&telegram(LinkMode::C1), LATER).unwrap().message;
        assert_eq!(message[..5], [0xFF, 0x03, 0x19, 0x44, 0xAE]);
        assert_eq!(message[27..], [0xC4, 0x83]);
    }

    #[test]
    fn what_lies_behind_the_parameters_cannot_be_written_and_a_factory_reset_undoes_all() {
        let mut receiver = Amb8465::default();
        let refused = receiver.receive(&command(0x09, &[0x77, 2, 1, 1]), LATER);
        assert_eq!(refused, [answer(0x09, REFUSED)]);
        receiver.receive(&command(0x09, &[0x45, 1, 1]), Duration::ZERO);
        receiver.receive(&[0xFF, 0x11, 0x00, 0xEE], Duration::ZERO);
        let read = receiver.receive(&command(0x0A, &[0x45, 1]), LATER);
        assert_eq!(read, [answer(0x0A, &[0x45, 1, 0])]);
    }
}
