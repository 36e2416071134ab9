//! What a receiver says to its driver.

mod answers;
mod evidence;

use std::time::Duration;

use jiff::Timestamp;
use radio_core::receiver::{Driver, Event, Kind, LinkModes, Now, Transmit};

use answers::answers;
use evidence::is_evidence;

/// More than these would only take time.
const MOST_ACTS: usize = 256;
/// A driver remembers no more than this, however much it heard; counted in its `Debug` text.
const MOST_REMEMBERED: usize = 64 * 1024;
/// No driver asks with more bytes.
const LONGEST_REQUEST: usize = 64;
/// How much of what was said last a frame may have been made of.
const RECENT: usize = 4096;

/// Lets a receiver say anything in any pieces at any time, and checks that its driver neither hangs nor grows, and
/// yields frames only of messages that are whole.
///
/// The first byte names the kind of receiver, the second one the link modes; the others are what happens: raw
/// bytes, proper answers, damaged ones, time that passes.
///
/// # Panics
/// When it does not hold.
pub fn driver(bytes: &[u8]) {
    let &[kind, modes, ref script @ ..] = bytes else { return };
    let kind = Kind::ALL[usize::from(kind) % Kind::ALL.len()];
    let mut stage = Stage::new(kind, link_modes(modes));
    let mut script = script.iter().copied();
    for _ in 0..MOST_ACTS {
        let Some(act) = script.next() else { break };
        stage.act(act, &mut script);
    }
    let remembered = format!("{:?}", stage.driver).len();
    assert!(remembered <= MOST_REMEMBERED, "{kind} remembers {remembered} bytes");
}

/// Says whole bytes to a driver of each kind at once, and lets time pass.
///
/// # Panics
/// When the driver breaks a promise.
pub fn driver_noise(bytes: &[u8]) {
    for kind in Kind::ALL {
        let mut stage = Stage::new(kind, LinkModes::ALL);
        stage.say(bytes);
        stage.pass(Duration::from_secs(5));
    }
}

fn link_modes(bits: u8) -> LinkModes {
    LinkModes { s: bits & 1 != 0, t: bits & 2 != 0, c: bits & 4 != 0 }
}

/// A driver and what it was told.
struct Stage {
    kind: Kind,
    driver: Box<dyn Driver>,
    answers: Vec<Vec<u8>>,
    now: Duration,
    /// What the receiver said last.
    recent: Vec<u8>,
}

impl Stage {
    fn new(kind: Kind, modes: LinkModes) -> Self {
        let mut stage = Self {
            kind,
            driver: kind.driver(modes),
            answers: answers(kind),
            now: Duration::ZERO,
            recent: Vec::new(),
        };
        stage.drain(0);
        stage
    }

    fn act(&mut self, act: u8, script: &mut impl Iterator<Item = u8>) {
        match act {
            0x00..=0x7F => {
                let bytes: Vec<u8> = script.take(usize::from(act) + 1).collect();
                self.say(&bytes);
            }
            0x80..=0xBF => {
                let answer = self.answer(act);
                self.say(&answer);
            }
            0xC0..=0xDF => {
                let mut answer = self.answer(act & 0x1F);
                let bit = usize::from(script.next().unwrap_or_default());
                let at = bit / 8 * 37 % answer.len();
                answer[at] ^= 1 << (bit % 8);
                self.say(&answer);
            }
            0xE0..=0xEF => self.pass(Duration::from_millis(1 << (act & 0x0F))),
            0xF0..=0xF7 => {
                let now = self.clock();
                self.driver.set_link_modes(link_modes(act), now);
                self.drain(0);
            }
            0xF8..=0xFF => {
                for byte in self.answer(act & 0x07) {
                    self.say(&[byte]);
                }
            }
        }
    }

    fn answer(&self, index: u8) -> Vec<u8> {
        self.answers[usize::from(index & 0x3F) % self.answers.len()].clone()
    }

    fn clock(&self) -> Now {
        Now { monotonic: self.now, wall: Timestamp::UNIX_EPOCH + self.now }
    }

    fn say(&mut self, bytes: &[u8]) {
        self.recent.extend_from_slice(bytes);
        let superfluous = self.recent.len().saturating_sub(RECENT.max(bytes.len()));
        self.recent.drain(..superfluous);
        let now = self.clock();
        self.driver.handle_input(bytes, now);
        self.drain(bytes.len());
    }

    /// Lets time pass: a driver that wants to be called has something to do then.
    fn pass(&mut self, duration: Duration) {
        let end = self.now + duration;
        let most_calls = 64 + duration.as_millis() / 5;
        let mut calls = 0;
        while let Some(due) = self.driver.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            let now = self.clock();
            self.driver.handle_timeout(now);
            self.drain(RECENT);
            calls += 1;
            assert!(calls <= most_calls, "{} wants to be called for ever", self.kind);
        }
        self.now = end;
    }

    /// Takes what the driver has to tell after so many bytes.
    fn drain(&mut self, bytes: usize) {
        let most = 4 * bytes + 8;
        for count in 0.. {
            let Some(event) = self.driver.poll_event() else { break };
            assert!(count < most, "{} tells {count} events of {bytes} bytes", self.kind);
            if let Event::Frame(received) = event {
                let frame = received.frame.bytes();
                assert_eq!(frame.first().map(|length| usize::from(*length) + 1), Some(frame.len()));
                assert!(
                    is_evidence(self.kind, &self.recent, frame),
                    "{} made {frame:02X?} of nothing",
                    self.kind
                );
            }
        }
        for count in 0.. {
            let Some(transmit) = self.driver.poll_transmit() else { break };
            assert!(count < most, "{} sends {count} times after {bytes} bytes", self.kind);
            if let Transmit::Bytes(request) = transmit {
                assert!((1..=LONGEST_REQUEST).contains(&request.len()), "{request:02X?}");
            }
        }
    }
}
