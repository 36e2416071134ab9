//! What is asked of an iM871A, and what it answers.

use wmbus::{FrameFormat, LinkMode};

use super::message::{self, Message};
use crate::receiver::session::{Found, Handled, Protocol, Request, Turn, Unanswered};
use crate::receiver::{Identity, Kind, LinkModes, Now, frame};

const DEVICE: u8 = 1;
const RADIO: u8 = 2;

mod id {
    pub(super) const PING_REQUEST: u8 = 0x01;
    pub(super) const PING_ANSWER: u8 = 0x02;
    pub(super) const SET_CONFIG_REQUEST: u8 = 0x03;
    pub(super) const SET_CONFIG_ANSWER: u8 = 0x04;
    pub(super) const DEVICE_INFO_REQUEST: u8 = 0x0F;
    pub(super) const DEVICE_INFO_ANSWER: u8 = 0x10;
    pub(super) const RECEIVED: u8 = 0x03;
}

/// The setting is gone after a reset: nothing of the person's stick is changed for good.
const UNTIL_RESET: u8 = 0x00;
/// The members of the setting that follow, of both halves.
const DEVICE_MODE: u8 = 0x01;
const LINK_MODE: u8 = 0x02;
const RSSI_AND_TIMESTAMP: u8 = 0x30;
/// The device mode of a receiver; 1 is a meter.
const OTHER: u8 = 0x00;
const ON: u8 = 0x01;
/// The first firmware that hears C and T together.
const C_AND_T_SINCE: u8 = 0x14;

/// Speaks with an iM871A.
#[derive(Debug, Default)]
pub(in crate::receiver) struct Im871a {
    info: Option<Info>,
    /// The link mode that is wanted and not set yet.
    to_set: Option<Setting>,
    /// The link mode that was set.
    set: Option<Setting>,
    to_ping: bool,
    /// Whether it sends checksums: from then on nothing is believed without.
    sends_checksums: bool,
    /// Whether it refused to hear C and T together.
    hears_one_mode_only: bool,
}

/// What the receiver tells about itself.
#[derive(Debug, Clone, Copy)]
struct Info {
    module: Module,
    device_mode: u8,
    firmware: Option<u8>,
    id: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Module {
    Im871a,
    /// For 169 MHz.
    Im170a,
    Unknown(u8),
}

#[derive(Debug, Clone, Copy)]
pub(in crate::receiver) enum Step {
    Info,
    Set(Setting),
    Ping,
}

/// A link mode as the receiver numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::receiver) enum Setting {
    S1 = 0x00,
    T1 = 0x03,
    C1FormatA = 0x06,
    C1FormatB = 0x07,
    CAndT = 0x0A,
}

impl Setting {
    const fn hears(self) -> LinkModes {
        let none = LinkModes { s: false, t: false, c: false };
        match self {
            Self::S1 => LinkModes { s: true, ..none },
            Self::T1 => LinkModes { t: true, ..none },
            Self::C1FormatA | Self::C1FormatB => LinkModes { c: true, ..none },
            Self::CAndT => LinkModes::C_AND_T,
        }
    }

    /// Returns the link mode of what is heard, where there is only one.
    const fn link_mode(self) -> Option<LinkMode> {
        match self {
            Self::S1 => Some(LinkMode::S1),
            Self::T1 => Some(LinkMode::T1),
            Self::C1FormatA | Self::C1FormatB => Some(LinkMode::C1),
            Self::CAndT => None,
        }
    }
}

impl Info {
    /// Reads module type, device mode, firmware, version of the interface, and the unique id.
    fn read(payload: &[u8]) -> Option<Self> {
        let &[module, ref rest @ ..] = payload else { return None };
        let module = match module {
            0x33 => Module::Im871a,
            0x36 => Module::Im170a,
            other => Module::Unknown(other),
        };
        Some(Self {
            module,
            device_mode: rest.first().copied().unwrap_or(OTHER),
            firmware: rest.get(1).copied(),
            id: rest.get(3..).and_then(<[u8]>::first_chunk).map(|bytes| u32::from_le_bytes(*bytes)),
        })
    }
}

impl Im871a {
    fn hears_c_and_t(&self) -> bool {
        let firmware = self.info.and_then(|info| info.firmware).unwrap_or_default();
        firmware >= C_AND_T_SINCE && !self.hears_one_mode_only
    }

    fn set_config(&self, setting: Setting) -> Vec<u8> {
        let is_meter = self.info.is_some_and(|info| info.device_mode != OTHER);
        let mut payload = vec![UNTIL_RESET];
        if is_meter {
            payload.extend([DEVICE_MODE | LINK_MODE, OTHER]);
        } else {
            payload.push(LINK_MODE);
        }
        payload.extend([setting as u8, RSSI_AND_TIMESTAMP, ON, ON]);
        message::request(DEVICE, id::SET_CONFIG_REQUEST, &payload)
    }

    fn received(&self, message: &Message, now: Now) -> Handled {
        Handled::Frame(frame::from_control_field(&message.payload).map(|frame| {
            let mut received = frame::received(frame, FrameFormat::WithoutCrc, now);
            received.link_mode = self.set.and_then(Setting::link_mode);
            received.rssi_dbm = message.rssi.map(rssi_dbm);
            received.quality.device_time = message.timestamp;
            received
        }))
    }
}

/// Returns a signal strength in dBm: −100 + (raw − 45) / 2. The table is approximate (receivers.md §1).
fn rssi_dbm(raw: u8) -> i16 {
    ((i16::from(raw) - 45 - 200) / 2).min(0)
}

impl Protocol for Im871a {
    type Message = Message;
    type Step = Step;
    type Setting = Setting;

    const BAUD_RATE: u32 = 57_600;
    const IS_UART: bool = true;

    fn find(&self, bytes: &[u8], _asked: Option<Step>) -> Found<Message> {
        message::find(bytes, !self.sends_checksums)
    }

    fn begin(&mut self) {
        *self = Self::default();
    }

    fn next(&self) -> Option<Step> {
        if self.info.is_none() {
            return Some(Step::Info);
        }
        self.to_set.map(Step::Set).or_else(|| self.to_ping.then_some(Step::Ping))
    }

    fn request(&self, step: Step) -> Request {
        Request::new(match step {
            Step::Info => message::request(DEVICE, id::DEVICE_INFO_REQUEST, &[]),
            Step::Set(setting) => self.set_config(setting),
            Step::Ping => message::request(DEVICE, id::PING_REQUEST, &[]),
        })
    }

    fn handle(&mut self, message: Message, asked: Option<Step>, now: Now) -> Handled {
        self.sends_checksums |= message.is_checked;
        match (message.endpoint, message.id, asked) {
            (RADIO, id::RECEIVED, _) => self.received(&message, now),
            (DEVICE, id::DEVICE_INFO_ANSWER, Some(Step::Info)) => match Info::read(&message.payload) {
                Some(info) => {
                    self.info = Some(info);
                    Handled::Answer
                }
                None => Handled::Ignored,
            },
            (DEVICE, id::SET_CONFIG_ANSWER, Some(Step::Set(setting))) => {
                self.set = Some(setting);
                self.to_set = None;
                Handled::Answer
            }
            (DEVICE, id::PING_ANSWER, Some(Step::Ping)) => {
                self.to_ping = false;
                Handled::Answer
            }
            _ => Handled::Ignored,
        }
    }

    fn unanswered(&mut self, step: Step) -> Unanswered {
        match step {
            // A firmware that does not know this link mode says nothing.
            Step::Set(Setting::CAndT) if !self.hears_one_mode_only && self.set.is_none() => {
                self.hears_one_mode_only = true;
                self.to_set = None;
                Unanswered::GoOn
            }
            _ => Unanswered::Lost,
        }
    }

    fn identity(&self) -> Identity {
        let Some(info) = self.info else { return Identity::default() };
        Identity {
            kind: Some(Kind::Im871a),
            model: match info.module {
                Module::Im871a => "iM871A-USB".to_owned(),
                Module::Im170a => "iM170A-USB".to_owned(),
                Module::Unknown(module) => format!("IMST module {module:02X}"),
            },
            id: info.id.map(|id| format!("{id:08X}")),
            firmware: info.firmware.map(|version| format!("{:X}.{:X}", version >> 4, version & 0x0F)),
        }
    }

    fn turns(&self, modes: LinkModes) -> Vec<Turn<Setting>> {
        // At 169 MHz it hears what it was set to.
        if self.info.is_some_and(|info| info.module == Module::Im170a) {
            return Vec::new();
        }
        let mut settings = Vec::new();
        if modes.c && self.hears_c_and_t() {
            settings.push(Setting::CAndT);
        } else {
            settings.extend(modes.t.then_some(Setting::T1));
            settings
                .extend(modes.c.then_some([Setting::C1FormatA, Setting::C1FormatB]).into_iter().flatten());
        }
        settings.extend(modes.s.then_some(Setting::S1));
        settings.into_iter().map(|setting| Turn { setting, hears: setting.hears() }).collect()
    }

    fn tune(&mut self, setting: Setting) {
        self.to_set = Some(setting);
    }

    fn check(&mut self) {
        self.to_ping = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signal_strength_of_a_log_is_the_logged_one() {
        assert_eq!(rssi_dbm(140), -52);
        assert_eq!(rssi_dbm(255), 0);
        assert_eq!(rssi_dbm(0), -122);
    }
}
