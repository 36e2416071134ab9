//! The whole way: samples of a capture in, frames out.

use num_complex::Complex32;
use wmbus::LinkMode;

use crate::front_end::{BLOCK, FrontEnd};
use crate::plan::{self, ChannelName};
use crate::{Channel, ChannelReceiver, HeardFrame, Statistics, s1, tc};

/// The lowest rate of a capture: four samples a chip of modes T and C after decimation by two.
pub(crate) const LEAST_RATE_HZ: u32 = 800_000;
/// The highest rate: what an RTL-SDR can do at all.
const MOST_RATE_HZ: u32 = 3_200_000;

/// A capture cannot be demodulated as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The rate is out of range.
    #[error("{rate_hz} samples a second are out of range; record with {LEAST_RATE_HZ} to {MOST_RATE_HZ}")]
    Rate {
        /// The rate that was asked for.
        rate_hz: u32,
    },
    /// A mode is not one of those that meters near 868 MHz send in.
    #[error("mode {mode} cannot be demodulated; S1, S2, T1, T2, C1 and C2 can")]
    Mode {
        /// The mode that was asked for.
        mode: LinkMode,
    },
    /// No mode is left to listen to.
    #[error("no link mode was chosen; choose at least one of S1, T1 and C1")]
    NoMode,
    /// A mode's channel lies outside the capture.
    #[error(
        "mode {mode} at {channel_hz} Hz lies outside the capture; one around {center_hz} Hz with {rate_hz} \
         samples a second or more holds all modes that were chosen"
    )]
    OutsideCapture {
        /// The mode.
        mode: LinkMode,
        /// Where it is sent.
        channel_hz: u32,
        /// A centre that would do.
        center_hz: u32,
        /// The least rate that would do.
        rate_hz: u32,
    },
}

/// Describes a [`Demodulator`] before it is built.
#[derive(Debug, Clone)]
pub struct Builder {
    rate_hz: u32,
    center_hz: Option<u32>,
    modes: Option<Vec<LinkMode>>,
}

impl Builder {
    /// Sets the frequency in the middle of the capture.
    ///
    /// Without it, it is that of the chosen modes' channel, or the middle between both channels: 868.95 MHz for T
    /// and C, 868.30 MHz for S, 868.625 MHz for all.
    #[must_use]
    pub fn center_hz(self, center_hz: u32) -> Self {
        Self { center_hz: Some(center_hz), ..self }
    }

    /// Chooses what to listen to; a two-way meter's transmission looks like a one-way meter's, so T2 means T1 and
    /// so on. Without it, it is every mode whose channel lies well within the capture,
    /// or T and C where no centre is set.
    #[must_use]
    pub fn link_modes(self, modes: impl IntoIterator<Item = LinkMode>) -> Self {
        Self { modes: Some(modes.into_iter().collect()), ..self }
    }

    /// Makes the demodulator; all memory that it needs is taken here.
    ///
    /// # Errors
    /// When the rate is out of range, or a mode cannot be heard in this capture.
    pub fn build(self) -> Result<Demodulator, BuildError> {
        let rate_hz = self.rate_hz;
        if !(LEAST_RATE_HZ..=MOST_RATE_HZ).contains(&rate_hz) {
            return Err(BuildError::Rate { rate_hz });
        }
        let modes = self.chosen()?;
        let mut channels: Vec<_> = modes.iter().map(|(_, channel)| *channel).collect();
        channels.sort_unstable_by_key(|channel| core::cmp::Reverse(channel.center_hz()));
        channels.dedup();
        let (best_center_hz, least_rate_hz) = plan::capture_for(&channels);
        let center_hz = self.center_hz.unwrap_or(best_center_hz);
        if let Some((mode, channel)) = modes.iter().find(|(_, channel)| !channel.lies_in(rate_hz, center_hz))
        {
            return Err(BuildError::OutsideCapture {
                mode: *mode,
                channel_hz: channel.center_hz(),
                center_hz: best_center_hz,
                rate_hz: least_rate_hz,
            });
        }
        let front_end = FrontEnd::new(rate_hz, center_hz, &channels);
        Ok(Demodulator {
            receivers: front_end
                .channels()
                .zip(&channels)
                .map(|(channel, name)| receiver(channel, *name))
                .collect(),
            front_end,
            modes: modes.into_iter().map(|(mode, _)| mode).collect(),
            heard: Vec::with_capacity(16),
        })
    }

    /// Returns the modes to listen to as a one-way meter sends them, with their channels.
    fn chosen(&self) -> Result<Vec<(LinkMode, ChannelName)>, BuildError> {
        const EVERY: [LinkMode; 3] = [LinkMode::T1, LinkMode::C1, LinkMode::S1];
        let center_hz = self.center_hz.unwrap_or(ChannelName::TandC.center_hz());
        let with_channel = |mode: LinkMode| ChannelName::of(mode).map(|channel| (mode, channel));
        let chosen: Vec<_> = match &self.modes {
            Some(modes) => {
                let known =
                    |mode: &LinkMode| with_channel(one_way(*mode)).ok_or(BuildError::Mode { mode: *mode });
                modes.iter().map(known).collect::<Result<_, _>>()?
            }
            None if self.center_hz.is_none() => EVERY
                .into_iter()
                .filter_map(with_channel)
                .filter(|(_, of)| *of == ChannelName::TandC)
                .collect(),
            None => {
                let within = |(_, channel): &(_, ChannelName)| channel.lies_well_in(self.rate_hz, center_hz);
                EVERY.into_iter().filter_map(with_channel).filter(within).collect()
            }
        };
        if chosen.is_empty() { Err(BuildError::NoMode) } else { Ok(chosen) }
    }
}

/// Makes the receiver of a channel.
fn receiver(channel: Channel, name: ChannelName) -> Box<dyn ChannelReceiver> {
    match name {
        ChannelName::TandC => Box::new(tc::Receiver::new(channel)),
        ChannelName::S => Box::new(s1::Receiver::new(channel)),
    }
}

/// Returns the mode of a one-way meter whose transmission looks the same.
fn one_way(mode: LinkMode) -> LinkMode {
    match mode {
        LinkMode::S1m | LinkMode::S2 => LinkMode::S1,
        LinkMode::T2 => LinkMode::T1,
        LinkMode::C2 => LinkMode::C1,
        other => other,
    }
}

/// Turns the samples of a capture into frames, modes S, T and C at the same time.
///
/// Samples are taken without gaps, in pieces of any length. Work is linear in their number and memory is bounded,
/// whatever they hold.
///
/// ```
/// use demodulator::{Complex32, Demodulator};
/// use wmbus::LinkMode;
///
/// # fn main() -> Result<(), demodulator::BuildError> {
/// let mut demodulator = Demodulator::builder(1_600_000).link_modes([LinkMode::T1, LinkMode::C1]).build()?;
/// let silence = vec![Complex32::ZERO; 16_000];
/// assert_eq!(demodulator.feed(&silence).count(), 0);
/// assert_eq!(demodulator.finish().count(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Demodulator {
    front_end: FrontEnd,
    /// As many as the front end has channels, in the same order.
    receivers: Vec<Box<dyn ChannelReceiver>>,
    /// What was asked for; a channel may hold more.
    modes: Vec<LinkMode>,
    heard: Vec<HeardFrame>,
}

impl Demodulator {
    /// Begins to describe a demodulator for a capture of so many samples a second.
    pub fn builder(rate_hz: u32) -> Builder {
        Builder { rate_hz, center_hz: None, modes: None }
    }

    /// Takes the next samples and returns the frames that they complete, in the order of their ends.
    ///
    /// A frame that took longer to decode than a later one of the other channel may come in a later call.
    pub fn feed(&mut self, samples: &[Complex32]) -> impl Iterator<Item = HeardFrame> + '_ {
        let Self { front_end, receivers, heard, .. } = self;
        for block in samples.chunks(BLOCK) {
            front_end.feed(block, |index, samples| {
                if let Some(receiver) = receivers.get_mut(index) {
                    receiver.feed(samples, heard);
                }
            });
        }
        self.drain()
    }

    /// Returns the frames that were still held back: no more samples will come.
    pub fn finish(&mut self) -> impl Iterator<Item = HeardFrame> + '_ {
        let rest = vec![Complex32::ZERO; self.front_end.held_samples()];
        let Self { front_end, receivers, heard, .. } = self;
        front_end.feed(&rest, |index, samples| {
            if let Some(receiver) = receivers.get_mut(index) {
                receiver.feed(samples, heard);
            }
        });
        for receiver in receivers {
            receiver.finish(heard);
        }
        self.drain()
    }

    /// Returns what all channels counted so far.
    pub fn statistics(&self) -> Statistics {
        let mut statistics = Statistics::default();
        self.receivers.iter().for_each(|receiver| statistics += receiver.statistics());
        statistics
    }

    fn drain(&mut self) -> impl Iterator<Item = HeardFrame> + '_ {
        let Self { heard, modes, .. } = self;
        heard.sort_by(|one, other| one.end_s.total_cmp(&other.end_s));
        heard.drain(..).filter(|frame| modes.contains(&frame.link_mode))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_outside_the_capture_is_refused_with_a_capture_that_would_do() {
        let refused = Demodulator::builder(1_000_000)
            .center_hz(868_950_000)
            .link_modes([LinkMode::T1, LinkMode::S2])
            .build()
            .unwrap_err();
        let expected = BuildError::OutsideCapture {
            mode: LinkMode::S1,
            channel_hz: 868_300_000,
            center_hz: 868_625_000,
            rate_hz: 950_000,
        };
        assert_eq!(refused, expected);
        assert!(Demodulator::builder(950_000).link_modes([LinkMode::T1, LinkMode::S1]).build().is_ok());
    }

    #[test]
    fn rates_and_modes_that_cannot_be_heard_are_refused() {
        let refusal = |builder: Builder| builder.build().unwrap_err();
        assert_eq!(refusal(Demodulator::builder(799_999)), BuildError::Rate { rate_hz: 799_999 });
        assert_eq!(refusal(Demodulator::builder(3_200_001)), BuildError::Rate { rate_hz: 3_200_001 });
        let narrow = Demodulator::builder(1_600_000).link_modes([LinkMode::N1]);
        assert_eq!(refusal(narrow), BuildError::Mode { mode: LinkMode::N1 });
        let far_away = Demodulator::builder(1_600_000).center_hz(433_920_000);
        assert_eq!(refusal(far_away), BuildError::NoMode);
    }
}
