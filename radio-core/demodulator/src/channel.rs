//! What the front end hands to the receiver of a channel.

use num_complex::Complex32;

use crate::{HeardFrame, Statistics};

/// Describes a channel: complex samples around its nominal frequency, at a rate that divides the capture's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// Complex samples per second: between 400,000 and 800,000 for T and C, between 267,000 and 400,000 for S.
    pub rate_hz: f64,
    /// How much later a sample leaves the front end than it entered it, in seconds; subtracted from every time
    /// that a receiver tells.
    pub delay_s: f64,
}

/// Finds the transmissions in one channel.
///
/// Samples have the amplitude of the capture, full scale being 1, and come without gaps in blocks of any length.
/// Work and memory are bounded whatever they hold; in steady state nothing is allocated but what is heard.
pub trait ChannelReceiver: std::fmt::Debug + Send {
    /// Takes the next samples and adds what was found, times in seconds since the first sample of the capture.
    fn feed(&mut self, samples: &[Complex32], heard: &mut Vec<HeardFrame>);

    /// Decodes what is still held back: no more samples will come.
    fn finish(&mut self, heard: &mut Vec<HeardFrame>);

    /// Returns what was counted so far.
    fn statistics(&self) -> Statistics;
}
