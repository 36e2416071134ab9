//! Which channels a capture is cut into, and how.

use wmbus::LinkMode;
use wmbus::phy::Band;

use crate::decimator;
use crate::fir::LowPass;

/// How far a signal may reach from the channel's nominal frequency: 60 kHz of carrier offset, 80 kHz of deviation,
/// and what modulation adds.
const PASS_HZ: f64 = 165_000.0;
/// Broader than this the filter's edge need not be; what lies there is noise.
const EDGE_HZ: f64 = 80_000.0;
/// The share of a channel's rate that can be kept free of its mirror images.
const USABLE: f64 = 0.42;
/// A channel's nominal frequency must be at least so far from the capture's edge.
const MARGIN_HZ: u32 = 150_000;
/// Closer to the edge than this, nobody listens who was not asked to: an SDR's own filter begins to cut there.
const EASE_HZ: u32 = 200_000;
/// Ripple and attenuation of the filters: below the noise of a receiver with 10 bits.
const ATTENUATION_DB: f64 = 65.0;

/// What a stage costs beside its taps, in taps for each of its input samples.
const DEALING: f64 = 4.0;

/// Names a channel that meters send in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelName {
    /// 868.95 MHz: modes T and C, which share rate, preamble and sync word.
    TandC,
    /// 868.30 MHz: mode S.
    S,
}

impl ChannelName {
    /// Returns the channel in which a meter sends in this mode, if it is one of these.
    pub fn of(mode: LinkMode) -> Option<Self> {
        match mode.band()?.center_hz {
            center_hz if center_hz == Band::T.center_hz => Some(Self::TandC),
            center_hz if center_hz == Band::S.center_hz => Some(Self::S),
            _ => None,
        }
    }

    /// Returns the nominal frequency in Hz.
    pub const fn center_hz(self) -> u32 {
        match self {
            Self::TandC => Band::T.center_hz,
            Self::S => Band::S.center_hz,
        }
    }

    /// Tells whether a capture holds this channel.
    pub const fn lies_in(self, rate_hz: u32, center_hz: u32) -> bool {
        self.center_hz().abs_diff(center_hz) + MARGIN_HZ <= rate_hz / 2
    }

    /// Tells whether a capture holds this channel with room to spare.
    pub(crate) const fn lies_well_in(self, rate_hz: u32, center_hz: u32) -> bool {
        self.center_hz().abs_diff(center_hz) + EASE_HZ <= rate_hz / 2
    }

    /// Returns by what the capture's rate is divided.
    ///
    /// T and C get 400,000 to 800,000 samples a second, four to eight a chip; S gets the most that does not exceed
    /// 400,000, because its two frequencies are as far apart as those of T.
    pub fn decimation(self, rate_hz: u32) -> usize {
        let factor = match self {
            Self::TandC => rate_hz / 400_000,
            Self::S => rate_hz.div_ceil(400_000),
        };
        factor.max(1) as usize
    }
}

/// Returns centre and least rate of a capture that holds all these channels, in Hz.
pub(crate) fn capture_for(channels: &[ChannelName]) -> (u32, u32) {
    let centers = || channels.iter().map(|channel| channel.center_hz());
    let lowest = centers().min().unwrap_or(Band::T.center_hz);
    let highest = centers().max().unwrap_or(Band::T.center_hz);
    let center_hz = lowest.midpoint(highest);
    (center_hz, (highest - lowest + 2 * MARGIN_HZ).max(crate::demodulator::LEAST_RATE_HZ))
}

/// Returns the decimations of a channel one after the other, with their filters.
///
/// A short filter that takes away most of the samples, and a long one at the low rate, cost less than a single one;
/// of all ways to divide the factor the cheapest is taken.
pub(crate) fn stages(rate_hz: f64, factor: usize) -> Vec<(LowPass, usize)> {
    let channel_rate_hz = rate_hz / factor as f64;
    let pass_hz = PASS_HZ.min(USABLE * channel_rate_hz);
    let stop_hz = (channel_rate_hz - pass_hz).min(pass_hz + EDGE_HZ);
    cheapest(rate_hz, factor, pass_hz, stop_hz).1
}

/// Returns cost for each input sample, and stages.
fn cheapest(rate_hz: f64, factor: usize, pass_hz: f64, stop_hz: f64) -> (f64, Vec<(LowPass, usize)>) {
    let stage = |first: usize| {
        let rest = factor / first;
        let next_rate_hz = rate_hz / first as f64;
        // What folds back must not reach the pass band; by two, that is a half-band filter.
        let stop_hz = if rest == 1 { stop_hz } else { next_rate_hz - pass_hz };
        let filter = LowPass { rate_hz, pass_hz, stop_hz, attenuation_db: ATTENUATION_DB };
        let taps = filter.taps().iter().filter(|tap| tap.abs() > decimator::ZERO).count();
        (taps as f64 / first as f64 + DEALING, filter)
    };
    let whole = stage(factor);
    let mut best = (whole.0, vec![(whole.1, factor)]);
    for first in (2..factor).filter(|first| factor.is_multiple_of(*first)) {
        let (cost, filter) = stage(first);
        let (later_cost, later) = cheapest(rate_hz / first as f64, factor / first, pass_hz, stop_hz);
        let cost = cost + later_cost / first as f64;
        if cost < best.0 {
            best = (cost, core::iter::once((filter, first)).chain(later).collect());
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_gives_channels_in_the_agreed_range() {
        for rate_hz in (800_000..=3_200_000).step_by(1_000) {
            let rate = |channel: ChannelName| f64::from(rate_hz) / channel.decimation(rate_hz) as f64;
            assert!((400e3..800e3).contains(&rate(ChannelName::TandC)), "{rate_hz}");
            assert!((200e3..=400e3).contains(&rate(ChannelName::S)), "{rate_hz}");
        }
    }

    #[test]
    fn the_stages_of_a_channel_multiply_to_its_decimation() {
        for factor in 1..=8 {
            let rate_hz = 400e3 * factor as f64;
            let stages = stages(rate_hz, factor);
            assert_eq!(stages.iter().map(|stage| stage.1).product::<usize>(), factor);
            for (filter, _) in stages {
                assert!(filter.stop_hz > filter.pass_hz, "{filter:?}");
            }
        }
        assert_eq!(stages(3.2e6, 8).len(), 2, "two short filters are cheaper than a long one");
    }

    #[test]
    fn both_channels_fit_in_a_capture_between_them() {
        assert_eq!(capture_for(&[ChannelName::S, ChannelName::TandC]), (868_625_000, 950_000));
        assert_eq!(capture_for(&[ChannelName::S]), (868_300_000, 800_000));
        assert!(ChannelName::S.lies_in(950_000, 868_625_000));
        assert!(!ChannelName::S.lies_in(1_000_000, 868_950_000));
    }
}
