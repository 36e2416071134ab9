//! Numbers that look random and are the same in every run.

/// Makes numbers by xorshift; they only have to look different from one another.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[3]
    }

    /// Returns a number from 1 to `most`.
    pub(crate) fn up_to(&mut self, most: u8) -> usize {
        usize::from(self.byte() % most.max(1)) + 1
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }
}
