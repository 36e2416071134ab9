//! What goes wrong between a receiver and its host.

use std::fmt;
use std::str::FromStr;

/// Names one thing that goes wrong all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// Messages arrive in pieces of one to three bytes.
    Split,
    /// Messages wait and arrive together.
    Merged,
    /// Bytes without a meaning come before every telegram.
    Garbage,
    /// A bit of every third message is wrong.
    WrongChecksum,
    /// Every second answer is lost.
    LostAnswers,
    /// Answers take a second.
    SlowAnswers,
    /// Every telegram is heard a hundred times at once.
    Flood,
    /// After every fifth telegram the receiver is gone, and comes back later without what it was told.
    Unplug,
    /// After its first twenty messages the receiver says nothing any more until its port is opened again.
    Mute,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 9] = [
        Self::Split,
        Self::Merged,
        Self::Garbage,
        Self::WrongChecksum,
        Self::LostAnswers,
        Self::SlowAnswers,
        Self::Flood,
        Self::Unplug,
        Self::Mute,
    ];

    /// Returns the name on the command line, such as `wrong-checksum`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Merged => "merged",
            Self::Garbage => "garbage",
            Self::WrongChecksum => "wrong-checksum",
            Self::LostAnswers => "lost-answers",
            Self::SlowAnswers => "slow-answers",
            Self::Flood => "flood",
            Self::Unplug => "unplug",
            Self::Mute => "mute",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text names no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown fault; known are split, merged, garbage, wrong-checksum, lost-answers, slow-answers, flood, unplug and mute"
)]
#[non_exhaustive]
pub struct ParseFaultError;

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|fault| fault.as_str() == text).ok_or(ParseFaultError)
    }
}
