//! What is asked of an iU891A, and what it answers.

use wmbus::FrameFormat;

use super::message::{self, Message};
use crate::receiver::session::{Channels, Found, Handled, Protocol, Request, Turn, Unanswered};
use crate::receiver::{Identity, Kind, LinkModes, Now, Reject, frame};

const MANAGEMENT: u8 = 0x01;
const GATEWAY: u8 = 0x09;

mod id {
    pub(super) const PING_REQUEST: u8 = 0x01;
    pub(super) const PING_ANSWER: u8 = 0x02;
    pub(super) const DEVICE_INFO_REQUEST: u8 = 0x03;
    pub(super) const DEVICE_INFO_ANSWER: u8 = 0x04;
    pub(super) const FIRMWARE_REQUEST: u8 = 0x05;
    pub(super) const FIRMWARE_ANSWER: u8 = 0x06;
    pub(super) const SET_ACTIVE_CONFIG_REQUEST: u8 = 0x03;
    pub(super) const SET_ACTIVE_CONFIG_ANSWER: u8 = 0x04;
    pub(super) const RECEIVED: u8 = 0x20;
}

/// Tell of every telegram, filter none: the options as wmbusmeters writes them, then no options of the display,
/// no LED and no recalibration.
const OPTIONS: [u8; 10] = [0x06, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// The status of what was done.
const DONE: u8 = 0x00;

/// Speaks with an iU891A.
#[derive(Debug, Default)]
pub(in crate::receiver) struct Iu891a {
    info: Option<Info>,
    firmware: Option<Firmware>,
    /// The link mode that is wanted and not set yet.
    to_set: Option<Channels>,
    /// The link mode that was set.
    set: Option<Channels>,
    /// What this receiver cannot hear.
    refused: Vec<Channels>,
    to_ping: bool,
}

/// What the receiver tells about itself.
#[derive(Debug, Clone, Copy)]
struct Info {
    module: u8,
    id: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
enum Firmware {
    Untold,
    Version { major: u8, minor: u8 },
}

#[derive(Debug, Clone, Copy)]
pub(in crate::receiver) enum Step {
    Info,
    Firmware,
    Set(Channels),
    Ping,
}

/// Returns a setting as the receiver numbers it. Its enhanced T mode (6) hears no more than 3 does.
const fn number(setting: Channels) -> u8 {
    match setting {
        Channels::S => 1,
        Channels::T => 2,
        Channels::CAndT => 3,
        Channels::C => 5,
    }
}

impl Iu891a {
    fn received(&self, payload: &[u8], now: Now) -> Handled {
        // The receiver's time, whether and how it decrypted, information, signal strength, telegram.
        let &[t0, t1, t2, t3, _, _, _, rssi, ref telegram @ ..] = payload else {
            return Handled::Frame(Err(Reject::Length));
        };
        Handled::Frame(frame::from_length_field(telegram).map(|frame| {
            let mut received = frame::received(frame, FrameFormat::WithoutCrc, now);
            received.link_mode = self.set.and_then(Channels::link_mode);
            received.rssi_dbm = Some(i16::from(rssi.cast_signed()));
            received.quality.device_time = Some(u32::from_le_bytes([t0, t1, t2, t3]));
            received
        }))
    }
}

impl Protocol for Iu891a {
    type Message = Message;
    type Step = Step;
    type Setting = Channels;

    const BAUD_RATE: u32 = 115_200;
    const IS_UART: bool = false;

    fn find(&self, bytes: &[u8], _asked: Option<Step>) -> Found<Message> {
        message::find(bytes)
    }

    fn give_up(&self, bytes: &[u8]) -> Found<Message> {
        // Nothing in it has an end.
        Found::Broken { length: bytes.len(), skip: bytes.len() }
    }

    fn begin(&mut self) {
        *self = Self::default();
    }

    fn next(&self) -> Option<Step> {
        if self.info.is_none() {
            Some(Step::Info)
        } else if self.firmware.is_none() {
            Some(Step::Firmware)
        } else {
            self.to_set.map(Step::Set).or_else(|| self.to_ping.then_some(Step::Ping))
        }
    }

    fn request(&self, step: Step) -> Request {
        let bytes = match step {
            Step::Info => message::waking(&message::request(MANAGEMENT, id::DEVICE_INFO_REQUEST, &[])),
            Step::Firmware => message::request(MANAGEMENT, id::FIRMWARE_REQUEST, &[]),
            Step::Set(setting) => {
                let payload: Vec<_> = std::iter::once(number(setting)).chain(OPTIONS).collect();
                message::request(GATEWAY, id::SET_ACTIVE_CONFIG_REQUEST, &payload)
            }
            Step::Ping => message::request(MANAGEMENT, id::PING_REQUEST, &[]),
        };
        let request = Request::new(bytes);
        match step {
            // Nothing depends on it.
            Step::Firmware => Request { attempts: 1, ..request },
            _ => request,
        }
    }

    fn handle(&mut self, message: Message, asked: Option<Step>, now: Now) -> Handled {
        let Message { sap, id, payload } = message;
        if (sap, id) == (GATEWAY, id::RECEIVED) {
            return self.received(&payload, now);
        }
        let Some((status, payload)) = payload.split_first() else { return Handled::Ignored };
        let is_done = *status == DONE;
        match (sap, id, asked) {
            (MANAGEMENT, id::DEVICE_INFO_ANSWER, Some(Step::Info)) => {
                let Some((module, rest)) = payload.split_first() else { return Handled::Ignored };
                let id = rest.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
                self.info = Some(Info { module: *module, id });
                Handled::Answer
            }
            (MANAGEMENT, id::FIRMWARE_ANSWER, Some(Step::Firmware)) => {
                self.firmware = Some(match *payload {
                    [minor, major, ..] if is_done => Firmware::Version { major, minor },
                    _ => Firmware::Untold,
                });
                Handled::Answer
            }
            (GATEWAY, id::SET_ACTIVE_CONFIG_ANSWER, Some(Step::Set(setting))) if is_done => {
                self.set = Some(setting);
                self.to_set = None;
                Handled::Answer
            }
            (GATEWAY, id::SET_ACTIVE_CONFIG_ANSWER, Some(Step::Set(_))) => Handled::Refused,
            (MANAGEMENT, id::PING_ANSWER, Some(Step::Ping)) => {
                self.to_ping = false;
                Handled::Answer
            }
            _ => Handled::Ignored,
        }
    }

    fn unanswered(&mut self, step: Step) -> Unanswered {
        match step {
            Step::Firmware => {
                self.firmware = Some(Firmware::Untold);
                Unanswered::GoOn
            }
            _ => Unanswered::Lost,
        }
    }

    fn refused(&mut self, step: Step) -> Unanswered {
        let Step::Set(setting) = step else { return self.unanswered(step) };
        self.refused.push(setting);
        self.to_set = None;
        Unanswered::GoOn
    }

    fn identity(&self) -> Identity {
        let Some(info) = self.info else { return Identity::default() };
        Identity {
            kind: Some(Kind::Iu891a),
            model: match info.module {
                0x6D => "iM891A-XL".to_owned(),
                0x6E => "iU891A-XL".to_owned(),
                0x71 => "iU893A-XL".to_owned(),
                0xA3 => "iM881A-XL".to_owned(),
                module => format!("IMST module {module:02X}"),
            },
            id: info.id.map(|id| format!("{id:08X}")),
            firmware: match self.firmware {
                Some(Firmware::Version { major, minor }) => Some(format!("{major}.{minor}")),
                _ => None,
            },
        }
    }

    fn turns(&self, modes: LinkModes) -> Vec<Turn<Channels>> {
        Channels::turns(modes, &self.refused)
    }

    fn tune(&mut self, setting: Channels) {
        self.to_set = Some(setting);
    }

    fn check(&mut self) {
        self.to_ping = true;
    }
}
