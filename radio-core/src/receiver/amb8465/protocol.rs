//! What is asked of an AMB8465, and what it answers.

use std::time::Duration;

use wmbus::FrameFormat;

use super::message::{self, Message};
use crate::receiver::session::{Channels, Found, Handled, Protocol, Request, Turn, Unanswered};
use crate::receiver::{Identity, Kind, LinkModes, Now, Reject, frame};

mod command {
    pub(super) const SET_MODE: u8 = 0x04;
    pub(super) const RESET: u8 = 0x05;
    pub(super) const SET_PARAMETER: u8 = 0x09;
    pub(super) const PARAMETERS: u8 = 0x0A;
    pub(super) const SERIAL_NUMBER: u8 = 0x0B;
    pub(super) const FIRMWARE: u8 = 0x0C;
}

mod parameter {
    /// Whether every telegram comes in a command, with a checksum.
    pub(in super::super) const UART_COMMAND_OUT: u8 = 0x05;
    /// Whether the signal strength follows every telegram.
    pub(in super::super) const RSSI: u8 = 0x45;
}

/// All parameters, from the first one.
const ALL_PARAMETERS: [u8; 2] = [0x00, 0x80];
/// The parameters of the receiver for 169 MHz are more.
const PARAMETERS_OF_169_MHZ: usize = 128;
const ON: u8 = 0x01;
const DONE: u8 = 0x00;
/// How long the receiver is left alone after a reset, and after its memory was written.
const AFTER_RESET: Duration = Duration::from_millis(500);

/// Speaks with an AMB8465.
///
/// What tells every telegram's bounds and strength is in its non-volatile memory: it is written where it differs,
/// once, and the receiver reset. The link mode is not kept by it.
#[derive(Debug, Default)]
pub(in crate::receiver) struct Amb8465 {
    parameters: Option<Parameters>,
    /// The parameters that are still to be written.
    to_write: Vec<u8>,
    to_reset: bool,
    firmware: Option<Answer>,
    serial_number: Option<Answer>,
    to_set: Option<Channels>,
    set: Option<Channels>,
    /// What this receiver cannot hear.
    refused: Vec<Channels>,
    to_ping: bool,
    /// Whether a telegram came in a command: from then on none is believed without.
    comes_in_commands: bool,
}

#[derive(Debug, Clone, Copy)]
struct Parameters {
    is_169_mhz: bool,
    appends_rssi: bool,
}

/// Is what was answered to a question that may stay open.
#[derive(Debug, Clone)]
enum Answer {
    Untold,
    Told(Vec<u8>),
}

#[derive(Debug, Clone, Copy)]
pub(in crate::receiver) enum Step {
    Parameters,
    /// Switches a parameter on.
    Write(u8),
    Reset,
    Firmware,
    SerialNumber,
    Set(Channels),
    Ping,
}

/// Returns a setting as the receiver numbers it: as meters' partner, where it makes a difference.
const fn number(setting: Channels) -> u8 {
    match setting {
        Channels::S => 0x03,
        Channels::T => 0x08,
        Channels::CAndT => 0x09,
        Channels::C => 0x0E,
    }
}

impl Amb8465 {
    /// Takes the parameters: their first, how many, and they themselves.
    fn take_parameters(&mut self, payload: &[u8]) -> Handled {
        let &[_, _, ref values @ ..] = payload else { return Handled::Ignored };
        let value = |parameter: u8| values.get(usize::from(parameter)).copied();
        self.parameters = Some(Parameters {
            is_169_mhz: values.len() >= PARAMETERS_OF_169_MHZ,
            appends_rssi: value(parameter::RSSI) == Some(ON),
        });
        let wanted = [parameter::RSSI, parameter::UART_COMMAND_OUT];
        self.to_write = wanted.into_iter().filter(|parameter| value(*parameter) != Some(ON)).collect();
        Handled::Answer
    }

    fn wrote(&mut self, parameter: u8, is_done: bool) {
        self.to_write.retain(|other| *other != parameter);
        if is_done {
            self.to_reset = true;
            if let Some(parameters) = self.parameters.as_mut().filter(|_| parameter == parameter::RSSI) {
                parameters.appends_rssi = true;
            }
        }
    }

    fn received(&mut self, bytes: &[u8], now: Now) -> Handled {
        // Before the parameters are known, nobody knows whether the last byte belongs to the telegram.
        let Some(parameters) = self.parameters else { return Handled::Ignored };
        let (telegram, rssi) = match bytes.split_last() {
            Some((rssi, telegram)) if parameters.appends_rssi => (telegram, Some(*rssi)),
            Some(_) => (bytes, None),
            None => return Handled::Frame(Err(Reject::Length)),
        };
        Handled::Frame(frame::from_control_field(telegram).map(|frame| {
            let mut received = frame::received(frame, FrameFormat::WithoutCrc, now);
            received.link_mode = self.set.and_then(Channels::link_mode);
            received.rssi_dbm = rssi.map(frame::cc1101_rssi_dbm);
            received
        }))
    }
}

impl Protocol for Amb8465 {
    type Message = Message;
    type Step = Step;
    type Setting = Channels;

    const BAUD_RATE: u32 = 9_600;
    const IS_UART: bool = true;
    /// Bytes of a message follow one another closely.
    const REST_WITHIN: Duration = Duration::from_millis(500);

    fn find(&self, bytes: &[u8], _asked: Option<Step>) -> Found<Message> {
        message::find(bytes, !self.comes_in_commands)
    }

    fn give_up(&self, bytes: &[u8]) -> Found<Message> {
        message::give_up(bytes, !self.comes_in_commands)
    }

    fn begin(&mut self) {
        *self = Self::default();
    }

    fn next(&self) -> Option<Step> {
        if self.parameters.is_none() {
            return Some(Step::Parameters);
        }
        if let Some(parameter) = self.to_write.first() {
            return Some(Step::Write(*parameter));
        }
        if self.to_reset {
            Some(Step::Reset)
        } else if self.firmware.is_none() {
            Some(Step::Firmware)
        } else if self.serial_number.is_none() {
            Some(Step::SerialNumber)
        } else {
            self.to_set.map(Step::Set).or_else(|| self.to_ping.then_some(Step::Ping))
        }
    }

    fn request(&self, step: Step) -> Request {
        let request = Request::new(match step {
            // The only question that every one of them is known to answer.
            Step::Parameters | Step::Ping => message::request(command::PARAMETERS, &ALL_PARAMETERS),
            Step::Write(parameter) => message::request(command::SET_PARAMETER, &[parameter, 1, ON]),
            Step::Reset => message::request(command::RESET, &[]),
            Step::Firmware => message::request(command::FIRMWARE, &[]),
            Step::SerialNumber => message::request(command::SERIAL_NUMBER, &[]),
            Step::Set(setting) => message::request(command::SET_MODE, &[number(setting)]),
        });
        match step {
            Step::Reset => Request { pause: AFTER_RESET, ..request },
            // It can be done without, and whoever looks for receivers does not wait for ever.
            Step::Write(_) => Request { attempts: 2, ..request },
            // Nothing depends on it.
            Step::Firmware | Step::SerialNumber => Request { attempts: 1, ..request },
            _ => request,
        }
    }

    fn handle(&mut self, message: Message, asked: Option<Step>, now: Now) -> Handled {
        let (command, payload) = match message {
            Message::Telegram { bytes, is_checked } => {
                self.comes_in_commands |= is_checked;
                return self.received(&bytes, now);
            }
            Message::Answer { command, payload } => (command, payload),
        };
        let is_done = payload.first() == Some(&DONE);
        match (command, asked) {
            (command::PARAMETERS, Some(Step::Parameters)) => self.take_parameters(&payload),
            (command::SET_PARAMETER, Some(Step::Write(parameter))) => {
                self.wrote(parameter, is_done);
                Handled::Answer
            }
            (command::RESET, Some(Step::Reset)) => {
                self.to_reset = false;
                Handled::Answer
            }
            (command::FIRMWARE, Some(Step::Firmware)) => {
                self.firmware = Some(Answer::Told(payload));
                Handled::Answer
            }
            (command::PARAMETERS, Some(Step::Ping)) => {
                self.to_ping = false;
                Handled::Answer
            }
            (command::SERIAL_NUMBER, Some(Step::SerialNumber)) => {
                self.serial_number = Some(Answer::Told(payload));
                Handled::Answer
            }
            (command::SET_MODE, Some(Step::Set(setting))) if is_done => {
                self.set = Some(setting);
                self.to_set = None;
                Handled::Answer
            }
            (command::SET_MODE, Some(Step::Set(_))) => Handled::Refused,
            _ => Handled::Ignored,
        }
    }

    fn unanswered(&mut self, step: Step) -> Unanswered {
        match step {
            Step::Write(parameter) => self.wrote(parameter, false),
            Step::Reset => self.to_reset = false,
            Step::Firmware => self.firmware = Some(Answer::Untold),
            Step::SerialNumber => self.serial_number = Some(Answer::Untold),
            Step::Parameters | Step::Set(_) | Step::Ping => return Unanswered::Lost,
        }
        Unanswered::GoOn
    }

    fn refused(&mut self, step: Step) -> Unanswered {
        let Step::Set(setting) = step else { return self.unanswered(step) };
        self.refused.push(setting);
        self.to_set = None;
        Unanswered::GoOn
    }

    fn identity(&self) -> Identity {
        let told = |answer: &Option<Answer>| match answer {
            Some(Answer::Told(bytes)) if !bytes.is_empty() => Some(bytes.clone()),
            _ => None,
        };
        let is_169_mhz = self.parameters.is_some_and(|parameters| parameters.is_169_mhz);
        Identity {
            kind: Some(Kind::Amb8465),
            model: if is_169_mhz { "AMB3665" } else { "AMB8465" }.to_owned(),
            id: told(&self.serial_number).map(|bytes| crate::hex::write(&bytes)),
            firmware: told(&self.firmware)
                .map(|bytes| bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(".")),
        }
    }

    fn turns(&self, modes: LinkModes) -> Vec<Turn<Channels>> {
        // At 169 MHz it hears what it was set to.
        if self.parameters.is_some_and(|parameters| parameters.is_169_mhz) {
            return Vec::new();
        }
        Channels::turns(modes, &self.refused)
    }

    fn tune(&mut self, setting: Channels) {
        // It is set again because it hears nothing: some sticks stall after a long time.
        self.to_reset |= self.set == Some(setting);
        self.to_set = Some(setting);
    }

    fn check(&mut self) {
        self.to_ping = true;
    }
}
