//! The receiver of mode S: samples of its channel in, frames out.

use core::ops::Range;
use std::collections::VecDeque;

use num_complex::Complex32;

use super::CHIP_RATE_HZ;
use super::body::{Body, Fault, describe};
use super::detector::{Candidate, Detector};
use super::header::{Fit, HEADER_CHIPS, HeaderFit};
use crate::budget::Budget;
use crate::ring::Ring;
use crate::{Channel, ChannelReceiver, HeardFrame, Statistics};

/// Samples that are taken at once.
const BLOCK: usize = 2048;
/// Transmissions that are followed at once: more start at the same time only in a flood, which may lose some.
const MOST_FOLLOWED: usize = 12;
/// So many times the sum of a frame that is being heard a header within it must have to be looked at.
const STRONGER: f32 = 1.1;
/// Transmissions that are tried again when a stronger one was taken away.
const MOST_FAILED: usize = 24;
/// Chips that the ring must hold: the longest frame, at the slowest clock, its header, and what a block adds.
const RING_CHIPS: f64 = 5_400.0;
/// Work that may be done for each chip's time, in decoded chips, and how long it is saved up: half a second.
const WORK_PER_CHIP: f64 = 8.0;
const SAVED_CHIPS: f64 = 16_000.0;
/// What it takes to fit a header, in decoded chips.
const FIT_WORK: f64 = 300.0;
/// Two candidates nearer than this many chips are the same transmission.
const SAME_CHIPS: f64 = 2.0;

/// Finds the transmissions of mode S in a channel.
#[derive(Debug)]
pub struct Receiver {
    channel: Channel,
    ring: Ring,
    detector: Detector,
    header: HeaderFit,
    body: Body,
    found: Vec<Candidate>,
    followed: Vec<Followed>,
    /// Transmissions that could not be decoded: perhaps when a stronger one is taken away.
    failed: VecDeque<(Fit, Fault)>,
    /// Seeks what lies under a transmission that was taken away.
    beneath: Detector,
    stretch: Vec<Complex32>,
    last: Option<(f64, HeardFrame)>,
    budget: Budget,
    statistics: Statistics,
}

/// A transmission whose header was fitted.
#[derive(Debug, Clone, Copy)]
struct Followed {
    fit: Fit,
    /// The detector's sum over its header, in noise floors.
    score: f32,
    /// Whether it was found in the second look at a stretch.
    is_beneath: bool,
    /// Known when the first block has been read.
    length_field: Option<u8>,
    /// Up to which sample it must have come for the next step.
    needed: u64,
}

impl Receiver {
    /// Makes a receiver for a channel around 868.30 MHz.
    pub fn new(channel: Channel) -> Self {
        let period = channel.rate_hz / CHIP_RATE_HZ;
        Self {
            channel,
            ring: Ring::with_capacity((RING_CHIPS * period) as usize + BLOCK),
            detector: Detector::new(channel.rate_hz),
            header: HeaderFit::new(channel.rate_hz),
            body: Body::new(1.02 * period),
            found: Vec::with_capacity(MOST_FOLLOWED),
            followed: Vec::with_capacity(MOST_FOLLOWED),
            failed: VecDeque::with_capacity(MOST_FAILED),
            beneath: Detector::new(channel.rate_hz),
            stretch: vec![Complex32::ZERO; BLOCK],
            last: None,
            budget: Budget::new(WORK_PER_CHIP, SAVED_CHIPS, period),
            statistics: Statistics::default(),
        }
    }

    /// Fits the headers that were found and follows those that are some.
    fn fit(&mut self, is_beneath: bool) {
        for candidate in self.found.drain(..) {
            self.statistics.candidates += 1;
            // The chips of a frame look like many a weaker header. What is really there is found when the frame has
            // been taken away.
            let hides = |other: &Followed| {
                let lies_in = other.fit.start < candidate.end && candidate.end < other.needed as f64;
                other.length_field.is_some() && lies_in && candidate.score < STRONGER * other.score
            };
            if self.followed.iter().any(hides) {
                continue;
            }
            let budget = &mut self.budget;
            let overload = &mut self.statistics.rejected.overload;
            let may_fit = || {
                let is_allowed = budget.allows(FIT_WORK);
                *overload += u64::from(!is_allowed);
                is_allowed
            };
            // What a frame left looks like many a header without a phase.
            let Some(fit) = self.header.fit(&candidate, &self.ring, !is_beneath, may_fit) else { continue };
            let is_same = |other: &Fit| (other.start - fit.start).abs() < SAME_CHIPS * fit.period;
            if is_beneath && self.failed.iter().any(|(other, _)| is_same(other)) {
                continue;
            }
            self.statistics.syncs += 1;
            let new = Followed {
                fit,
                score: candidate.score,
                is_beneath,
                length_field: None,
                needed: Body::first_block_end(&fit),
            };
            if let Some(other) = self.followed.iter_mut().find(|other| is_same(&other.fit)) {
                self.statistics.rejected.duplicate += 1;
                if other.fit.energy < fit.energy {
                    *other = new;
                }
            } else if self.followed.len() < MOST_FOLLOWED {
                self.followed.push(new);
            } else {
                self.statistics.rejected.overload += 1;
            }
        }
    }

    /// Decodes what has come, or all that is there if no more will come.
    fn decode(&mut self, is_end: bool, heard: &mut Vec<HeardFrame>) {
        let mut place = 0;
        while let Some(&Followed { fit, length_field, needed, is_beneath, .. }) = self.followed.get(place) {
            if needed > self.ring.end() && !is_end {
                place += 1;
                continue;
            }
            if !self.budget.allows(Body::chips_of(length_field)) {
                self.followed.swap_remove(place);
                self.statistics.rejected.overload += 1;
                continue;
            }
            let Some(length_field) = length_field else {
                match self.body.length_field(&fit, &self.ring) {
                    Ok(length_field) => {
                        let needed = Body::frame_end(&fit, length_field);
                        if let Some(followed) = self.followed.get_mut(place) {
                            followed.length_field = Some(length_field);
                            followed.needed = needed;
                        }
                    }
                    Err(fault) => self.give_up(place, fault),
                }
                continue;
            };
            match self.body.frame(&fit, length_field, &self.ring) {
                Ok((mut frame, track)) => {
                    self.followed.swap_remove(place);
                    let Channel { rate_hz, delay_s } = self.channel;
                    describe(&mut frame, &fit, &track, rate_hz, delay_s, Body::bytes_of(length_field));
                    if self.tell(fit.start, frame, heard)
                        && let Some(stretch) = self.body.subtract(&fit, &mut self.ring)
                    {
                        self.look_beneath(stretch);
                        self.try_again();
                    }
                }
                Err(fault) => {
                    self.give_up(place, fault);
                    if !is_beneath {
                        self.look_beneath(fit.start as u64..needed);
                    }
                }
            }
        }
    }

    /// Follows a transmission no longer, but remembers it.
    fn give_up(&mut self, place: usize, fault: Fault) {
        let Followed { fit, .. } = self.followed.swap_remove(place);
        *fault.counter(&mut self.statistics.rejected) += 1;
        if self.failed.len() == MOST_FAILED {
            self.failed.pop_front();
        }
        self.failed.push_back((fit, fault));
    }

    /// Seeks headers in a stretch for the second time: a transmission was taken away there, or was none.
    fn look_beneath(&mut self, stretch: Range<u64>) {
        self.beneath.reset();
        let mut from = stretch.start.max(self.ring.start());
        let first = from;
        let end = stretch.end.min(self.ring.end());
        while from < end {
            let to = end.min(from + BLOCK as u64);
            let Some(samples) = self.stretch.get_mut(..(to - from) as usize) else { break };
            if !self.ring.copy(from, samples) {
                break;
            }
            self.beneath.feed(samples, &mut self.found);
            from = to;
        }
        self.found.extend(self.beneath.finish());
        self.found.iter_mut().for_each(|candidate| candidate.end += first as f64);
        self.fit(true);
    }

    /// Follows again what failed and is still there: a transmission was taken away.
    fn try_again(&mut self) {
        for _ in 0..self.failed.len() {
            let Some((fit, fault)) = self.failed.pop_front() else { break };
            if fit.start - HEADER_CHIPS as f64 * fit.period < self.ring.start() as f64 {
                continue;
            }
            if self.followed.len() == MOST_FOLLOWED {
                self.failed.push_back((fit, fault));
                continue;
            }
            // It is counted by what becomes of it now.
            *fault.counter(&mut self.statistics.rejected) -= 1;
            let needed = Body::first_block_end(&fit);
            self.followed.push(Followed { fit, score: 0.0, is_beneath: true, length_field: None, needed });
        }
    }

    /// Adds a frame unless it is the one before, found twice; returns whether it is new.
    fn tell(&mut self, start: f64, frame: HeardFrame, heard: &mut Vec<HeardFrame>) -> bool {
        let same = 32.0 * self.channel.rate_hz / CHIP_RATE_HZ;
        let is_same =
            |(before, last): &(f64, HeardFrame)| (start - before).abs() < same && last.frame == frame.frame;
        if self.last.as_ref().is_some_and(is_same) {
            self.statistics.rejected.duplicate += 1;
            return false;
        }
        self.statistics.frames += 1;
        self.statistics.corrected_frames += u64::from(frame.corrected_bits > 0);
        self.last = Some((start, frame.clone()));
        heard.push(frame);
        true
    }
}

impl ChannelReceiver for Receiver {
    fn feed(&mut self, samples: &[Complex32], heard: &mut Vec<HeardFrame>) {
        for block in samples.chunks(BLOCK) {
            self.ring.extend(block);
            self.budget.add(block.len());
            self.detector.feed(block, &mut self.found);
            self.fit(false);
            self.decode(false, heard);
        }
    }

    fn finish(&mut self, heard: &mut Vec<HeardFrame>) {
        self.found.extend(self.detector.finish());
        self.fit(false);
        self.decode(true, heard);
    }

    fn statistics(&self) -> Statistics {
        self.statistics
    }
}
