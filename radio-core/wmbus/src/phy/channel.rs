//! Where and how fast a mode sends (EN 13757-4, tables of modes S, T and C; `phy_facts.md` §1).

use super::{LineCode, LinkMode};

/// Describes the transmissions of a meter in one family of link modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Band {
    /// The nominal carrier, in Hz.
    pub center_hz: u32,
    /// How far a meter's carrier may be off, in Hz to either side; the receiver's own error comes on top.
    pub carrier_tolerance_hz: u32,
    /// How far the two frequencies may lie from the carrier.
    pub deviation: Deviation,
    /// The nominal chip rate, in chips per second.
    pub chip_rate_hz: u32,
    /// How far a meter's chip rate may be off, in millionths to either side.
    pub chip_rate_tolerance_ppm: u32,
    /// How bits become chips.
    pub line_code: LineCode,
}

/// Bounds the frequency deviation of a mode, in Hz to either side of the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deviation {
    /// The least that the standard allows.
    pub least_hz: u32,
    /// What most meters send.
    pub nominal_hz: u32,
    /// The most that the standard allows.
    pub most_hz: u32,
}

impl Band {
    /// Modes S1, S1-m and S2.
    pub const S: Self = Self {
        center_hz: 868_300_000,
        carrier_tolerance_hz: 50_000,
        deviation: Deviation { least_hz: 40_000, nominal_hz: 50_000, most_hz: 80_000 },
        chip_rate_hz: 32_768,
        chip_rate_tolerance_ppm: 15_000,
        line_code: LineCode::Manchester,
    };

    /// Modes T1 and T2, meter to other. The chip rate's tolerance is what a receiver needs (10 % in a meter, and
    /// 1 % inside a frame).
    pub const T: Self = Self {
        center_hz: 868_950_000,
        carrier_tolerance_hz: 50_000,
        deviation: Deviation { least_hz: 40_000, nominal_hz: 50_000, most_hz: 80_000 },
        chip_rate_hz: 100_000,
        chip_rate_tolerance_ppm: 120_000,
        line_code: LineCode::ThreeOfSix,
    };

    /// Modes C1 and C2, meter to other.
    pub const C: Self = Self {
        center_hz: 868_950_000,
        carrier_tolerance_hz: 22_000,
        deviation: Deviation { least_hz: 33_750, nominal_hz: 45_000, most_hz: 56_250 },
        chip_rate_hz: 100_000,
        chip_rate_tolerance_ppm: 100,
        line_code: LineCode::Nrz,
    };
}

impl LinkMode {
    /// Returns where and how fast a meter sends in this mode; `None` for modes whose chips are not described here.
    pub const fn band(self) -> Option<&'static Band> {
        match self {
            Self::S1 | Self::S1m | Self::S2 => Some(&Band::S),
            Self::T1 | Self::T2 => Some(&Band::T),
            Self::C1 | Self::C2 => Some(&Band::C),
            Self::R2 | Self::N1 | Self::N2 | Self::F2 => None,
        }
    }
}
