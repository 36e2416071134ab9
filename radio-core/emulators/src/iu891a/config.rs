//! The configuration: what is heard, and what of it is told.

use wmbus::LinkMode;

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
    pub(super) fn tells(&self, mode: LinkMode) -> bool {
        let [link_mode, options, ..] = self.0;
        let is_t = matches!(mode, LinkMode::T1 | LinkMode::T2);
        let is_c = matches!(mode, LinkMode::C1 | LinkMode::C2);
        let is_heard = match link_mode {
            1 => matches!(mode, LinkMode::S1 | LinkMode::S1m | LinkMode::S2),
            2 | 6 => is_t,
            3 => is_t || is_c,
            5 => is_c,
            _ => false,
        };
        is_heard && options & TELLS_RECEIVED != 0 && options & FILTER == 0
    }
}
