//! Samples with their two parts apart, as loops over them vectorise best.

/// Holds a block of complex samples, real and imaginary parts apart.
#[derive(Debug, Clone, Default)]
pub struct Planar {
    /// The real parts.
    pub re: Vec<f32>,
    /// The imaginary parts, as many as real ones.
    pub im: Vec<f32>,
}

impl Planar {
    /// Makes an empty block with room for so many samples.
    pub fn with_capacity(samples: usize) -> Self {
        Self { re: Vec::with_capacity(samples), im: Vec::with_capacity(samples) }
    }

    /// Returns the number of samples.
    pub fn len(&self) -> usize {
        self.re.len()
    }

    /// Tells whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.re.is_empty()
    }

    /// Removes all samples and keeps the room.
    pub fn clear(&mut self) {
        self.re.clear();
        self.im.clear();
    }
}
