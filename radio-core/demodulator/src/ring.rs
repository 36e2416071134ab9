//! The most recent samples of a channel, by their number since the beginning.

use num_complex::Complex32;

/// Keeps the last samples of a channel so that decoding can look back.
///
/// Samples are counted from the first one that was ever put in; the count never wraps.
#[derive(Debug)]
pub(crate) struct Ring {
    samples: Box<[Complex32]>,
    end: u64,
}

impl Ring {
    /// Makes a ring that holds at least `capacity` samples.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        let size = capacity.max(1).next_power_of_two();
        Self { samples: vec![Complex32::default(); size].into_boxed_slice(), end: 0 }
    }

    /// Returns the number of the sample that comes next.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Returns the number of the oldest sample that is still here.
    pub(crate) fn start(&self) -> u64 {
        self.end.saturating_sub(self.samples.len() as u64)
    }

    /// Puts in the next samples; the oldest ones make room.
    pub(crate) fn extend(&mut self, block: &[Complex32]) {
        let size = self.samples.len();
        let skipped = block.len().saturating_sub(size);
        self.end += skipped as u64;
        let (_, block) = block.split_at(skipped);
        let at = self.place(self.end);
        let (head, tail) = block.split_at(block.len().min(size - at));
        for (part, from) in [(head, at), (tail, 0)] {
            if let Some(room) = self.samples.get_mut(from..from + part.len()) {
                room.copy_from_slice(part);
            }
        }
        self.end += block.len() as u64;
    }

    /// Copies the samples from number `from` on; false if some of them are gone or not here yet.
    pub(crate) fn copy(&self, from: u64, out: &mut [Complex32]) -> bool {
        if !self.holds(from, out.len()) {
            return false;
        }
        let at = self.place(from);
        let (head, tail) = out.split_at_mut(out.len().min(self.samples.len() - at));
        for (part, from) in [(head, at), (tail, 0)] {
            if let Some(kept) = self.samples.get(from..from + part.len()) {
                part.copy_from_slice(kept);
            }
        }
        true
    }

    /// Subtracts samples from those kept, the first one from number `from`; false if they are not all here.
    pub(crate) fn subtract(&mut self, from: u64, samples: &[Complex32]) -> bool {
        if !self.holds(from, samples.len()) {
            return false;
        }
        let at = self.place(from);
        let (head, tail) = samples.split_at(samples.len().min(self.samples.len() - at));
        for (part, from) in [(head, at), (tail, 0)] {
            if let Some(kept) = self.samples.get_mut(from..from + part.len()) {
                kept.iter_mut().zip(part).for_each(|(kept, sample)| *kept -= sample);
            }
        }
        true
    }

    fn holds(&self, from: u64, count: usize) -> bool {
        from >= self.start() && from.checked_add(count as u64).is_some_and(|end| end <= self.end)
    }

    /// Returns where in memory a sample lies; the size is a power of two.
    fn place(&self, number: u64) -> usize {
        (number as usize) & (self.samples.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(from: u32, count: u32) -> Vec<Complex32> {
        (from..from + count).map(|n| Complex32::new(n as f32, -(n as f32))).collect()
    }

    #[test]
    fn what_was_put_in_comes_back_by_its_number_until_it_is_too_old() {
        let mut ring = Ring::with_capacity(12);
        ring.extend(&ramp(0, 10));
        ring.extend(&ramp(10, 10));
        assert_eq!((ring.start(), ring.end()), (4, 20));
        let mut out = [Complex32::default(); 7];
        assert!(ring.copy(11, &mut out));
        assert_eq!(out.to_vec(), ramp(11, 7));
        assert!(!ring.copy(3, &mut out));
        assert!(!ring.copy(14, &mut out));
    }

    #[test]
    fn a_block_longer_than_the_ring_leaves_its_end() {
        let mut ring = Ring::with_capacity(8);
        ring.extend(&ramp(0, 21));
        let mut out = [Complex32::default(); 8];
        assert!(ring.copy(13, &mut out));
        assert_eq!(out.to_vec(), ramp(13, 8));
    }

    #[test]
    fn what_is_subtracted_is_gone() {
        let mut ring = Ring::with_capacity(8);
        ring.extend(&ramp(0, 13));
        assert!(ring.subtract(6, &ramp(6, 5)));
        let mut out = [Complex32::default(); 8];
        assert!(ring.copy(5, &mut out));
        let zero = Complex32::default();
        assert_eq!(out.to_vec(), [ramp(5, 1), vec![zero; 5], ramp(11, 2)].concat());
        assert!(!ring.subtract(12, &ramp(0, 2)));
    }
}
