//! The receiver of the channel that modes T and C share.

use num_complex::Complex32;

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
            statistics: Statistics::default(),
            detector,
        }
    }

    fn advance(&mut self, heard: &mut Vec<HeardFrame>) {
        while self.ring.copy(self.next_block, &mut self.block) {
            let tone = self.detector.block(&self.block);
            self.next_block += self.detector.block_samples() as u64;
            if let Some(tone) = tone
                && self.tones.len() < self.tones.capacity()
            {
                self.tones.push((self.next_block, tone));
            }
        }
        self.search();
        self.decode(heard);
    }

    /// Looks for the headers of all tones whose surroundings are there.
    fn search(&mut self) {
        let ready = self.ring.end().saturating_sub(self.sync.lookahead());
        let count = self.tones.iter().take_while(|(end, _)| *end <= ready).count();
        for (end, tone) in self.tones.drain(..count) {
            self.statistics.candidates += 1;
            let Some(rough) = self.sync.find(&self.ring, end, tone.chip_rate_hz) else { continue };
            let near = SAME_CHIPS * rough.period;
            let start = rough.start();
            if self.candidates.iter().any(|other| (other.estimate.header_start() - start).abs() < near) {
                continue;
            }
            let Some(estimate) = self.estimator.measure(&self.ring, rough) else { continue };
            if estimate.strength < HEADER_THRESHOLD || !self.estimator.is_possible(&estimate) {
                continue;
            }

            if self.candidates.len() >= MAX_CANDIDATES {
                self.statistics.rejected.overload += 1;
                continue;
            }
            self.statistics.syncs += 1;
            let ready = (estimate.header_start() + self.decoder.first_look(&estimate)) as u64;
            self.candidates.push(Candidate { estimate, ready, known: None });
        }
    }

    /// Decodes all candidates of which enough has been heard.
    fn decode(&mut self, heard: &mut Vec<HeardFrame>) {
        let mut at = 0;
        while let Some(candidate) = self.candidates.get_mut(at) {
            if candidate.ready > self.ring.end() {
                at += 1;
                continue;
            }
            let mut estimate = candidate.estimate;
            match candidate.known {
                None => {
                    let kinds = self.decoder.kinds(&self.ring, &estimate).into_iter().flatten();
                    let mut known = None;
                    for kind in kinds {
                        known =
                            self.decoder.length(&self.ring, &mut estimate, kind).map(|chips| (kind, chips));
                        if known.is_some() {
                            break;
                        }
                    }
                    if let Some((_, chips)) = known {
                        *candidate = Candidate { estimate, known, ready: 0 };
                        let end = estimate.header_start() + (chips as f64 * 1.006 + 4.0) * estimate.period;
                        candidate.ready = end as u64 + 1;
                        continue;
                    }
                    self.statistics.rejected.crc += 1;
                }
                Some((kind, chips)) => {
                    if let Some(decoded) = self.decoder.decode(&self.ring, &estimate, kind, chips) {
                        self.statistics.frames += 1;
                        self.statistics.corrected_frames += u64::from(decoded.checked.corrected_bits > 0);
                        heard.push(self.heard(decoded));
                    } else {
                        self.statistics.rejected.crc += 1;
                    }
                }
            }
            self.candidates.swap_remove(at);
        }
    }

    fn heard(&self, decoded: Decoded) -> HeardFrame {
        let rate = self.channel.rate_hz;
        let seconds = |sample: f64| sample / rate - self.channel.delay_s;
        let power = decoded.amplitude * decoded.amplitude;
        let mut frame = HeardFrame::new(
            decoded.checked.frame,
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
        frame.deviation_hz = (0.5 * decoded.index * chip_rate) as f32;
        frame.corrected_bits = decoded.checked.corrected_bits;
        frame
    }
}

impl ChannelReceiver for Receiver {
    fn feed(&mut self, samples: &[Complex32], heard: &mut Vec<HeardFrame>) {
        for part in samples.chunks(1024) {
            self.ring.extend(part);
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
