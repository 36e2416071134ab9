//! What earlier telegrams of the input leave for later ones.

use wmbus::{DecodeError, FormatStore, Frame, Keys, Reassembly, Telegram};

/// What earlier telegrams of the input leave for later ones: fragments, and formats of compact frames.
#[derive(Debug)]
pub(super) struct Memory {
    fragments: Reassembly,
    formats: FormatStore,
}

impl Memory {
    /// Begins with the formats that are known already.
    pub(super) fn new(formats: FormatStore) -> Self {
        Self { fragments: Reassembly::default(), formats }
    }

    /// Decodes a frame; the last fragment of a message gives the message, and a compact frame its records
    /// once a full one told their headers.
    pub(super) fn decode(&mut self, frame: &Frame, keys: &dyn Keys) -> Result<Telegram, DecodeError> {
        let mut telegram = self.fragments.decode(frame, keys)?;
        telegram.teach(&mut self.formats);
        telegram.expand(&self.formats);
        Ok(telegram)
    }

    /// Returns the formats that are known by now.
    pub(super) const fn formats(&self) -> &FormatStore {
        &self.formats
    }
}
