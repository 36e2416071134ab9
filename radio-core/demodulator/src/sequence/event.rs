//! The places where a sequence could easily have been another one.

/// One way in which a decided sequence may be wrong: bits that would be other, and how much less likely that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ErrorEvent {
    /// The first bit that may be wrong, counted from the beginning of the sequence.
    pub(crate) bit: usize,
    /// Which bits would be other: the highest one is the bit at `bit`.
    pub(crate) mask: u32,
    /// By how much the sequence with these bits changed is less likely, in nats (≥ 0).
    pub(crate) cost: f32,
}

impl ErrorEvent {
    /// Returns the places of the bits that would be other.
    pub(crate) fn bits(self) -> impl Iterator<Item = usize> {
        (0..32)
            .filter(move |place| self.mask & (0x8000_0000 >> place) != 0)
            .map(move |place| self.bit + place)
    }

    /// Returns the place of the last bit that would be other.
    pub(crate) fn last_bit(self) -> usize {
        self.bit + 31usize.saturating_sub(self.mask.trailing_zeros() as usize)
    }

    /// Tells whether two events speak of the same stretch, so that both at once mean nothing.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.bit <= other.last_bit() && other.bit <= self.last_bit()
    }
}

/// Changes the bits of an event in a sequence of bytes, most significant bit first; `offset` is the bit of the
/// event's sequence at which the bytes begin.
pub(crate) fn flip(bytes: &mut [u8], offset: usize, event: ErrorEvent) {
    for bit in event.bits() {
        let Some(place) = bit.checked_sub(offset) else { continue };
        if let Some(byte) = bytes.get_mut(place / 8) {
            *byte ^= 0x80 >> (place % 8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_flips_the_bits_of_its_mask_from_its_first_bit_on() {
        let event = ErrorEvent { bit: 14, mask: 0b101 << 29, cost: 1.0 };
        assert_eq!(event.bits().collect::<Vec<_>>(), [14, 16]);
        assert_eq!(event.last_bit(), 16);
        let mut bytes = [0; 3];
        flip(&mut bytes, 0, event);
        assert_eq!(bytes, [0, 0b10, 0b1000_0000]);
        let mut tail = [0; 2];
        flip(&mut tail, 8, event);
        assert_eq!(tail, [0b10, 0b1000_0000]);
    }

    #[test]
    fn events_that_touch_the_same_bits_overlap() {
        let at = |bit| ErrorEvent { bit, mask: 0b11 << 30, cost: 0.0 };
        assert!(at(4).overlaps(at(5)));
        assert!(at(5).overlaps(at(4)));
        assert!(!at(4).overlaps(at(6)));
    }
}
