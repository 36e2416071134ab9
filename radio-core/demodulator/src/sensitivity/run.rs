//! Sending, receiving and comparing, block by block.

use num_complex::Complex32;
use wmbus::LinkMode;

use super::outcome::Score;
use super::{Condition, Outcome};
use crate::modulator::{Air, Impairments, Random, Sent, quantise};
use crate::{BuildError, Demodulator, SampleDecoder, SampleFormat, Statistics};

/// Samples that are made at a time.
const BLOCK: usize = 16_384;
/// The pause between transmissions, in seconds.
const PAUSE_S: core::ops::Range<f64> = 0.001..0.004;

/// Listens to air with a demodulator, through a receiver's faults and bytes.
#[derive(Debug)]
pub struct Listening {
    /// What is listened to.
    pub air: Air,
    demodulator: Demodulator,
    impairments: Impairments,
    rate_hz: f64,
    decoder: SampleDecoder,
    sample_format: SampleFormat,
    score: Score,
    samples: Vec<Complex32>,
    bytes: Vec<u8>,
    received: Vec<Complex32>,
    next: u64,
}

impl Listening {
    /// Begins to listen to noise, for modes that fit the capture.
    ///
    /// # Errors
    /// When no demodulator can be built for such a capture.
    pub fn new(condition: &Condition, modes: &[LinkMode], random: &mut Random) -> Result<Self, BuildError> {
        let Condition { rate_hz, center_hz, noise_rms, sample_format, .. } = *condition;
        let demodulator =
            Demodulator::builder(rate_hz).center_hz(center_hz).link_modes(modes.iter().copied()).build()?;
        Ok(Self {
            air: Air::new(rate_hz, center_hz, random.fork()).with_noise_rms(noise_rms),
            demodulator,
            impairments: condition.impairments.clone(),
            rate_hz: f64::from(rate_hz),
            decoder: SampleDecoder::new(sample_format),
            sample_format,
            score: Score::default(),
            samples: vec![Complex32::default(); BLOCK],
            bytes: Vec::new(),
            received: Vec::new(),
            next: 0,
        })
    }

    /// Remembers what was handed to the air, to be compared with what is heard.
    pub fn expect(&mut self, sent: Sent) {
        self.score.sent(sent, false);
    }

    /// Listens until a time, in seconds since the first sample.
    pub fn until(&mut self, until_s: f64) {
        while self.air.now_s() < until_s {
            self.air.fill(&mut self.samples);
            self.impairments.apply(&mut self.samples, self.next, self.rate_hz);
            self.next += self.samples.len() as u64;
            self.bytes.clear();
            self.received.clear();
            quantise(self.sample_format, &self.samples, &mut self.bytes);
            self.decoder.feed(&self.bytes, &mut self.received);
            for frame in self.demodulator.feed(&self.received) {
                self.score.heard(&frame);
            }
            self.score.forget(self.air.now_s());
        }
    }

    /// Returns the time of the next sample, in seconds since the first.
    pub fn now_s(&self) -> f64 {
        self.air.now_s()
    }

    /// Returns what was heard so far.
    pub fn outcome(&self) -> Outcome {
        self.score.outcome()
    }

    /// Returns what the demodulator counted so far.
    pub fn statistics(&self) -> Statistics {
        self.demodulator.statistics()
    }

    /// Ends the signal and returns what was heard.
    pub fn finish(mut self) -> Outcome {
        for frame in self.demodulator.finish() {
            self.score.heard(&frame);
        }
        self.score.outcome()
    }
}

/// Sends a number of transmissions one after the other, each with what collides with it, and tells what was heard.
///
/// The same seed sends the same signal.
///
/// # Errors
/// When no demodulator can be built for such a capture.
pub fn measure(condition: &Condition, transmissions: usize, seed: u64) -> Result<Outcome, BuildError> {
    let mut random = Random::new(seed);
    let modes: Vec<LinkMode> = condition.kinds.iter().map(|(mode, _)| *mode).collect();
    let mut listening = Listening::new(condition, &modes, &mut random)?;
    let mut next_s = 0.008;
    for _ in 0..transmissions {
        let Some((first, second)) = condition.draw(&listening.air, next_s, &mut random) else { break };
        next_s = first.emission.end_s();
        listening.air.send(first.emission.clone());
        listening.score.sent(first, false);
        if let Some(second) = second {
            next_s = next_s.max(second.emission.end_s());
            listening.air.send(second.emission.clone());
            listening.score.sent(second, true);
        }
        // What was drawn must have been handed over before its samples are made.
        listening.until(next_s - BLOCK as f64 / f64::from(condition.rate_hz));
        next_s += random.between(PAUSE_S.start, PAUSE_S.end);
    }
    listening.until(next_s + 0.02);
    Ok(listening.finish())
}
