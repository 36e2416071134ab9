//! A source of which it is not known yet whether it sends text or bare frames.

use std::time::Duration;

use super::{FrameDriver, LineDriver};
use crate::receiver::{Driver, Event, LinkModes, Now, Transmit};

/// So many bytes of text are no frame: a device type or a control information field would be among them.
const ENOUGH: usize = 32;

/// A line with a telegram has at least so many characters.
const LINE: usize = 20;

/// Finds out by the first bytes whether a source sends lines or bare frames, and reads them.
#[derive(Debug)]
pub struct StreamDriver {
    /// What arrived before it was known.
    begun: Vec<u8>,
    lines: LineDriver,
    frames: FrameDriver,
    sends: Option<Sends>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sends {
    Lines,
    Frames,
}

impl StreamDriver {
    /// Begins to read; lines are read by `lines`.
    pub fn new(lines: LineDriver) -> Self {
        Self { begun: Vec::new(), lines, frames: FrameDriver::new(), sends: None }
    }

    fn chosen(&mut self) -> &mut dyn Driver {
        match self.sends {
            Some(Sends::Frames) => &mut self.frames,
            _ => &mut self.lines,
        }
    }

    fn choose(&mut self, sends: Sends, now: Now) {
        self.sends = Some(sends);
        let begun = std::mem::take(&mut self.begun);
        self.chosen().handle_input(&begun, now);
    }
}

impl Driver for StreamDriver {
    fn handle_input(&mut self, bytes: &[u8], now: Now) {
        if self.sends.is_some() {
            return self.chosen().handle_input(bytes, now);
        }
        self.begun.extend_from_slice(bytes);
        if let Some(sends) = recognised(&self.begun) {
            self.choose(sends, now);
        }
    }

    /// Chooses anew with the next message: a server hears many senders.
    fn handle_end(&mut self, now: Now) {
        if self.sends.is_none() && !self.begun.is_empty() {
            self.choose(Sends::Lines, now);
        }
        self.chosen().handle_end(now);
        self.sends = None;
    }

    fn handle_timeout(&mut self, now: Now) {
        self.chosen().handle_timeout(now);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        None
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.lines.poll_event().or_else(|| self.frames.poll_event())
    }

    fn poll_timeout(&self) -> Option<Duration> {
        match self.sends {
            Some(Sends::Frames) => self.frames.poll_timeout(),
            _ => self.lines.poll_timeout(),
        }
    }

    fn set_link_modes(&mut self, _modes: LinkModes, _now: Now) {}
}

/// Returns what the first bytes are, wherever they were cut; none while that is open.
fn recognised(bytes: &[u8]) -> Option<Sends> {
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' if index >= LINE => return Some(Sends::Lines),
            b'\t' | b'\n' | b'\r' | b' '..=b'~' if index < ENOUGH => {}
            b'\t' | b'\n' | b'\r' | b' '..=b'~' => return Some(Sends::Lines),
            _ => return Some(Sends::Frames),
        }
    }
    None
}
