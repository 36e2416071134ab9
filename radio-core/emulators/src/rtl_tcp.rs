//! An RTL-SDR behind `rtl_tcp` (receivers.md §6.3).

use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use crate::{AirTelegram, Emulator, Heard};

const COMMAND_BYTES: usize = 5;
/// "RTL0", tuner R820T, 29 gains.
const GREETING: [u8; 12] = *b"RTL0\x00\x00\x00\x05\x00\x00\x00\x1D";
const RATE_AT_POWER_ON_HZ: u32 = 2_048_000;
const SET_RATE: u8 = 0x02;
const BYTES_PER_SAMPLE: usize = 2;
/// What it says at once; a host that reads more slowly loses samples.
const MOST_AT_ONCE_BYTES: usize = 1 << 16;
/// An 8-bit sample's zero lies between 127 and 128.
const SILENCE: [u8; 2] = [127, 128];

/// Emulates an RTL-SDR behind `rtl_tcp`: its antenna hears the samples of a recording, once, then silence.
#[derive(Debug)]
pub struct RtlTcp {
    samples: Vec<u8>,
    pace: Pace,
    position: usize,
    rate_hz: u32,
    /// When the host came, and up to when samples were said.
    said_until: Option<Duration>,
    arrived: Vec<u8>,
    commands: Sender<Command>,
}

/// Tells how fast samples come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As they come from an antenna, at the rate that the host sets.
    Real,
    /// As fast as the host takes them; then no silence follows.
    AsFastAsTaken,
}

/// Is a command of the host, such as 01 for the frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// What to set.
    pub number: u8,
    /// What to set it to.
    pub value: u32,
}

impl RtlTcp {
    /// Makes a receiver of 8-bit samples (I and Q by turns), and tells what its hosts command.
    pub fn new(samples: Vec<u8>, pace: Pace) -> (Self, Receiver<Command>) {
        let (commands, told) = mpsc::channel();
        let receiver = Self {
            samples,
            pace,
            position: 0,
            rate_hz: RATE_AT_POWER_ON_HZ,
            said_until: None,
            arrived: Vec::new(),
            commands,
        };
        (receiver, told)
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let rest = self.samples.get(self.position..).unwrap_or_default();
        let mut said = rest.get(..count).unwrap_or(rest).to_vec();
        self.position += said.len();
        if self.pace == Pace::Real {
            said.extend(SILENCE.iter().cycle().take(count - said.len()));
        }
        said
    }
}

impl Emulator for RtlTcp {
    fn lose_power(&mut self) {
        self.said_until = None;
        self.rate_hz = RATE_AT_POWER_ON_HZ;
    }

    /// A host that comes hears the recording from its beginning.
    fn opened(&mut self, now: Duration) -> Vec<Vec<u8>> {
        self.position = 0;
        self.said_until = Some(now);
        self.arrived.clear();
        vec![GREETING.to_vec()]
    }

    fn receive(&mut self, bytes: &[u8], _: Duration) -> Vec<Vec<u8>> {
        self.arrived.extend_from_slice(bytes);
        while let Some((&[number, a, b, c, d], _)) = self.arrived.split_first_chunk::<COMMAND_BYTES>() {
            let value = u32::from_be_bytes([a, b, c, d]);
            if number == SET_RATE {
                self.rate_hz = value;
            }
            // Nobody needs to listen to them.
            let _ = self.commands.send(Command { number, value });
            self.arrived.drain(..COMMAND_BYTES);
        }
        Vec::new()
    }

    fn hear(&mut self, _: &AirTelegram, _: Duration) -> Option<Heard> {
        None
    }

    fn elapse(&mut self, now: Duration) -> Vec<u8> {
        let Some(said_until) = self.said_until else { return Vec::new() };
        if self.pace == Pace::AsFastAsTaken {
            return self.take(MOST_AT_ONCE_BYTES);
        }
        let samples = now.saturating_sub(said_until).as_micros() * u128::from(self.rate_hz) / 1_000_000;
        if samples == 0 {
            return Vec::new();
        }
        self.said_until = Some(now);
        let bytes = usize::try_from(samples).unwrap_or(usize::MAX).saturating_mul(BYTES_PER_SAMPLE);
        self.take(bytes.min(MOST_AT_ONCE_BYTES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_greets_obeys_and_says_samples_at_the_rate_that_was_set() {
        let (mut receiver, commands) = RtlTcp::new((0..100).collect(), Pace::Real);
        assert_eq!(receiver.elapse(Duration::from_secs(9)), Vec::<u8>::new());
        assert_eq!(receiver.opened(Duration::ZERO).concat()[..4], *b"RTL0");
        receiver.receive(&[0x02, 0x00, 0x00, 0x03, 0xE8, 0x05], Duration::ZERO);
        receiver.receive(&[0x00, 0x00, 0x00, 0x2A], Duration::ZERO);
        let told: Vec<_> = commands.try_iter().map(|command| (command.number, command.value)).collect();
        assert_eq!(told, [(2, 1_000), (5, 42)]);
        assert_eq!(receiver.elapse(Duration::from_millis(20)), (0..40).collect::<Vec<u8>>());
        assert_eq!(
            receiver.elapse(Duration::from_millis(60))[58..],
            [
                98, 99, 127, 128, 127, 128, 127, 128, 127, 128, 127, 128, 127, 128, 127, 128, 127, 128, 127,
                128, 127, 128
            ]
        );
    }

    #[test]
    fn without_a_pace_all_samples_come_at_once_and_nothing_follows() {
        let (mut receiver, _commands) = RtlTcp::new(vec![7; 100_000], Pace::AsFastAsTaken);
        receiver.opened(Duration::ZERO);
        let said: usize = (0..3).map(|_| receiver.elapse(Duration::ZERO).len()).sum();
        assert_eq!(said, 100_000);
    }
}
