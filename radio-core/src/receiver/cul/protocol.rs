//! What is asked of a CUL, and what it answers.

use wmbus::{Frame, FrameFormat, LinkMode};

use super::line::{self, Line};
use crate::receiver::session::{Found, Handled, Protocol, Request, Turn, Unanswered};
use crate::receiver::{Identity, Kind, LinkModes, Now, Reject, frame};

const ASK_VERSION: &str = "V\r\n";
/// Puts LQI and RSSI behind every telegram.
const WITH_RSSI: &str = "X21\r\n";
/// LQI and RSSI.
const APPENDED: usize = 2;

/// Speaks with a CUL.
#[derive(Debug, Default)]
pub(in crate::receiver) struct Cul {
    version: Option<String>,
    /// The mode that is wanted and not set yet.
    to_set: Option<Setting>,
    set: Option<Setting>,
    /// What this receiver cannot hear.
    refused: Vec<Setting>,
    to_ping: bool,
    /// Whether this firmware marks frame format A of mode C with a letter.
    marks_format_a: bool,
    /// Whether mode T was heard in mode C, too. Many firmwares hear both then, and none says so.
    hears_t_in_c: bool,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::receiver) enum Step {
    Version,
    Set(Setting),
    Ping,
}

/// A mode in which it receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::receiver) enum Setting {
    S,
    T,
    C,
}

impl Setting {
    /// Returns the letter of the command and of the answer.
    const fn letters(self) -> (char, u8) {
        match self {
            Self::S => ('s', b'S'),
            Self::T => ('t', b'T'),
            Self::C => ('c', b'C'),
        }
    }
}

impl Cul {
    fn received(&mut self, format: Option<FrameFormat>, bytes: &[u8], now: Now) -> Handled {
        let (frame, format, link_mode) = match self.parse(format, bytes) {
            Ok(parsed) => parsed,
            Err(reason) => return Handled::Frame(Err(reason)),
        };
        let appended = match frame.trailing_bytes() {
            0 => None,
            APPENDED => bytes.last_chunk::<APPENDED>(),
            // The telegram and its length contradict each other.
            _ => return Handled::Frame(Err(Reject::Length)),
        };
        let mut received = frame::received(frame, format, now);
        received.link_mode = link_mode;
        if let Some([lqi, rssi]) = appended {
            received.quality.link_quality = Some(lqi >> 1);
            received.rssi_dbm = Some(frame::cc1101_rssi_dbm(*rssi));
        }
        Handled::Frame(Ok(received))
    }

    /// Checks the CRCs. A line without a letter has format A, but some firmwares leave the letter of format B out.
    fn parse(
        &mut self,
        format: Option<FrameFormat>,
        bytes: &[u8],
    ) -> Result<(Frame, FrameFormat, Option<LinkMode>), Reject> {
        if let Some(format) = format {
            let frame = Frame::parse(bytes, format).map_err(frame::reject)?;
            self.marks_format_a |= format == FrameFormat::A;
            return Ok((frame, format, Some(LinkMode::C1)));
        }
        match Frame::parse(bytes, FrameFormat::A) {
            Ok(frame) => {
                let link_mode = match self.set {
                    Some(Setting::S) => Some(LinkMode::S1),
                    Some(Setting::T) => Some(LinkMode::T1),
                    Some(Setting::C) if self.marks_format_a => {
                        self.hears_t_in_c = true;
                        Some(LinkMode::T1)
                    }
                    // Mode C with format A, or mode T heard along with it.
                    Some(Setting::C) | None => None,
                };
                Ok((frame, FrameFormat::A, link_mode))
            }
            Err(error) if self.set == Some(Setting::C) => {
                let frame = Frame::parse(bytes, FrameFormat::B).map_err(|_| frame::reject(error))?;
                Ok((frame, FrameFormat::B, Some(LinkMode::C1)))
            }
            Err(error) => Err(frame::reject(error)),
        }
    }

    const fn hears(&self, setting: Setting) -> LinkModes {
        LinkModes {
            s: matches!(setting, Setting::S),
            t: matches!(setting, Setting::T) || (matches!(setting, Setting::C) && self.hears_t_in_c),
            c: matches!(setting, Setting::C),
        }
    }
}

impl Protocol for Cul {
    type Message = Line;
    type Step = Step;
    type Setting = Setting;

    const BAUD_RATE: u32 = 38_400;
    const IS_UART: bool = false;

    fn find(&self, bytes: &[u8], _asked: Option<Step>) -> Found<Line> {
        line::find(bytes)
    }

    fn give_up(&self, bytes: &[u8]) -> Found<Line> {
        // Nothing in it has an end.
        Found::Broken { length: bytes.len(), skip: bytes.len() }
    }

    fn begin(&mut self) {
        *self = Self::default();
    }

    fn next(&self) -> Option<Step> {
        if self.version.is_none() {
            return Some(Step::Version);
        }
        self.to_set.map(Step::Set).or_else(|| self.to_ping.then_some(Step::Ping))
    }

    fn request(&self, step: Step) -> Request {
        match step {
            // A nanoCUL's boot loader listens for some seconds after its port was opened.
            Step::Version => Request { attempts: 10, ..Request::new(ASK_VERSION) },
            Step::Ping => Request::new(ASK_VERSION),
            Step::Set(setting) => Request::new(format!("{WITH_RSSI}br{}\r\n", setting.letters().0)),
        }
    }

    fn handle(&mut self, line: Line, asked: Option<Step>, now: Now) -> Handled {
        match (line, asked) {
            (Line::Telegram { format, bytes }, _) => self.received(format, &bytes, now),
            (Line::Version(version), Some(Step::Version)) if version.contains("CUL") => {
                self.version = Some(version);
                Handled::Answer
            }
            (Line::Version(_), Some(Step::Ping)) => {
                self.to_ping = false;
                Handled::Answer
            }
            (Line::Mode(letter), Some(Step::Set(setting))) if setting.letters().1 == letter => {
                self.set = Some(setting);
                self.to_set = None;
                Handled::Answer
            }
            (Line::Unknown, Some(Step::Set(_))) => Handled::Refused,
            _ => Handled::Ignored,
        }
    }

    fn unanswered(&mut self, step: Step) -> Unanswered {
        match step {
            // Firmwares without mode C say nothing.
            Step::Set(Setting::C) if self.set != Some(Setting::C) => self.refused(step),
            _ => Unanswered::Lost,
        }
    }

    fn refused(&mut self, step: Step) -> Unanswered {
        let Step::Set(setting) = step else { return Unanswered::Lost };
        self.refused.push(setting);
        self.to_set = None;
        Unanswered::GoOn
    }

    fn identity(&self) -> Identity {
        let version = self.version.as_deref().unwrap_or_default();
        let model = version.split_ascii_whitespace().rfind(|word| word.contains("CUL"));
        Identity {
            kind: Some(Kind::Cul),
            model: model.unwrap_or("CUL").to_owned(),
            id: None,
            firmware: version.split_ascii_whitespace().nth(1).map(str::to_owned),
        }
    }

    fn turns(&self, modes: LinkModes) -> Vec<Turn<Setting>> {
        let wanted = [
            (Setting::T, modes.t && !(modes.c && self.hears_t_in_c)),
            (Setting::C, modes.c),
            (Setting::S, modes.s),
        ];
        let able = wanted.into_iter().filter(|(setting, wanted)| *wanted && !self.refused.contains(setting));
        able.map(|(setting, _)| Turn { setting, hears: self.hears(setting) }).collect()
    }

    fn tune(&mut self, setting: Setting) {
        self.to_set = Some(setting);
    }

    fn check(&mut self) {
        self.to_ping = true;
    }
}
