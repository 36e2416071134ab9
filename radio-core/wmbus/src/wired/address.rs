//! The primary address: the A field.

use core::fmt;

/// The primary address of a wired frame: where a meter hangs on its bus, not which meter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrimaryAddress(pub u8);

impl PrimaryAddress {
    /// The address of meters as they leave the factory.
    pub const UNCONFIGURED: Self = Self(0);
    /// The meter that was selected by its secondary address.
    pub const SELECTED: Self = Self(253);
    /// Every meter, and every one answers: for a bus with one meter.
    pub const EVERY_ONE_ANSWERS: Self = Self(254);
    /// Every meter, and none answers.
    pub const NONE_ANSWERS: Self = Self(255);

    /// Returns what the address stands for, where it is not a meter's own.
    pub const fn meaning(self) -> Option<&'static str> {
        match self {
            Self::UNCONFIGURED => Some("not configured"),
            Self(251 | 252) => Some("reserved"),
            Self::SELECTED => Some("the selected meter"),
            Self::EVERY_ONE_ANSWERS => Some("every meter, each answers"),
            Self::NONE_ANSWERS => Some("every meter, none answers"),
            Self(1..=250) => None,
        }
    }
}

impl fmt::Display for PrimaryAddress {
    /// Writes such as `5` or `253 (the selected meter)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            None => self.0.fmt(f),
            Some(meaning) => write!(f, "{} ({meaning})", self.0),
        }
    }
}
