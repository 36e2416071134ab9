//! The parameters, which stay when the power is gone.

/// How many bytes an AMB8465 has; it answers with so many when more are asked for.
pub(super) const COUNT: usize = 0x78;
/// 1: telegrams come as messages, not bare.
pub(super) const COMMAND_OUTPUT: usize = 0x05;
const C_FIELD: usize = 0x31;
/// 1: a byte with the signal strength follows each telegram.
pub(super) const RSSI: usize = 0x45;
/// The mode after a reset.
pub(super) const MODE: usize = 0x46;

/// Is the memory with the parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameters([u8; COUNT]);

impl Default for Parameters {
    /// Is what the factory sets: mode S2, bare telegrams, no signal strength.
    fn default() -> Self {
        let mut parameters = Self([0xFF; COUNT]);
        let own_address = [0x44, 0xAE, 0x0C, 0x65, 0x84, 0x00, 0x12, 0x01, 0x00];
        for (index, value) in (C_FIELD..).zip(own_address) {
            parameters.set(index, &[value]);
        }
        for (index, value) in [(COMMAND_OUTPUT, 0), (0x30, 0), (RSSI, 0), (MODE, 3)] {
            parameters.set(index, &[value]);
        }
        parameters
    }
}

impl Parameters {
    pub(super) fn at(&self, index: usize) -> u8 {
        self.0.get(index).copied().unwrap_or_default()
    }

    /// Returns what lies from `index` on, at most `count` bytes.
    pub(super) fn read(&self, index: usize, count: usize) -> &[u8] {
        let rest = self.0.get(index..).unwrap_or_default();
        rest.get(..count).unwrap_or(rest)
    }

    /// Writes from `index` on; false when that leads behind the end.
    pub(super) fn set(&mut self, index: usize, values: &[u8]) -> bool {
        let place = index.checked_add(values.len()).and_then(|end| self.0.get_mut(index..end));
        match place {
            Some(place) => {
                place.copy_from_slice(values);
                true
            }
            None => false,
        }
    }
}
