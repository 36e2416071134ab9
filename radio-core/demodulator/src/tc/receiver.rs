//! The receiver of the channel that modes T and C share.

use num_complex::Complex32;

use super::budget::{Budget, Work};
use super::decoder::{Decoded, Decoder, Kind};
use super::detector::{Detector, RATE_TOLERANCE, Tone};
use super::estimate::{Estimate, Estimator};
use super::frame::MAX_BYTES;
use super::header::{CHIP_RATE_HZ, CHIPS};
use super::sync::SyncSearch;
use crate::ring::Ring;
use crate::{Channel, ChannelReceiver, HeardFrame, Statistics};

/// Energy of a tone over noise from which a header is sought.
const TONE_THRESHOLD: f32 = 3.0;
/// The same for the header's differential correlation.
const SYNC_THRESHOLD: f32 = 6.0;
/// Energy of a header over the density of the noise from which its frame is decoded: 17 dB. One of 48 chips at 4 dB
/// each has 20.8 dB.
const HEADER_THRESHOLD: f32 = 50.0;
/// Transmissions that are waited for at once.
const MAX_CANDIDATES: usize = 24;
/// Closer than this the stronger of two headers counts.
const BESIDE_CHIPS: f64 = 8.0;
/// Headers that are remembered for a second try.
const MAX_LOST: usize = 16;
/// Headers that are stronger than this tell something by their last chips alone.
const LATE_STRENGTH: f32 = 200.0;
/// The share of a signal's power that must be the header's.
const LEAST_SHARE: f32 = 0.45;
/// Headers closer together than so many chips are one.
const SAME_CHIPS: f64 = 1.5;

/// A header whose frame is still to be decoded.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    estimate: Estimate,
    /// The sample that must have been heard before it is looked at again.
    ready: u64,
    /// What the transmission is and how many chips it has, once that is known.
    known: Option<(Kind, usize)>,
    /// What was tried: both kinds that it may be, then both with the carrier of the header's last chips.
    attempt: usize,
    /// How many transmissions had been subtracted when the header was measured.
    subtracted: u64,
}

/// A header whose frame could not be decoded.
#[derive(Debug, Clone, Copy)]
struct Lost {
    estimate: Estimate,
    /// How far the samples were looked at.
    end: u64,
}

/// What became of a candidate.
#[derive(Debug)]
enum Outcome {
    Wait(Candidate),
    Lost,
    /// More was sent than may be worked on.
    Overload,
    Found(Decoded),
}

/// The least power of the channel of late.
#[derive(Debug, Default)]
struct Floor {
    power: f32,
}

impl Floor {
    /// Takes the samples of the next block.
    fn add(&mut self, block: &[Complex32]) {
        let power = block.iter().map(Complex32::norm_sqr).sum::<f32>() / block.len().max(1) as f32;
        // It rises by a factor of two in 0.1 s, when the gain was changed or the noise did.
        self.power = if self.power > 0.0 { power.min(self.power * 1.0005) } else { power };
    }

    /// Returns the share of a power that is a signal's.
    fn share_above(&self, power: f32) -> f32 {
        1.0 - self.power / power.max(self.power).max(f32::MIN_POSITIVE)
    }
}

/// Finds transmissions of modes T and C in a channel around 868.95 MHz.
#[derive(Debug)]
pub(crate) struct Receiver {
    channel: Channel,
    ring: Ring,
    detector: Detector,
    sync: SyncSearch,
    estimator: Estimator,
    decoder: Decoder,
    /// The sample at which the detector goes on.
    next_block: u64,
    block: Box<[Complex32]>,
    /// Tones that wait for the samples behind them: where they end and their chip rate.
    tones: Vec<(u64, Tone)>,
    candidates: Vec<Candidate>,
    /// Headers whose frames could not be decoded; another transmission may have been the reason.
    lost: Vec<Lost>,
    /// The detector that looks beneath transmissions that were taken away.
    beneath: Detector,
    floor: Floor,
    budget: Budget,
    /// How many transmissions were taken out of the samples.
    subtracted: u64,
    statistics: Statistics,
}

impl Receiver {
    /// Makes a receiver for a channel of 400,000 to 800,000 samples a second.
    pub(crate) fn new(channel: Channel) -> Self {
        let nominal_period = channel.rate_hz / CHIP_RATE_HZ;
        let slowest = nominal_period / (1.0 - RATE_TOLERANCE - 0.02);
        let longest = slowest * (MAX_BYTES * Kind::T.chips_per_byte() + 2 * CHIPS) as f64;
        let detector = Detector::new(channel.rate_hz, TONE_THRESHOLD);
        let block = vec![Complex32::default(); detector.block_samples() + detector.lookahead()];
        Self {
            channel,
            ring: Ring::with_capacity((2.0 * longest) as usize),
            sync: SyncSearch::new(channel.rate_hz, SYNC_THRESHOLD),
            estimator: Estimator::new(nominal_period),
            decoder: Decoder::new(nominal_period),
            next_block: 0,
            block: block.into_boxed_slice(),
            tones: Vec::with_capacity(64),
            candidates: Vec::with_capacity(MAX_CANDIDATES),
            lost: Vec::with_capacity(MAX_LOST),
            beneath: Detector::new(channel.rate_hz, TONE_THRESHOLD),
            floor: Floor::default(),
            budget: Budget::new(nominal_period),
            subtracted: 0,
            statistics: Statistics::default(),
            detector,
        }
    }

    fn advance(&mut self, heard: &mut Vec<HeardFrame>) {
        while self.ring.copy(self.next_block, &mut self.block) {
            self.floor.add(&self.block);
            let tone = self.detector.block(&self.block);
            self.next_block += self.detector.block_samples() as u64;
            if let Some(tone) = tone
                && self.tones.len() < self.tones.capacity()
            {
                self.tones.push((self.next_block, tone));
            }
        }
        let ready = self.ring.end().saturating_sub(self.sync.lookahead());
        let mut waiting = std::mem::take(&mut self.tones);
        let count = waiting.iter().take_while(|(end, _)| *end <= ready).count();
        for (end, tone) in waiting.drain(..count) {
            self.search(end, tone);
        }
        self.tones = waiting;
        self.decode(heard);
    }

    /// Looks for the header of a tone.
    fn search(&mut self, end: u64, tone: Tone) {
        self.statistics.candidates += 1;
        if !self.budget.allows(Work::Search) {
            return;
        }
        let Some(rough) = self.sync.find(&self.ring, end, tone.chip_rate_hz) else { return };
        if self.nearest(rough.start(), SAME_CHIPS * rough.period).is_some() {
            return;
        }
        let Some(estimate) = self.estimator.measure(&self.ring, rough) else { return };
        let share = estimate.amplitude * estimate.amplitude / estimate.power;
        // Data look a little like a header, too: what is more than noise must be one for the most part.
        let least_share = LEAST_SHARE * self.floor.share_above(estimate.power);
        if estimate.strength < HEADER_THRESHOLD
            || share < least_share
            || !self.estimator.is_possible(&estimate)
        {
            return;
        }
        let candidate = Candidate {
            estimate,
            ready: self.first_look(&estimate),
            known: None,
            attempt: 0,
            subtracted: self.subtracted,
        };
        // A header also looks like one a few pairs of chips beside its place.
        if let Some(near) = self.nearest(estimate.header_start(), BESIDE_CHIPS * estimate.period) {
            if near.estimate.strength < estimate.strength && near.known.is_none() {
                *near = candidate;
            }
            return;
        }
        self.statistics.syncs += 1;
        self.add(candidate);
    }

    /// Returns the candidate whose header begins within so many samples.
    fn nearest(&mut self, start: f64, reach: f64) -> Option<&mut Candidate> {
        self.candidates.iter_mut().find(|other| (other.estimate.header_start() - start).abs() < reach)
    }

    fn first_look(&self, estimate: &Estimate) -> u64 {
        (estimate.header_start() + self.decoder.first_look(estimate)) as u64
    }

    fn add(&mut self, candidate: Candidate) {
        if self.candidates.len() < MAX_CANDIDATES {
            self.candidates.push(candidate);
        } else {
            self.statistics.rejected.overload += 1;
        }
    }

    /// Decodes all candidates of which enough has been heard.
    fn decode(&mut self, heard: &mut Vec<HeardFrame>) {
        let mut at = 0;
        while let Some(candidate) = self.candidates.get(at).copied() {
            if candidate.ready > self.ring.end() {
                at += 1;
                continue;
            }
            match self.look_at(candidate) {
                Outcome::Wait(candidate) => {
                    if let Some(kept) = self.candidates.get_mut(at) {
                        *kept = candidate;
                    }
                }
                Outcome::Lost => {
                    self.statistics.rejected.crc += 1;
                    self.candidates.swap_remove(at);
                    if self.lost.len() == MAX_LOST {
                        self.lost.remove(0);
                    }
                    self.lost.push(Lost { estimate: candidate.estimate, end: candidate.ready });
                }
                Outcome::Overload => {
                    self.statistics.rejected.overload += 1;
                    self.candidates.swap_remove(at);
                }
                Outcome::Found(decoded) => {
                    self.statistics.frames += 1;
                    self.statistics.corrected_frames += u64::from(decoded.checked.corrected_bits > 0);
                    self.candidates.swap_remove(at);
                    heard.push(self.heard(&decoded));
                    if self.decoder.subtract(&mut self.ring, &candidate.estimate, &decoded) {
                        self.subtracted += 1;
                        self.search_beneath(&decoded);
                        // What was found may already be complete.
                        at = 0;
                    }
                }
            }
        }
    }

    /// Goes on with a candidate: finds out what it is and how long, or decodes it.
    fn look_at(&mut self, mut candidate: Candidate) -> Outcome {
        let work = candidate.known.map_or(Work::Look, |(_, chips)| Work::Decode(chips));
        if !self.budget.allows(work) {
            return Outcome::Overload;
        }
        if let Some((kind, chips)) = candidate.known {
            match self.decoder.decode(&self.ring, &candidate.estimate, kind, chips) {
                Some(decoded) => return Outcome::Found(decoded),
                None => candidate.attempt += 1,
            }
        }
        if candidate.known.is_none() {
            // What seems to begin within a stronger transmission most often is part of it.
            if let Some(ready) = self.ready_around(&candidate) {
                return Outcome::Wait(Candidate { ready, ..candidate });
            }
            if candidate.subtracted != self.subtracted {
                match self.estimator.measure_again(&self.ring, &candidate.estimate) {
                    Some(estimate) if estimate.strength >= HEADER_THRESHOLD => candidate.estimate = estimate,
                    _ => return Outcome::Lost,
                }
                candidate.subtracted = self.subtracted;
            }
        }
        let kinds = self.decoder.kinds(&self.ring, &candidate.estimate).unwrap_or_default();
        while candidate.attempt < 2 * kinds.len() {
            let is_late = candidate.attempt >= kinds.len();
            if is_late && !candidate.estimate.is_restless {
                let late = self.estimator.late(&self.ring, &candidate.estimate);
                match late.filter(|estimate| estimate.strength > LATE_STRENGTH) {
                    Some(estimate) => candidate.estimate = estimate,
                    None => return Outcome::Lost,
                }
            }
            let Candidate { estimate, attempt, .. } = &mut candidate;
            let kind = kinds.get(*attempt % kinds.len()).copied().flatten();
            let chips = kind.and_then(|kind| self.decoder.length(&self.ring, estimate, kind));
            if let (Some(kind), Some(chips)) = (kind, chips) {
                let end = estimate.header_start() + (chips as f64 * 1.006 + 14.0) * estimate.period;
                let (known, ready) = (Some((kind, chips)), end as u64 + 1);
                return Outcome::Wait(Candidate { known, ready, ..candidate });
            }
            candidate.attempt += 1;
        }
        Outcome::Lost
    }

    /// Returns when a transmission will have been decoded in which this candidate lies, if there is one.
    fn ready_around(&self, candidate: &Candidate) -> Option<u64> {
        let start = candidate.estimate.header_start();
        let is_around = |other: &&Candidate| {
            let period = other.estimate.period;
            let from = other.estimate.header_start() + CHIPS as f64 * period;
            other.known.is_some()
                && from < start
                && start < other.ready as f64 - 8.0 * period
                && other.estimate.amplitude > 0.7 * candidate.estimate.amplitude
        };
        let ready = self.candidates.iter().filter(is_around).map(|other| other.ready + 1).max();
        ready.filter(|ready| *ready > self.ring.end())
    }

    /// Looks for weaker transmissions where a stronger one was taken away.
    fn search_beneath(&mut self, decoded: &Decoded) {
        let (start, end) = (decoded.header_start, decoded.end);
        let header = CHIPS as f64 * decoded.period;
        let mut lost = std::mem::take(&mut self.lost);
        for Lost { estimate, end } in lost.drain(..) {
            // A header that the stronger one hid is measured anew below.
            if estimate.header_start() < start - header && end as f64 > start {
                self.add(Candidate {
                    estimate,
                    ready: 0,
                    known: None,
                    attempt: 0,
                    subtracted: self.subtracted,
                });
            }
        }
        self.lost = lost;
        let block = self.detector.block_samples() as u64;
        let mut at = ((start - 2.0 * header).max(self.ring.start() as f64) as u64).next_multiple_of(block);
        self.beneath.reset();
        let last = (end as u64).min(self.ring.end().saturating_sub(self.sync.lookahead()));
        while at < last && self.ring.copy(at, &mut self.block) {
            at += block;
            if let Some(tone) = self.beneath.block(&self.block) {
                self.search(at, tone);
            }
        }
    }

    fn heard(&self, decoded: &Decoded) -> HeardFrame {
        let rate = self.channel.rate_hz;
        let seconds = |sample: f64| sample / rate - self.channel.delay_s;
        let power = decoded.amplitude * decoded.amplitude;
        let mut frame = HeardFrame::new(
            decoded.checked.frame.clone(),
            decoded.kind.format(),
            decoded.kind.link_mode(),
            seconds(decoded.header_start),
            seconds(decoded.frame_start),
        );
        frame.end_s = seconds(decoded.end);
        frame.rssi_dbfs = 10.0 * power.log10();
        frame.snr_db = 10.0 * (power * decoded.period as f32 / decoded.noise).log10();
        frame.frequency_offset_hz = (decoded.omega * rate / std::f64::consts::TAU) as f32;
        let chip_rate = rate / decoded.period;
        frame.chip_rate_error_ppm = ((chip_rate / CHIP_RATE_HZ - 1.0) * 1e6) as f32;
        frame.deviation_hz = (0.5 * decoded.signal.index * chip_rate) as f32;
        frame.corrected_bits = decoded.checked.corrected_bits;
        frame
    }
}

impl ChannelReceiver for Receiver {
    fn feed(&mut self, samples: &[Complex32], heard: &mut Vec<HeardFrame>) {
        for part in samples.chunks(1024) {
            self.ring.extend(part);
            self.budget.add(part.len());
            self.advance(heard);
        }
    }

    fn statistics(&self) -> Statistics {
        self.statistics
    }

    fn finish(&mut self, heard: &mut Vec<HeardFrame>) {
        // What was sent to the very end is decoded with silence behind it.
        let silence = [Complex32::default(); 64];
        let chips = (CHIPS + 64) as f64 * self.channel.rate_hz / CHIP_RATE_HZ;
        for _ in 0..(chips as usize).div_ceil(silence.len()) {
            self.ring.extend(&silence);
        }
        self.advance(heard);
        for candidate in &mut self.candidates {
            candidate.ready = 0;
        }
        self.decode(heard);
    }
}
