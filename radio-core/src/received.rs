//! A frame as a receiver hands it over.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use wmbus::{Frame, FrameFormat};

/// Carries one frame from any source, with what the source knows about its reception.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedFrame {
    /// The frame, link-layer CRCs checked and removed.
    pub frame: Frame,
    /// How the frame was sent, where the source tells it.
    pub link_mode: Option<LinkMode>,
    /// How the bytes were laid out before their CRCs were removed.
    pub frame_format: FrameFormat,
    /// Signal strength in dBm; none where the source has none or counts in a scale of its own.
    pub rssi_dbm: Option<i16>,
    /// The receiver's own clock, if it stamps.
    pub received_at: Option<jiff::Timestamp>,
    /// Position in a replay, counted from its start.
    pub offset: Option<Duration>,
    /// The name of the receiver.
    pub receiver: Option<String>,
}

impl ReceivedFrame {
    /// Wraps a frame of which nothing but its bytes is known.
    pub fn new(frame: Frame, frame_format: FrameFormat) -> Self {
        Self {
            frame,
            link_mode: None,
            frame_format,
            rssi_dbm: None,
            received_at: None,
            offset: None,
            receiver: None,
        }
    }
}

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
