//! One emulator, its line, its port: what happens between two looks at the clock.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use super::port::{Happened, Port};
use crate::random::Random;
use crate::{AirTelegram, Emulator, Fault, Line, Sent};

/// How long nothing is looked at when nothing is due.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// How long a command and its answer are on their way at least, over a UART and USB. Hosts that begin to wait for an
/// answer after they wrote the command would miss one that is there at once.
const TURNAROUND: Duration = Duration::from_millis(5);
/// What waits at most for a host that does not read.
const MOST_UNREAD_BYTES: usize = 1 << 20;
/// A stream waits while so much is unread.
const ENOUGH_UNREAD_BYTES: usize = 1 << 16;
const UNPLUG_AFTER_TELEGRAMS: usize = 5;
const UNPLUGGED_FOR: Duration = Duration::from_millis(500);

/// Connects an emulator with a port.
#[derive(Debug)]
pub(super) struct Host {
    emulator: Box<dyn Emulator>,
    line: Line,
    port: Box<dyn Port>,
    unread: VecDeque<u8>,
    is_plugged_in: bool,
    is_open: bool,
    comes_back_at: Option<Duration>,
    telegrams: usize,
    powered_at: Duration,
    noise: Random,
}

impl Host {
    pub(super) fn new(emulator: Box<dyn Emulator>, fault: Option<Fault>, port: Box<dyn Port>) -> Self {
        Self {
            emulator,
            line: Line::new(fault),
            port,
            unread: VecDeque::new(),
            is_plugged_in: true,
            is_open: false,
            comes_back_at: None,
            telegrams: 0,
            powered_at: Duration::ZERO,
            noise: Random::new(0x0BAD_BA0D),
        }
    }

    /// Lets the receiver hear a telegram; returns how many times the host will get it whole.
    pub(super) fn hear(&mut self, telegram: &AirTelegram, now: Duration) -> usize {
        if !self.is_plugged_in || !self.is_open {
            return 0;
        }
        let Some(heard) = self.emulator.hear(telegram, now.saturating_sub(self.powered_at)) else { return 0 };
        let arrive = self.line.push(heard.message, Sent::Telegram, now);
        self.telegrams += 1;
        if self.line.fault() == Some(Fault::Unplug) && self.telegrams.is_multiple_of(UNPLUG_AFTER_TELEGRAMS) {
            self.comes_back_at = Some(now + UNPLUGGED_FOR);
        }
        if heard.is_whole { arrive } else { 0 }
    }

    /// Pulls the plug.
    pub(super) fn unplug(&mut self) {
        self.port.unplug();
        self.is_plugged_in = false;
        self.is_open = false;
        self.emulator.lose_power();
        self.unread.clear();
        self.line.reopened();
    }

    /// Plugs in again.
    pub(super) fn plug_in(&mut self, now: Duration) -> io::Result<()> {
        self.port.plug_in()?;
        self.is_plugged_in = true;
        self.powered_at = now;
        Ok(())
    }

    /// Waits a little for the host and carries both ways what is due.
    pub(super) fn turn(&mut self, now: Duration) -> io::Result<()> {
        let powered_for = now.saturating_sub(self.powered_at);
        let wait = self.line.next_due().map_or(LOOK_EVERY, |due| due.saturating_sub(now).min(LOOK_EVERY));
        match self.port.poll(if self.unread.is_empty() { wait } else { Duration::ZERO })? {
            Happened::Opened { dtr_rose } => {
                self.is_open = true;
                self.line.reopened();
                self.unread.clear();
                if dtr_rose {
                    let greeting = self.emulator.opened(powered_for);
                    self.answer(greeting, now);
                }
            }
            Happened::Bytes(bytes) => {
                // At another rate its UART finds no bytes.
                if self.is_at_the_same_rate() {
                    let answers = self.emulator.receive(&bytes, powered_for);
                    self.answer(answers, now);
                }
            }
            Happened::Closed => {
                self.is_open = false;
                self.unread.clear();
                self.line.reopened();
            }
            Happened::Nothing => {}
        }
        self.send_what_is_due(now)?;
        self.unplug_for_a_while(now)
    }

    fn answer(&mut self, answers: Vec<Vec<u8>>, now: Duration) {
        for answer in answers {
            // What it answers may have come as late as the end of this look.
            self.line.push(answer, Sent::Answer, now + LOOK_EVERY + TURNAROUND);
        }
    }

    fn send_what_is_due(&mut self, now: Duration) -> io::Result<()> {
        // A piece at a time, so that a host reads the pieces of a split message one by one.
        while let Some(piece) = self.line.due(now) {
            self.enqueue(&piece);
            if self.line.fault() == Some(Fault::Split) {
                break;
            }
        }
        // A stream follows what was said before it.
        if self.line.next_due().is_none() && self.unread.len() < ENOUGH_UNREAD_BYTES {
            let streamed = self.emulator.elapse(now.saturating_sub(self.powered_at));
            self.enqueue(&streamed);
        }
        while !self.unread.is_empty() {
            let (first, _) = self.unread.as_slices();
            let sent = self.port.send(first)?;
            if sent == 0 {
                break;
            }
            self.unread.drain(..sent);
        }
        Ok(())
    }

    fn enqueue(&mut self, bytes: &[u8]) {
        if self.unread.len() + bytes.len() > MOST_UNREAD_BYTES {
            return;
        }
        if self.is_at_the_same_rate() {
            self.unread.extend(bytes);
        } else {
            self.unread.extend(self.noise.bytes(bytes.len()));
        }
    }

    /// Tells whether host and receiver work at one rate; at another one the host hears noise.
    fn is_at_the_same_rate(&self) -> bool {
        match (self.emulator.baud_rate(), self.port.baud_rate()) {
            (Some(own), Some(host)) => own == host,
            _ => true,
        }
    }

    fn unplug_for_a_while(&mut self, now: Duration) -> io::Result<()> {
        match self.comes_back_at {
            Some(at) if self.is_plugged_in && self.unread.is_empty() && self.line.next_due().is_none() => {
                self.comes_back_at = Some(at.max(now + UNPLUGGED_FOR));
                self.unplug();
                Ok(())
            }
            Some(at) if !self.is_plugged_in && now >= at => {
                self.comes_back_at = None;
                self.plug_in(now)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use std::sync::{Arc, Mutex};

    const PING: &[u8] = &[0xA5, 0x01, 0x01, 0x00];
    const PONG: &[u8] = &[0xA5, 0x81, 0x02, 0x00, 0x4C, 0xA3];

    /// A port at which things happen one after another; what is sent can be looked at.
    #[derive(Debug)]
    struct Script {
        happens: VecDeque<Happened>,
        sent: Arc<Mutex<Vec<u8>>>,
    }

    impl Port for Script {
        fn poll(&mut self, _: Duration) -> io::Result<Happened> {
            Ok(self.happens.pop_front().unwrap_or(Happened::Nothing))
        }

        fn send(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.sent.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn baud_rate(&self) -> Option<u32> {
            None
        }

        fn unplug(&mut self) {}

        fn plug_in(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn host(kind: Kind, happens: impl IntoIterator<Item = Happened>) -> (Host, Arc<Mutex<Vec<u8>>>) {
        let sent = Arc::default();
        let port = Script { happens: happens.into_iter().collect(), sent: Arc::clone(&sent) };
        (Host::new(kind.emulator(), None, Box::new(port)), sent)
    }

    #[test]
    fn an_answer_is_on_its_way_for_a_while() {
        let asked = Happened::Bytes(PING.to_vec());
        let (mut host, sent) = host(Kind::Im871a, [Happened::Opened { dtr_rose: true }, asked]);
        host.turn(Duration::ZERO).unwrap();
        host.turn(Duration::ZERO).unwrap();
        host.turn(LOOK_EVERY + TURNAROUND - Duration::from_micros(1)).unwrap();
        assert_eq!(*sent.lock().unwrap(), b"");
        host.turn(LOOK_EVERY + TURNAROUND).unwrap();
        assert_eq!(*sent.lock().unwrap(), PONG);
    }

    #[test]
    fn a_nanocul_starts_anew_when_dtr_rises_and_only_then() {
        let asked = || Happened::Bytes(b"V\r\n".to_vec());
        for (dtr_rose, answer) in [(true, b"".as_slice()), (false, b"V 1.67 nanoCUL868\r\n")] {
            let (mut host, sent) = host(Kind::NanoCul, [Happened::Opened { dtr_rose }, asked()]);
            for millis in [1_000, 1_001, 1_010] {
                host.turn(Duration::from_millis(millis)).unwrap();
            }
            assert_eq!(*sent.lock().unwrap(), answer, "DTR rose: {dtr_rose}");
        }
    }
}
