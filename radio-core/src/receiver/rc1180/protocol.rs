//! What is asked of an RC1180, and what it answers.

use std::time::Duration;

use wmbus::FrameFormat;

use super::message::{self, Expected, Message};
use crate::receiver::session::{Channels, Found, Handled, Protocol, Request, Turn, Unanswered};
use crate::receiver::{Identity, Kind, LinkModes, Now, Reject, frame};

/// Goes from telegrams to commands.
const ENTER: u8 = 0x00;
const LIST_REGISTERS: u8 = b'0';
const WRITE_REGISTERS: u8 = b'M';
const END_OF_REGISTERS: u8 = 0xFF;
/// Sets the link mode until the next reset; the memory stays as it is.
const SET_MODE: u8 = b'G';
/// Goes from commands to telegrams.
const LEAVE: u8 = b'X';

/// What has to be in the memory: signal strength behind every telegram, the role of a concentrator (it receives
/// every meter), and telegrams with their addresses.
const WANTED: [(u8, u8); 3] = [(RSSI, 0x01), (0x12, 0x01), (0x36, 0x00)];
const MODE: u8 = 0x03;
const RSSI: u8 = 0x05;
const ID: std::ops::Range<usize> = 0x1B..0x1F;

/// How often a command that changes something is begun before it is given up.
const MOST_FAILURES: u8 = 3;
/// How the part numbers of Radiocrafts' M-Bus modules begin, such as `RC1180-MBUS3`.
const PART_NUMBERS: &[u8] = b"RC1";
const LONGEST_PART_NUMBER: usize = 16;
/// After a prompt a second one may come: some commands prompt for their argument, others do not.
const AFTER_PROMPT: Duration = Duration::from_millis(30);
/// How long it is left alone to go back to hearing.
const AFTER_LEAVING: Duration = Duration::from_millis(50);
/// How long a prompt is awaited that may not come.
const MAYBE_PROMPT: Duration = Duration::from_millis(100);

/// Speaks with an RC1180.
#[derive(Debug, Default)]
pub(in crate::receiver) struct Rc1180 {
    registers: Option<Vec<u8>>,
    /// Whether it takes commands now, and hears nothing.
    is_configured: bool,
    /// What is asked of the memory is open.
    writes: Progress,
    /// The link mode that is wanted and not set yet.
    to_set: Option<Channels>,
    mode_is_open: bool,
    /// How often the answer to a command that changes something did not come.
    failures: u8,
    set: Option<Channels>,
    /// What this receiver cannot hear.
    refused: Vec<Channels>,
    to_check: bool,
}

/// Tells how far writing the memory is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Progress {
    #[default]
    NotBegun,
    Open,
    /// Done, or given up.
    Over,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::receiver) enum Step {
    Enter,
    Registers,
    OpenMemory,
    Write,
    OpenMode,
    Set(Channels),
    Leave,
}

/// Returns a setting as the receiver numbers it. S and T are the same in all its firmwares: mode 0 is S1 in the old
/// ones and S2 in the others, which sounds the same to a receiver.
const fn number(setting: Channels) -> u8 {
    match setting {
        Channels::S => 0x00,
        Channels::T => 0x01,
        Channels::C => 0x09,
        Channels::CAndT => 0x0A,
    }
}

impl Rc1180 {
    fn register(&self, address: u8) -> Option<u8> {
        self.registers.as_ref()?.get(usize::from(address)).copied()
    }

    /// Returns the registers that are to be written, with their values.
    fn to_write(&self) -> impl Iterator<Item = (u8, u8)> {
        WANTED.into_iter().filter(|(address, value)| self.register(*address) != Some(*value))
    }

    fn is_to_write(&self) -> bool {
        self.writes != Progress::Over && self.to_write().next().is_some()
    }

    /// Counts a command that may have been done or not; tells whether it is given up.
    fn fails(&mut self) -> bool {
        self.failures += 1;
        let is_given_up = self.failures >= MOST_FAILURES;
        if is_given_up {
            self.failures = 0;
        }
        is_given_up
    }

    fn wrote(&mut self) {
        self.failures = 0;
        for (address, value) in WANTED {
            let registers = self.registers.as_mut();
            if let Some(register) = registers.and_then(|all| all.get_mut(usize::from(address))) {
                *register = value;
            }
        }
        self.writes = Progress::Over;
    }

    /// Takes a prompt as the answer to what was asked.
    fn prompted(&mut self, asked: Step) {
        match asked {
            Step::Enter => {
                self.is_configured = true;
                self.to_check = false;
            }
            Step::OpenMemory => self.writes = Progress::Open,
            Step::Write => self.wrote(),
            Step::OpenMode => self.mode_is_open = true,
            Step::Set(setting) => self.set_to(setting),
            // Clones prompt here, too.
            Step::Leave => self.is_configured = false,
            Step::Registers => {}
        }
    }

    fn set_to(&mut self, setting: Channels) {
        self.set = Some(setting);
        self.to_set = None;
        self.mode_is_open = false;
        self.failures = 0;
    }

    fn received(&self, bytes: &[u8], now: Now) -> Handled {
        // Before the registers are known, nobody knows whether the last byte belongs to the telegram.
        let Some(appends_rssi) = self.register(RSSI) else { return Handled::Ignored };
        let (telegram, rssi) = match bytes.split_last() {
            Some((rssi, telegram)) if appends_rssi != 0 => (telegram, Some(*rssi)),
            Some(_) => (bytes, None),
            None => return Handled::Frame(Err(Reject::Length)),
        };
        Handled::Frame(frame::from_control_field(telegram).map(|frame| {
            let mut received = frame::received(frame, FrameFormat::WithoutCrc, now);
            received.link_mode = self.set.and_then(Channels::link_mode);
            received.rssi_dbm = rssi.map(|raw| -(i16::from(raw) / 2));
            received
        }))
    }

    /// Returns the receiver's own name of itself, if its memory holds one: newer firmwares write it as text.
    fn part_number(&self) -> Option<String> {
        let registers = self.registers.as_ref()?;
        let begins = registers.windows(PART_NUMBERS.len()).position(|bytes| bytes == PART_NUMBERS)?;
        let name = registers.iter().skip(begins).take_while(|byte| byte.is_ascii_graphic());
        Some(name.take(LONGEST_PART_NUMBER).map(|byte| char::from(*byte)).collect())
    }
}

impl Protocol for Rc1180 {
    type Message = Message;
    type Step = Step;
    type Setting = Channels;

    const BAUD_RATE: u32 = 19_200;
    const IS_UART: bool = true;
    /// Nothing but a pause tells where a telegram ends whose bytes were lost.
    const REST_WITHIN: Duration = Duration::from_millis(150);
    /// Asking interrupts hearing.
    const QUIET_FOR: Duration = Duration::from_secs(30);

    fn find(&self, bytes: &[u8], asked: Option<Step>) -> Found<Message> {
        let expected = match asked {
            Some(Step::Registers) => Expected::Registers,
            Some(_) => Expected::Prompt,
            None if self.is_configured => Expected::Nothing,
            None => Expected::Telegrams,
        };
        message::find(bytes, expected)
    }

    fn give_up(&self, bytes: &[u8]) -> Found<Message> {
        message::give_up(bytes)
    }

    fn begin(&mut self) {
        *self = Self::default();
    }

    fn next(&self) -> Option<Step> {
        let is_open =
            self.registers.is_none() || self.is_to_write() || self.to_set.is_some() || self.to_check;
        if !self.is_configured {
            return is_open.then_some(Step::Enter);
        }
        if self.registers.is_none() {
            return Some(Step::Registers);
        }
        if self.is_to_write() {
            let is_ready = self.writes == Progress::Open;
            return Some(if is_ready { Step::Write } else { Step::OpenMemory });
        }
        match self.to_set {
            Some(setting) if self.mode_is_open => Some(Step::Set(setting)),
            Some(_) => Some(Step::OpenMode),
            None => Some(Step::Leave),
        }
    }

    fn request(&self, step: Step) -> Request {
        let bytes = match step {
            Step::Enter => vec![ENTER],
            Step::Registers => vec![LIST_REGISTERS],
            Step::OpenMemory => vec![WRITE_REGISTERS],
            Step::Write => {
                let pairs = self.to_write().flat_map(|(address, value)| [address, value]);
                pairs.chain([END_OF_REGISTERS]).collect()
            }
            Step::OpenMode => vec![SET_MODE],
            Step::Set(setting) => vec![number(setting)],
            Step::Leave => vec![LEAVE],
        };
        let request = Request { pause: AFTER_PROMPT, ..Request::new(bytes) };
        match step {
            // Bytes for another kind of receiver, sent to find out which one this is, may have begun a telegram to
            // be transmitted: it forgets that after two seconds.
            Step::Enter => Request { attempts: 5, ..request },
            // They come late rather than not at all, and a second time they would be taken for telegrams.
            Step::Registers => Request { attempts: 2, answer_within: Duration::from_secs(3), ..request },
            // An argument that is said twice would be a command.
            Step::Write | Step::Set(_) => Request { attempts: 1, ..request },
            Step::OpenMemory | Step::OpenMode => {
                Request { attempts: 1, answer_within: MAYBE_PROMPT, ..request }
            }
            // It says nothing when it leaves.
            Step::Leave => {
                Request { attempts: 1, answer_within: AFTER_LEAVING, pause: Duration::ZERO, ..request }
            }
        }
    }

    fn handle(&mut self, message: Message, asked: Option<Step>, now: Now) -> Handled {
        match (message, asked) {
            (Message::Telegram(bytes), _) => self.received(&bytes, now),
            (Message::Registers(registers), Some(Step::Registers)) => {
                self.registers = Some(registers);
                Handled::Answer
            }
            (Message::Prompt, Some(step)) => {
                self.prompted(step);
                Handled::Answer
            }
            _ => Handled::Ignored,
        }
    }

    fn unanswered(&mut self, step: Step) -> Unanswered {
        match step {
            Step::Enter | Step::Registers => return Unanswered::Lost,
            Step::OpenMemory => self.writes = Progress::Open,
            Step::Write => {
                // Whether it wrote is seen when they are read again.
                self.registers = None;
                self.writes = if self.fails() { Progress::Over } else { Progress::NotBegun };
            }
            Step::OpenMode => self.mode_is_open = true,
            // A clone that cannot be told a mode may be in it.
            Step::Set(setting) if self.register(MODE) == Some(number(setting)) => self.set_to(setting),
            Step::Set(setting) => {
                self.mode_is_open = false;
                if self.fails() {
                    self.refused.push(setting);
                    self.to_set = None;
                }
            }
            Step::Leave => self.is_configured = false,
        }
        Unanswered::GoOn
    }

    fn identity(&self) -> Identity {
        let id = self.registers.as_ref().and_then(|registers| registers.get(ID));
        Identity {
            kind: Some(Kind::Rc1180),
            model: self.part_number().unwrap_or_else(|| "RC1180-MBUS".to_owned()),
            id: id.map(crate::hex::write),
            firmware: None,
        }
    }

    fn turns(&self, modes: LinkModes) -> Vec<Turn<Channels>> {
        Channels::turns(modes, &self.refused)
    }

    fn tune(&mut self, setting: Channels) {
        self.to_set = Some(setting);
    }

    fn check(&mut self) {
        self.to_check = true;
    }
}
