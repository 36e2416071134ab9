//! What earlier telegrams of the input leave for later ones.

use wmbus::{DecodeError, Frame, Keys, Reassembly, Telegram};

/// What earlier telegrams of the input leave for later ones.
#[derive(Debug, Default)]
pub(super) struct Memory {
    fragments: Reassembly,
}

impl Memory {
    /// Decodes a frame; the last fragment of a message gives the message.
    pub(super) fn decode(&mut self, frame: &Frame, keys: &dyn Keys) -> Result<Telegram, DecodeError> {
        self.fragments.decode(frame, keys)
    }
}
