//! Which link modes a receiver hears with one setting.

use wmbus::LinkMode;

/// Is what the meters of some link modes send alike: a receiver that hears one of them hears all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// S1, S1-m and S2.
    S,
    /// T1 and T2.
    T,
    /// C1 and C2.
    C,
    /// R2.
    R,
    /// Modes of other bands, which none of the emulated receivers hears.
    Other,
}

impl From<LinkMode> for Family {
    fn from(mode: LinkMode) -> Self {
        match mode {
            LinkMode::S1 | LinkMode::S1m | LinkMode::S2 => Self::S,
            LinkMode::T1 | LinkMode::T2 => Self::T,
            LinkMode::C1 | LinkMode::C2 => Self::C,
            LinkMode::R2 => Self::R,
            _ => Self::Other,
        }
    }
}
