//! The configuration: what is heard, and what of it is told.

use crate::family::Family;

pub(super) const BYTES: usize = 11;
const FILTER: u8 = 0x01;
const TELLS_RECEIVED: u8 = 0x02;

/// Is a configuration as it lies in messages: link mode, options 2, options of the board 2, LED 2, recalibration 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Config([u8; BYTES]);

impl Default for Config {
    /// Is what the factory sets: the radio is off.
    fn default() -> Self {
        Self([0x00, 0x06, 0x00, 0x00, 0x00, 0x64, 0x00, 0x00, 0x00, 0x00, 0x00])
    }
}

impl Config {
    /// Takes a configuration; `None` when it has another length or a link mode that there is not.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let config = Self(bytes.try_into().ok()?);
        let [link_mode, ..] = config.0;
        matches!(link_mode, 0..=3 | 5 | 6).then_some(config)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Tells whether a transmission is heard and told. The list of devices that the filter asks is empty.
    pub(super) fn tells(&self, family: Family) -> bool {
        let [link_mode, options, ..] = self.0;
        let is_heard = match link_mode {
            1 => family == Family::S,
            2 | 6 => family == Family::T,
            3 => matches!(family, Family::T | Family::C),
            5 => family == Family::C,
            _ => false,
        };
        is_heard && options & TELLS_RECEIVED != 0 && options & FILTER == 0
    }
}
