//! The network layer, CI 81. Only the form `81 1D <next CI>` has been observed (Sontex 868).

use crate::explain::{Explainer, Layer, words};
use crate::wire::{Ended, Reader};

/// The network layer of a telegram; what its one byte means is not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nwl {
    /// The byte after the CI field.
    pub field: u8,
    pub(crate) end: usize,
}

impl Nwl {
    /// The CI field.
    pub const CI: u8 = 0x81;

    /// The field with which the layer is two bytes long.
    pub(crate) const OBSERVED: u8 = 0x1D;

    pub(crate) fn parse(bytes: &[u8], offset: usize) -> Result<Self, Ended> {
        let mut reader = Reader::at(bytes, offset);
        reader.u8()?;
        Ok(Self { field: reader.u8()?, end: reader.position() })
    }

    pub(crate) fn explain(&self, out: &mut Explainer<'_>) {
        out.open(Layer::Nwl, "network layer");
        out.field(1, words("CI field").named("CI"));
        out.field(1, "meaning not published");
        out.close();
    }
}
