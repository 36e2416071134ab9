//! The receiver itself.

use std::time::Duration;

use super::config::Config;
use super::message::{Request, build, take_request};
use crate::commanded::{Commanded, Inbox};
use crate::{AirTelegram, Emulator, Heard};

const MANAGEMENT: u8 = 0x01;
const GATEWAY: u8 = 0x09;
const RECEIVED: u8 = 0x20;
const DONE: u8 = 0x00;
const WRONG_PARAMETER: u8 = 0x02;
const MODULE_TYPE: u8 = 0x6E;
const UNIQUE_ID: [u8; 4] = [0x21, 0x43, 0x65, 0x07];
const PRODUCT: [u8; 8] = [0x6E, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00];
const FIRMWARE: &[u8] = &[0x02, 0x01, 0x2A, 0x00];
/// Manufacturer, identification, version, type, the high byte first.
const OWN_ADDRESS: [u8; 8] = [0x25, 0xB3, 0x12, 0x34, 0x56, 0x78, 0x01, 0x00];
/// The device's clock at power on: 2000-01-01 in Unix time.
const CLOCK_AT_POWER_ON: u32 = 946_684_800;
/// Not encrypted, no encryption mode, no hint.
const NOT_DECRYPTED: [u8; 3] = [0x00, 0x00, 0x02];
/// How long it hears and says nothing after a restart.
const BOOT: Duration = Duration::from_millis(100);

/// Emulates an IMST iU891A-XL.
#[derive(Debug)]
pub struct Iu891a {
    active: Config,
    stored: Config,
    /// The clock when it was set, and when that was.
    clock: (u32, Duration),
    inbox: Inbox,
}

impl Default for Iu891a {
    fn default() -> Self {
        Self {
            active: Config::default(),
            stored: Config::default(),
            clock: (CLOCK_AT_POWER_ON, Duration::ZERO),
            inbox: Inbox::default(),
        }
    }
}

impl Commanded for Iu891a {
    type Command = Request;

    fn inbox(&mut self) -> &mut Inbox {
        &mut self.inbox
    }

    fn take(arrived: &mut Vec<u8>) -> Option<Request> {
        take_request(arrived)
    }

    fn answer(&mut self, request: &Request, now: Duration) -> Option<Vec<u8>> {
        let done = |payload: &[u8]| Some([&[DONE], payload].concat());
        let answer = match (request.service, request.message) {
            (MANAGEMENT, 0x01 | 0x09) => done(&[]),
            (MANAGEMENT, 0x03) => done(&[&[MODULE_TYPE], UNIQUE_ID.as_slice(), &PRODUCT].concat()),
            (MANAGEMENT, 0x05) => done(&[FIRMWARE, b"iU891A-XL"].concat()),
            (MANAGEMENT, 0x07) => {
                self.restart(now);
                done(&[])
            }
            (MANAGEMENT, 0x0B) => done(&[0x00]),
            (MANAGEMENT, 0x0D) => match request.payload.first_chunk() {
                Some(time) => {
                    self.clock = (u32::from_le_bytes(*time), now);
                    done(&[])
                }
                None => Some(vec![WRONG_PARAMETER]),
            },
            (MANAGEMENT, 0x0F) => done(&self.time(now).to_le_bytes()),
            (MANAGEMENT, 0xF7 | 0xF9) => done(&[]),
            (GATEWAY, 0x01) => done(self.active.bytes()),
            (GATEWAY, 0x03) => self.set(&request.payload, |receiver, config| receiver.active = config),
            (GATEWAY, 0x05) => done(self.stored.bytes()),
            (GATEWAY, 0x07) => self.set(&request.payload, |receiver, config| receiver.stored = config),
            (GATEWAY, 0x09) => {
                self.stored = Config::default();
                done(&[])
            }
            (GATEWAY, 0x11 | 0x13 | 0x15 | 0x17 | 0x19 | 0x21 | 0x31) => done(&[]),
            (GATEWAY, 0x81) => done(&OWN_ADDRESS),
            _ => None,
        }?;
        Some(build(request.service, request.message.wrapping_add(1), &answer))
    }
}

impl Iu891a {
    fn set(&mut self, payload: &[u8], store: impl Fn(&mut Self, Config)) -> Option<Vec<u8>> {
        let config = Config::parse(payload);
        if let Some(config) = config {
            store(self, config);
        }
        Some(vec![if config.is_some() { DONE } else { WRONG_PARAMETER }])
    }

    fn restart(&mut self, now: Duration) {
        self.active = self.stored;
        self.inbox.restart(now + BOOT);
    }

    /// Returns the device's clock in Unix time.
    fn time(&self, now: Duration) -> u32 {
        let (set_to, set_at) = self.clock;
        let seconds = now.saturating_sub(set_at).as_secs();
        set_to.wrapping_add(u32::try_from(seconds).unwrap_or(u32::MAX))
    }
}

impl Emulator for Iu891a {
    fn baud_rate(&self) -> Option<u32> {
        Some(115_200)
    }

    fn lose_power(&mut self) {
        self.clock = (CLOCK_AT_POWER_ON, Duration::ZERO);
        self.restart(Duration::ZERO);
    }

    fn receive(&mut self, bytes: &[u8], now: Duration) -> Vec<Vec<u8>> {
        self.answers(bytes, now)
    }

    fn hear(&mut self, telegram: &AirTelegram, now: Duration) -> Option<Heard> {
        if self.inbox.is_deaf(now) || !self.active.tells(telegram.link_mode.into()) {
            return None;
        }
        let [_, rssi] = telegram.rssi_dbm.clamp(-128, 127).to_be_bytes();
        let head = [self.time(now).to_le_bytes().as_slice(), &NOT_DECRYPTED, &[rssi]].concat();
        Some(Heard::whole(build(GATEWAY, RECEIVED, &[head.as_slice(), &telegram.bytes].concat())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wmbus::{FrameFormat, LinkMode};

    const SET_C_AND_T: [u8; 17] = [
        0xC0, 0x09, 0x03, 0x03, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xA1, 0x76, 0xC0,
    ];

    fn telegram(mode: LinkMode) -> AirTelegram {
        let bytes = vec![
            0x18, 0x44, 0xAE, 0x4C, 0x44, 0x55, 0x22, 0x33, 0x68, 0x07, 0x7A, 0x55, 0x00, 0x00, 0x00, 0x04,
            0x13, 0x89, 0xE2, 0x01, 0x00, 0x02, 0x3B, 0x00, 0x00,
        ];
        AirTelegram { rssi_dbm: -25, ..AirTelegram::new(mode, FrameFormat::A, bytes) }
    }

    #[test]
    fn a_telegram_comes_as_the_documented_one() {
        let mut receiver = Iu891a::default();
        receiver.receive(&SET_C_AND_T, Duration::ZERO);
        let heard = receiver.hear(&telegram(LinkMode::T1), Duration::from_secs(31)).unwrap().message;
        let head = [0xC0, 0x09, 0x20, 0x9F, 0x43, 0x6D, 0x38, 0x00, 0x00, 0x02, 0xE7, 0x18, 0x44];
        assert_eq!(heard[..13], head);
        assert_eq!(heard[heard.len() - 3..], [0xAF, 0x59, 0xC0]);
    }

    #[test]
    fn it_is_found_by_its_module_type_and_hears_nothing_before_it_is_set() {
        let mut receiver = Iu891a::default();
        let mut request = vec![0xC0; 30];
        request.extend([0xC0, 0x01, 0x03, 0x04, 0x24, 0xC0]);
        let answer = receiver.receive(&request, Duration::ZERO).concat();
        assert_eq!(answer[..9], [0xC0, 0x01, 0x04, 0x00, 0x6E, 0x21, 0x43, 0x65, 0x07]);
        assert_eq!(receiver.hear(&telegram(LinkMode::T1), Duration::ZERO), None);
    }

    #[test]
    fn a_link_mode_that_there_is_not_is_refused_and_a_restart_brings_back_the_stored_configuration() {
        let mut receiver = Iu891a::default();
        receiver.receive(&SET_C_AND_T, Duration::ZERO);
        let wrong = build(GATEWAY, 0x03, &[0x04, 0x06, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let refused = receiver.receive(&wrong, Duration::ZERO);
        assert_eq!(refused, [build(GATEWAY, 0x04, &[WRONG_PARAMETER])]);
        assert!(receiver.hear(&telegram(LinkMode::C1), Duration::ZERO).is_some());
        receiver.receive(&build(MANAGEMENT, 0x07, &[]), Duration::ZERO);
        assert_eq!(receiver.hear(&telegram(LinkMode::C1), Duration::from_secs(1)), None);
    }
}
