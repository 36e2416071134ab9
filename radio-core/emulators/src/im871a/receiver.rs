//! The receiver itself.

use std::time::Duration;

use super::config::{Config, LINK_MODE, RSSI, TIME};
use super::message::{Request, build, take_request};
use crate::commanded::{Commanded, Inbox};
use crate::family::Family;
use crate::{AirTelegram, Emulator, Heard};

const DEVICE_MANAGEMENT: u8 = 1;
const RADIO_LINK: u8 = 2;
const RECEIVED: u8 = 0x03;
const MODULE_TYPE: u8 = 0x33;
const UNIQUE_ID: [u8; 4] = [0xD1, 0xC2, 0xB3, 0xA4];
const BOTH_C_AND_T: u8 = 0x0A;
const FIRST_FIRMWARE_WITH_BOTH: u8 = 0x14;
/// How long it hears and says nothing after a reset.
const BOOT: Duration = Duration::from_millis(100);

/// Emulates an IMST iM871A-USB.
#[derive(Debug)]
pub struct Im871a {
    firmware: u8,
    /// What is in force.
    config: Config,
    /// What comes back at a reset.
    stored: Config,
    inbox: Inbox,
}

impl Im871a {
    /// Makes a receiver with a firmware such as 0x14 for 1.4; older ones do not hear C and T together.
    pub fn with_firmware(firmware: u8) -> Self {
        Self { firmware, config: Config::default(), stored: Config::default(), inbox: Inbox::default() }
    }
}

impl Commanded for Im871a {
    type Command = Request;

    fn inbox(&mut self) -> &mut Inbox {
        &mut self.inbox
    }

    fn take(arrived: &mut Vec<u8>) -> Option<Request> {
        take_request(arrived)
    }

    fn answer(&mut self, request: &Request, now: Duration) -> Option<Vec<u8>> {
        let payload = match (request.endpoint, request.message) {
            (DEVICE_MANAGEMENT, 0x01) => vec![],
            (DEVICE_MANAGEMENT, 0x03) => {
                self.set_config(&request.payload);
                vec![]
            }
            (DEVICE_MANAGEMENT, 0x05) => self.config.to_bytes(),
            (DEVICE_MANAGEMENT, 0x07) => {
                self.restart(now);
                vec![]
            }
            (DEVICE_MANAGEMENT, 0x09) => {
                self.stored = Config::default();
                self.restart(now);
                vec![]
            }
            (DEVICE_MANAGEMENT, 0x0F) => {
                let info = [MODULE_TYPE, self.config.member(0), self.firmware, 0x17];
                [info, UNIQUE_ID].concat()
            }
            (DEVICE_MANAGEMENT, 0x11) => status(now),
            (DEVICE_MANAGEMENT, 0x13) => vec![self.firmware & 0x0F, self.firmware >> 4, 0x2A, 0x00],
            // It has nobody to send to, and says that it did.
            (RADIO_LINK, 0x01 | 0x04) => vec![],
            _ => return None,
        };
        Some(build(request.endpoint, request.message + 1, &payload, None, None))
    }
}

impl Im871a {
    /// Takes a configuration: for ever if it says so, else until the next reset. What the firmware cannot do
    /// leaves everything as it was; the answer is the same.
    fn set_config(&mut self, payload: &[u8]) {
        let Some((is_stored, members)) = payload.split_first() else { return };
        let Some(config) = self.config.changed_by(members) else { return };
        let most = if self.firmware < FIRST_FIRMWARE_WITH_BOTH { BOTH_C_AND_T - 1 } else { BOTH_C_AND_T };
        if config.member(LINK_MODE) > most {
            return;
        }
        if *is_stored == 1 {
            self.stored = config.clone();
        }
        self.config = config;
    }

    fn restart(&mut self, now: Duration) {
        self.config = self.stored.clone();
        self.inbox.restart(now + BOOT);
    }

    /// Tells whether a transmission is heard. The C modes are named by a frame format, which is the one that
    /// the stick sends in; it hears both.
    fn hears(&self, family: Family) -> bool {
        match self.config.member(LINK_MODE) {
            0..=2 => family == Family::S,
            3 | 4 => family == Family::T,
            5 => family == Family::R,
            6..=9 => family == Family::C,
            BOTH_C_AND_T => matches!(family, Family::T | Family::C),
            _ => false,
        }
    }
}

impl Emulator for Im871a {
    fn baud_rate(&self) -> Option<u32> {
        Some(57_600)
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
        let from_c_field = telegram.bytes.get(1..)?;
        let time = (self.config.member(TIME) == 1).then(|| millis(now));
        let rssi = (self.config.member(RSSI) == 1).then(|| rssi_byte(telegram.rssi_dbm));
        Some(Heard::whole(build(RADIO_LINK, RECEIVED, from_c_field, time, rssi)))
    }
}

fn status(now: Duration) -> Vec<u8> {
    let mut status = vec![0x00];
    status.extend(millis(now).to_le_bytes());
    status.resize(38, 0x00);
    status
}

/// Returns the device's time: milliseconds since it got power, from the beginning again after 49 days.
fn millis(now: Duration) -> u32 {
    u32::try_from(now.as_millis() & u128::from(u32::MAX)).unwrap_or_default()
}

/// Returns the byte of which dBm = −100 + (byte − 45) / 2 gives the level again (receivers.md §1).
fn rssi_byte(rssi_dbm: i16) -> u8 {
    u8::try_from(rssi_dbm.saturating_add(100).saturating_mul(2).saturating_add(45).clamp(0, 255))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wmbus::{FrameFormat, LinkMode};

    const LATER: Duration = Duration::from_secs(1);

    fn telegram(mode: LinkMode) -> AirTelegram {
        let bytes = vec![0x0B, 0x44, 0xAE, 0x4C, 0x44, 0x55, 0x22, 0x33, 0x68, 0x07, 0x7A, 0x55];
        AirTelegram::new(mode, FrameFormat::A, bytes)
    }

    fn heard(receiver: &mut Im871a) -> Vec<LinkMode> {
        [LinkMode::S1, LinkMode::T1, LinkMode::C1]
            .into_iter()
            .filter(|mode| receiver.hear(&telegram(*mode), LATER).is_some())
            .collect()
    }

    #[test]
    fn the_dialogue_of_a_log_goes_as_it_went() {
        let mut receiver = Im871a::with_firmware(0x14);
        let ping = receiver.receive(&[0xA5, 0x01, 0x01, 0x00], LATER);
        assert_eq!(ping, [[0xA5, 0x81, 0x02, 0x00, 0x4C, 0xA3]]);
        let set = receiver.receive(&[0xA5, 0x01, 0x03, 0x06, 0x00, 0x02, 0x03, 0x30, 0x01, 0x01], LATER);
        assert_eq!(set, [[0xA5, 0x81, 0x04, 0x00, 0x9C, 0xF7]]);
        let info = receiver.receive(&[0xA5, 0x01, 0x0F, 0x00], LATER).concat();
        assert_eq!(info[..12], [0xA5, 0x81, 0x10, 0x08, 0x33, 0x00, 0x14, 0x17, 0xD1, 0xC2, 0xB3, 0xA4]);
        let telegram = receiver.hear(&telegram(LinkMode::T1), LATER).unwrap().message;
        assert_eq!(telegram[..5], [0xA5, 0xE2, 0x03, 0x0B, 0x44]);
        assert_eq!(telegram[15..20], [0xE8, 0x03, 0x00, 0x00, 105]);
    }

    #[test]
    fn each_link_mode_hears_its_own_and_only_new_firmware_hears_c_and_t_together() {
        let mut receiver = Im871a::with_firmware(0x14);
        for (mode, hears) in [
            (0x01, vec![LinkMode::S1]),
            (0x04, vec![LinkMode::T1]),
            (0x06, vec![LinkMode::C1]),
            (0x0A, vec![LinkMode::T1, LinkMode::C1]),
        ] {
            receiver.receive(&[0xA5, 0x01, 0x03, 0x04, 0x00, 0x02, mode, 0x00], LATER);
            assert_eq!(heard(&mut receiver), hears, "link mode {mode:02X}");
        }
        let mut old = Im871a::with_firmware(0x13);
        old.receive(&[0xA5, 0x01, 0x03, 0x04, 0x00, 0x02, 0x0A, 0x00], LATER);
        assert_eq!(heard(&mut old), [LinkMode::S1]);
    }

    #[test]
    fn a_reset_brings_back_what_was_stored() {
        let mut receiver = Im871a::with_firmware(0x14);
        receiver.receive(&[0xA5, 0x01, 0x03, 0x04, 0x01, 0x02, 0x03, 0x00], Duration::ZERO);
        receiver.receive(&[0xA5, 0x01, 0x03, 0x04, 0x00, 0x02, 0x06, 0x00], Duration::ZERO);
        receiver.receive(&[0xA5, 0x01, 0x07, 0x00], Duration::ZERO);
        assert_eq!(receiver.receive(&[0xA5, 0x01, 0x01, 0x00], Duration::ZERO), Vec::<Vec<u8>>::new());
        assert_eq!(heard(&mut receiver), [LinkMode::T1]);
    }
}
