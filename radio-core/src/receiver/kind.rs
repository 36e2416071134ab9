//! The receivers that can be spoken with.

use std::fmt;
use std::str::FromStr;

use super::amb8465::Amb8465;
use super::cul::Cul;
use super::im871a::Im871a;
use super::iu891a::Iu891a;
use super::rc1180::Rc1180;
use super::session::Session;
use super::{Driver, LinkModes};

/// Names a receiver at a serial port, or at a socket behind which one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// IMST iM871A-USB, and iM170A for 169 MHz.
    Im871a,
    /// IMST iU891A-XL, and iM891A-XL.
    Iu891a,
    /// Amber's, now Würth's, AMB8465 and Metis-II, and AMB3665 for 169 MHz.
    Amb8465,
    /// Radiocrafts RC1180-MBUS and its clones.
    Rc1180,
    /// CUL, nanoCUL and whatever else runs culfw.
    Cul,
}

impl Kind {
    /// All of them, in the order in which an unknown one is best probed (receivers.md §8).
    pub const ALL: [Self; 5] = [Self::Iu891a, Self::Im871a, Self::Amb8465, Self::Rc1180, Self::Cul];

    /// Returns the name as on the command line, such as `im871a`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Im871a => "im871a",
            Self::Iu891a => "iu891a",
            Self::Amb8465 => "amb8465",
            Self::Rc1180 => "rc1180",
            Self::Cul => "cul",
        }
    }

    /// Begins to speak with such a receiver, which is to hear these modes.
    pub fn driver(self, modes: LinkModes) -> Box<dyn Driver> {
        match self {
            Self::Im871a => Box::new(Session::new(Im871a::default(), modes)),
            Self::Iu891a => Box::new(Session::new(Iu891a::default(), modes)),
            Self::Amb8465 => Box::new(Session::new(Amb8465::default(), modes)),
            Self::Rc1180 => Box::new(Session::new(Rc1180::default(), modes)),
            Self::Cul => Box::new(Session::new(Cul::default(), modes)),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text names no kind of receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a kind of receiver: im871a, iu891a, amb8465, rc1180 or cul")]
#[non_exhaustive]
pub struct ParseKindError;

impl FromStr for Kind {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text)).ok_or(ParseKindError)
    }
}
