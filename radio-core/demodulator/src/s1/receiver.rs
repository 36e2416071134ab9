//! The receiver of mode S: samples of its channel in, frames out.

use core::ops::Range;
use std::collections::VecDeque;

use num_complex::Complex32;

use super::CHIP_RATE_HZ;
use super::body::{Body, Fault, describe};
use super::detector::{Candidate, Detector};
use super::header::{Fit, HEADER_CHIPS, HeaderFit};
use crate::ring::Ring;
use crate::{Channel, ChannelReceiver, HeardFrame, Statistics};

/// Samples that are taken at once.
const BLOCK: usize = 2048;
/// Transmissions that are followed at once: more start at the same time only in a flood, which may lose some.
const MOST_FOLLOWED: usize = 12;
/// Transmissions that are tried again when a stronger one was taken away.
const MOST_FAILED: usize = 24;
/// Chips that the ring must hold: the longest frame, at the slowest clock, its header, and what a block adds.
const RING_CHIPS: f64 = 5_400.0;
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
    statistics: Statistics,
}

/// A transmission whose header was fitted.
#[derive(Debug, Clone, Copy)]
struct Followed {
    fit: Fit,
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
            statistics: Statistics::default(),
        }
    }

    /// Fits the headers that were found and follows those that are some.
    fn fit(&mut self) {
        for candidate in self.found.drain(..) {
            self.statistics.candidates += 1;
            let Some(fit) = self.header.fit(&candidate, &self.ring) else { continue };
            self.statistics.syncs += 1;
            let is_same = |other: &Followed| (other.fit.start - fit.start).abs() < SAME_CHIPS * fit.period;
            let new = Followed { fit, length_field: None, needed: Body::first_block_end(&fit) };
            if let Some(other) = self.followed.iter_mut().find(|other| is_same(other)) {
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
        while let Some(&Followed { fit, length_field, needed }) = self.followed.get(place) {
            if needed > self.ring.end() && !is_end {
                place += 1;
                continue;
            }
            let Some(length_field) = length_field else {
                match self.body.length_field(&fit, &self.ring) {
                    Ok(length_field) => {
                        let needed = Body::frame_end(&fit, length_field);
                        if let Some(followed) = self.followed.get_mut(place) {
                            *followed = Followed { fit, length_field: Some(length_field), needed };
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
                    }
                }
                Err(fault) => self.give_up(place, fault),
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

    /// Seeks headers where a transmission was taken away, and tries again what failed there.
    fn look_beneath(&mut self, stretch: Range<u64>) {
        self.beneath.reset();
        let mut from = stretch.start;
        while from < stretch.end {
            let to = stretch.end.min(from + BLOCK as u64);
            let Some(samples) = self.stretch.get_mut(..(to - from) as usize) else { break };
            if !self.ring.copy(from, samples) {
                break;
            }
            self.beneath.feed(samples, &mut self.found);
            from = to;
        }
        self.found.extend(self.beneath.finish());
        self.found.iter_mut().for_each(|candidate| candidate.end += stretch.start as f64);
        self.fit();
        for _ in 0..self.failed.len() {
            let Some((fit, fault)) = self.failed.pop_front() else { break };
            let header = HEADER_CHIPS as f64 * fit.period;
            let lies_there = fit.start - header < stretch.end as f64
                && Body::first_block_end(&fit) > stretch.start
                && fit.start - header > self.ring.start() as f64;
            if lies_there && self.followed.len() < MOST_FOLLOWED {
                // It is counted by what becomes of it now.
                *fault.counter(&mut self.statistics.rejected) -= 1;
                self.followed.push(Followed { fit, length_field: None, needed: Body::first_block_end(&fit) });
            } else {
                self.failed.push_back((fit, fault));
            }
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
            self.detector.feed(block, &mut self.found);
            self.fit();
            self.decode(false, heard);
        }
    }

    fn finish(&mut self, heard: &mut Vec<HeardFrame>) {
        self.found.extend(self.detector.finish());
        self.fit();
        self.decode(true, heard);
    }

    fn statistics(&self) -> Statistics {
        self.statistics
    }
}
