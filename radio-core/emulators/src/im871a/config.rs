//! The configuration: two groups of members, each member announced by a bit.

/// Is what a receiver is set to. Members lie in the order of the bits that announce them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Config {
    members: [Vec<u8>; 16],
}

pub(super) const LINK_MODE: usize = 1;
pub(super) const RSSI: usize = 12;
pub(super) const TIME: usize = 13;

impl Default for Config {
    /// Is what the factory sets: a meter in mode S2, without RSSI and time.
    fn default() -> Self {
        let one = |value| vec![value];
        Self {
            members: [
                one(0x00),                    // device mode: other
                one(0x02),                    // link mode: S2
                one(0x00),                    // C field
                vec![0xB3, 0x25],             // M field, as IMST is written
                vec![0x78, 0x56, 0x34, 0x12], // identification
                one(0x01),                    // version
                one(0x00),                    // device type
                one(0x01),                    // radio channel
                one(0x07),                    // power
                one(0x02),                    // data rate
                one(0x32),                    // window for answers
                one(0x00),                    // power saving
                one(0x00),                    // RSSI attached
                one(0x00),                    // time attached
                one(0x00),                    // LED
                one(0x01),                    // clock
            ],
        }
    }
}

impl Config {
    /// Returns a member of one byte.
    pub(super) fn member(&self, index: usize) -> u8 {
        self.members.get(index).and_then(|member| member.first()).copied().unwrap_or_default()
    }

    /// Returns all members, as the receiver answers.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let (first, second) = self.members.split_at(8);
        [vec![0xFF], first.concat(), vec![0xFF], second.concat()].concat()
    }

    /// Takes the members that `bytes` announce; `None` when they end too early.
    pub(super) fn changed_by(&self, bytes: &[u8]) -> Option<Self> {
        let mut changed = self.clone();
        let mut rest = bytes;
        for group in changed.members.chunks_mut(8) {
            let (announced, after) = rest.split_first()?;
            rest = after;
            for (bit, member) in group.iter_mut().enumerate() {
                if announced >> bit & 1 == 1 {
                    let (value, after) = rest.split_at_checked(member.len())?;
                    member.copy_from_slice(value);
                    rest = after;
                }
            }
        }
        Some(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_read_and_the_rest_stays() {
        let set = Config::default().changed_by(&[0x12, 0x03, 0x44, 0x33, 0x22, 0x11, 0x10, 0x01]).unwrap();
        let mut expected = Config::default().to_bytes();
        expected[2] = 0x03;
        expected[6..10].copy_from_slice(&[0x44, 0x33, 0x22, 0x11]);
        expected[18] = 0x01;
        assert_eq!(set.to_bytes(), expected);
        assert_eq!((set.member(LINK_MODE), set.member(RSSI), set.member(TIME)), (3, 1, 0));
    }

    #[test]
    fn members_that_are_announced_and_missing_change_nothing() {
        assert_eq!(Config::default().changed_by(&[0x02]), None);
        assert_eq!(Config::default().changed_by(&[0x02, 0x03, 0x30, 0x01]), None);
    }
}
