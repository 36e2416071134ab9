//! Under what conditions it is measured.

use core::fmt;
use core::ops::Range;

use wmbus::phy::{self, Band, Preamble};
use wmbus::{Frame, FrameFormat, LinkMode};

use crate::SampleFormat;
use crate::modulator::{Air, Emission, Impairments, Random, Sent, Transmitter, random_frame};

/// The noise of the reference's curves: 9 of the 127.5 steps of a cheap receiver.
const USUAL_NOISE_RMS: f64 = 9.0 / 127.5;

/// Draws how a meter of a band sends.
pub type DrawMeter = Box<dyn Fn(&Band, &mut Random) -> Transmitter>;

/// Says what is sent and how it is received.
pub struct Condition {
    /// Modes and formats, drawn with equal chances.
    pub kinds: Vec<(LinkMode, FrameFormat)>,
    /// Samples a second.
    pub rate_hz: u32,
    /// The frequency in the middle of the capture.
    pub center_hz: u32,
    /// The noise's effective value in each of I and Q, full scale being 1.
    pub noise_rms: f64,
    /// Energy per bit over the noise's density.
    pub ebn0_db: f64,
    /// How meters send.
    pub meter: DrawMeter,
    /// Bytes of a frame, without CRCs.
    pub bytes: Range<usize>,
    /// What the frames hold.
    pub payload: Payload,
    /// A second transmission over each first one.
    pub collider: Option<Collider>,
    /// The receiver's own faults.
    pub impairments: Impairments,
    /// What the receiver writes.
    pub sample_format: SampleFormat,
}

/// Says what is in a frame behind its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload {
    /// What looks encrypted.
    Random,
    /// Zeros, which mode C sends as one long tone.
    Zeros,
}

/// Says how a second transmission meets the first one: it begins at a random time within it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Collider {
    /// How much stronger than the first one it is, in dB.
    pub stronger_db: f64,
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kinds, rate_hz, center_hz, ebn0_db, .. } = self;
        let condition = (kinds, rate_hz, center_hz, ebn0_db);
        f.debug_tuple("Condition").field(&condition).finish()
    }
}

impl Condition {
    /// Describes what the reference's curves were measured with: ordinary meters, typical lengths, a cheap
    /// receiver's noise and bytes at 1.6 MS/s around the first kind's carrier.
    pub fn of(kinds: &[(LinkMode, FrameFormat)], ebn0_db: f64) -> Self {
        let band = kinds.first().and_then(|(mode, _)| mode.band()).unwrap_or(&Band::T);
        Self {
            kinds: kinds.to_vec(),
            rate_hz: 1_600_000,
            center_hz: band.center_hz,
            noise_rms: USUAL_NOISE_RMS,
            ebn0_db,
            meter: Box::new(Transmitter::ordinary),
            bytes: 24..64,
            payload: Payload::Random,
            collider: None,
            impairments: Impairments::default(),
            sample_format: SampleFormat::Cu8,
        }
    }

    /// Sets how meters send.
    #[must_use]
    pub fn with_meter(self, meter: impl Fn(&Band, &mut Random) -> Transmitter + 'static) -> Self {
        Self { meter: Box::new(meter), ..self }
    }

    /// Draws the next transmission, and what collides with it.
    pub(super) fn draw(&self, air: &Air, start_s: f64, random: &mut Random) -> Option<(Sent, Option<Sent>)> {
        let first = self.transmission(air, start_s, 0.0, random)?;
        let second = self.collider.and_then(|collider| {
            let duration_s = first.emission.end_s() - start_s;
            let later_s = start_s + duration_s * random.between(0.1, 0.9);
            self.transmission(air, later_s, collider.stronger_db, random)
        });
        Some((first, second))
    }

    fn transmission(&self, air: &Air, start_s: f64, more_db: f64, random: &mut Random) -> Option<Sent> {
        let (link_mode, format) = random.choose(&self.kinds)?;
        let band = link_mode.band()?;
        let length = self.bytes.start + random.below(self.bytes.len());
        let frame = random_frame(length, random).ok()?;
        let frame = match self.payload {
            Payload::Random => frame,
            Payload::Zeros => {
                let mut bytes = frame.bytes().to_vec();
                bytes.iter_mut().skip(12).for_each(|byte| *byte = 0);
                Frame::parse(&bytes, FrameFormat::WithoutCrc).ok()?
            }
        };
        let chips = phy::chips(&frame, link_mode, format, Preamble::Shortest).ok()?;
        let transmitter = (self.meter)(band, random);
        let amplitude = air.amplitude_at_ebn0_db(band, self.ebn0_db + more_db);
        let emission = Emission::new(&chips, band, &transmitter, random).at(start_s, amplitude);
        Some(Sent { frame, link_mode, format, emission })
    }
}
