//! A driver on a desk: bytes and time go in by hand.

use std::time::Duration;

use radio_core::ReceivedFrame;
use radio_core::receiver::{Driver, Event, Identity, Kind, LinkModes, Now, Reject, State, Transmit};

/// When the clock starts.
const WALL: i64 = 1_767_776_400;

pub(crate) struct Desk {
    driver: Box<dyn Driver>,
    now: Duration,
    sent: Vec<u8>,
    events: Vec<Event>,
    pub(crate) baud_rate: u32,
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

impl Desk {
    pub(crate) fn new(kind: Kind, modes: &str) -> Self {
        let driver = kind.driver(modes.parse().unwrap());
        let mut desk =
            Self { driver, now: Duration::ZERO, sent: Vec::new(), events: Vec::new(), baud_rate: 0 };
        desk.drain();
        desk.pass(0);
        desk
    }

    /// Lets the receiver say something.
    pub(crate) fn hear(&mut self, bytes: impl AsRef<[u8]>) {
        let now = self.clock();
        self.driver.handle_input(bytes.as_ref(), now);
        self.drain();
    }

    /// Lets the receiver say something, written in hexadecimal digits.
    pub(crate) fn hear_hex(&mut self, text: &str) {
        self.hear(hex(text));
    }

    /// Lets time pass, calling the driver when it wants to be called.
    pub(crate) fn pass(&mut self, milliseconds: u64) {
        let end = self.now + Duration::from_millis(milliseconds);
        let mut calls = 0;
        while let Some(due) = self.driver.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            let now = self.clock();
            self.driver.handle_timeout(now);
            self.drain();
            calls += 1;
            assert!(calls < 100_000, "the driver wants to be called for ever at {:?}", self.now);
        }
        self.now = end;
    }

    pub(crate) fn set_link_modes(&mut self, modes: LinkModes) {
        let now = self.clock();
        self.driver.set_link_modes(modes, now);
        self.drain();
    }

    /// Takes what was sent since the last time.
    pub(crate) fn sent(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.sent)
    }

    /// Asserts what was sent since the last time.
    #[track_caller]
    pub(crate) fn assert_sent(&mut self, text: &str) {
        let sent = self.sent();
        assert_eq!(sent, hex(text), "sent {sent:02X?} instead of {text}");
    }

    /// Takes what was told since the last time.
    pub(crate) fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Takes what was told since the last time, and leaves only the frames.
    pub(crate) fn frames(&mut self) -> Vec<ReceivedFrame> {
        let events = self.events().into_iter();
        events.filter_map(|event| if let Event::Frame(frame) = event { Some(*frame) } else { None }).collect()
    }

    pub(crate) fn clock(&self) -> Now {
        let wall = jiff::Timestamp::from_second(WALL).unwrap();
        Now { monotonic: self.now, wall: wall + self.now }
    }

    fn drain(&mut self) {
        while let Some(transmit) = self.driver.poll_transmit() {
            match transmit {
                Transmit::Bytes(bytes) => self.sent.extend(bytes),
                Transmit::BaudRate(rate) => self.baud_rate = rate,
                _ => panic!("the port cannot do {transmit:?}"),
            }
        }
        while let Some(event) = self.driver.poll_event() {
            self.events.push(event);
        }
    }
}

/// Returns the checksum of IMST's messages, in the order of its bytes.
pub(crate) fn x25(bytes: &[u8]) -> [u8; 2] {
    let mut register = 0xFFFF_u16;
    for byte in bytes {
        register ^= u16::from(*byte);
        for _ in 0..8 {
            register = if register & 1 == 1 { register >> 1 ^ 0x8408 } else { register >> 1 };
        }
    }
    (!register).to_le_bytes()
}

pub(crate) fn identified(kind: Kind, model: &str, id: Option<&str>, firmware: Option<&str>) -> Event {
    Event::Identified(Identity {
        kind: Some(kind),
        model: model.to_owned(),
        id: id.map(str::to_owned),
        firmware: firmware.map(str::to_owned),
    })
}

pub(crate) fn listening(modes: &str) -> Event {
    Event::Listening(modes.parse().unwrap())
}

pub(crate) fn state(state: State) -> Event {
    Event::State(state)
}

pub(crate) fn rejected(reason: Reject) -> Event {
    Event::Rejected(reason)
}
