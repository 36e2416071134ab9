//! What is sent, as the reference's curves name it.

use demodulator::sensitivity::Condition;
use wmbus::{FrameFormat, LinkMode};

/// A mode with its frame format.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(super) enum Kind {
    /// T1.
    T1,
    /// C1 with frame format A.
    C1a,
    /// C1 with frame format B.
    C1b,
    /// S1 with the long and the short preamble, half of each.
    S1,
    /// S1 with the short preamble only.
    S1m,
}

impl Kind {
    /// Those that the reference has curves of.
    pub(super) const USUAL: [Self; 4] = [Self::T1, Self::C1a, Self::C1b, Self::S1];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::T1 => "T1",
            Self::C1a => "C1A",
            Self::C1b => "C1B",
            Self::S1 => "S1",
            Self::S1m => "S1m",
        }
    }

    /// Whether it is mode C.
    pub(super) const fn is_c(self) -> bool {
        matches!(self, Self::C1a | Self::C1b)
    }

    pub(super) const fn sent(self) -> &'static [(LinkMode, FrameFormat)] {
        match self {
            Self::T1 => &[(LinkMode::T1, FrameFormat::A)],
            Self::C1a => &[(LinkMode::C1, FrameFormat::A)],
            Self::C1b => &[(LinkMode::C1, FrameFormat::B)],
            Self::S1 => &[(LinkMode::S1, FrameFormat::A), (LinkMode::S1m, FrameFormat::A)],
            Self::S1m => &[(LinkMode::S1m, FrameFormat::A)],
        }
    }

    pub(super) fn condition(self, ebn0_db: f64) -> Condition {
        let condition = Condition::of(self.sent(), ebn0_db);
        match self {
            // As long as those that the reference's curve of this mode was measured with.
            Self::S1 | Self::S1m => Condition { bytes: 21..33, ..condition },
            Self::T1 | Self::C1a | Self::C1b => condition,
        }
    }
}
