//! The radio link modes of EN 13757-4.

use core::fmt;
use core::str::FromStr;

/// Names a radio link mode of EN 13757-4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LinkMode {
    /// Stationary, 868.30 MHz, one way.
    S1,
    /// Stationary with the short preamble of mobile receivers.
    S1m,
    /// Stationary, both ways.
    S2,
    /// Frequent transmit, 868.95 MHz, one way.
    T1,
    /// Frequent transmit, both ways.
    T2,
    /// Frequent receive, 868.33 MHz.
    R2,
    /// Compact, 868.95 MHz, one way.
    C1,
    /// Compact, both ways.
    C2,
    /// Narrow band, 169 MHz, one way.
    N1,
    /// Narrow band, both ways.
    N2,
    /// Frequent receive and transmit, 433.82 MHz.
    F2,
}

impl LinkMode {
    const ALL: [Self; 11] = [
        Self::S1,
        Self::S1m,
        Self::S2,
        Self::T1,
        Self::T2,
        Self::R2,
        Self::C1,
        Self::C2,
        Self::N1,
        Self::N2,
        Self::F2,
    ];

    /// Returns the name as the standard writes it, such as `T1` or `S1-m`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S1 => "S1",
            Self::S1m => "S1-m",
            Self::S2 => "S2",
            Self::T1 => "T1",
            Self::T2 => "T2",
            Self::R2 => "R2",
            Self::C1 => "C1",
            Self::C2 => "C2",
            Self::N1 => "N1",
            Self::N2 => "N2",
            Self::F2 => "F2",
        }
    }
}

impl fmt::Display for LinkMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text names no link mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown link mode; known are S1, S1-m, S2, T1, T2, R2, C1, C2, N1, N2 and F2")]
#[non_exhaustive]
pub struct ParseLinkModeError;

impl FromStr for LinkMode {
    type Err = ParseLinkModeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_named = |mode: &Self| {
            let plain = mode.as_str().chars().filter(|c| *c != '-');
            plain
                .map(|c| c.to_ascii_lowercase())
                .eq(text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()))
        };
        Self::ALL.into_iter().find(is_named).ok_or(ParseLinkModeError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn every_link_mode_reads_back_what_it_writes_in_either_case() {
        for mode in LinkMode::ALL {
            assert_eq!(mode.to_string().parse(), Ok(mode));
            assert_eq!(mode.to_string().to_lowercase().parse(), Ok(mode));
        }
        assert_eq!("S1M".parse(), Ok(LinkMode::S1m));
        assert_eq!("X9".parse::<LinkMode>(), Err(ParseLinkModeError));
    }
}
