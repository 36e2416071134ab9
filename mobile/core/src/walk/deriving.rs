//! Decoding telegrams of the store, each with what the others tell: the format of a compact frame, and the
//! other fragments of a message.

use std::collections::BTreeSet;

use rusqlite::Connection;
use sync_protocol::TelegramId;
use wmbus::{Content, FormatStore, Frame, FrameFormat, KeyRing, Telegram, whole_messages};

use crate::meter::{Outcome, decoding};
use crate::store::{StoreError, facts, formats, readings};

/// Telegrams that are decoded in one transaction.
///
/// What comes out does not depend on the order in which telegrams are taken: [`Self::finish`] reads again
/// what a later one explains.
pub(super) struct Deriving<'t> {
    transaction: &'t Connection,
    keys: &'t KeyRing,
    formats: FormatStore,
    formats_before: usize,
    /// Senders of which a fragment was taken.
    in_fragments: BTreeSet<String>,
}

/// What telegrams told beside their own values.
pub(super) struct Derived {
    /// All formats that are known now.
    pub(super) formats: FormatStore,
    /// Telegrams that others made readable.
    pub(super) gained: Vec<TelegramId>,
}

impl<'t> Deriving<'t> {
    /// Begins with the formats that are known.
    pub(super) fn new(transaction: &'t Connection, keys: &'t KeyRing, formats: FormatStore) -> Self {
        let formats_before = formats.len();
        Self { transaction, keys, formats, formats_before, in_fragments: BTreeSet::new() }
    }

    /// Decodes a telegram of the store and keeps what it means; returns what came out.
    pub(super) fn take(&mut self, id: TelegramId, frame: &Frame) -> Result<Outcome, StoreError> {
        let mut telegram = Telegram::decode(frame, self.keys);
        if let Ok(telegram) = &mut telegram {
            self.share_formats(telegram);
            if matches!(telegram.content(), Content::Fragment { .. }) {
                self.in_fragments.insert(telegram.link_address().to_string());
            }
        }
        let decoding = decoding(telegram.as_ref());
        readings::put(self.transaction, id, &decoding)?;
        Ok(decoding.outcome)
    }

    /// Puts fragments together, and reads the compact frames that waited for a format that came.
    pub(super) fn finish(mut self) -> Result<Derived, StoreError> {
        let mut gained = Vec::new();
        for sender in std::mem::take(&mut self.in_fragments) {
            self.put_together(&sender, &mut gained)?;
        }
        if self.formats.len() > self.formats_before {
            formats::keep(self.transaction, &self.formats)?;
            self.read_waiting(&mut gained)?;
        }
        Ok(Derived { formats: self.formats, gained })
    }

    /// Puts a sender's messages together. What a whole message says belongs to its last fragment.
    fn put_together(&mut self, sender: &str, gained: &mut Vec<TelegramId>) -> Result<(), StoreError> {
        let stored = facts::frames_of_sender(self.transaction, sender)?;
        let (ids, frames): (Vec<TelegramId>, Vec<Frame>) = stored
            .into_iter()
            .filter_map(|(id, bytes)| Some((id, Frame::parse(&bytes, FrameFormat::WithoutCrc).ok()?)))
            .unzip();
        for (id, message) in ids.into_iter().zip(whole_messages(&frames, self.keys)) {
            if let Some(mut message) = message {
                self.share_formats(&mut message);
                self.put_if_read(id, &message, gained)?;
            }
        }
        Ok(())
    }

    fn read_waiting(&mut self, gained: &mut Vec<TelegramId>) -> Result<(), StoreError> {
        for (id, bytes) in facts::frames_with_outcome(self.transaction, Outcome::CompactFormatUnknown)? {
            let Ok(frame) = Frame::parse(&bytes, FrameFormat::WithoutCrc) else { continue };
            let Ok(mut telegram) = Telegram::decode(&frame, self.keys) else { continue };
            if telegram.expand(&self.formats) {
                self.put_if_read(id, &telegram, gained)?;
            }
        }
        Ok(())
    }

    fn put_if_read(
        &self,
        id: TelegramId,
        telegram: &Telegram,
        gained: &mut Vec<TelegramId>,
    ) -> Result<(), StoreError> {
        let known = readings::state(self.transaction, id)?;
        if known.is_some_and(|known| known.is_current()) {
            return Ok(());
        }
        let decoding = decoding(Ok(telegram));
        readings::put(self.transaction, id, &decoding)?;
        let had_values = known.is_some_and(|known| known.outcome == Outcome::Records);
        if decoding.outcome == Outcome::Records && !had_values {
            gained.push(id);
        }
        Ok(())
    }

    fn share_formats(&mut self, telegram: &mut Telegram) {
        telegram.teach(&mut self.formats);
        telegram.expand(&self.formats);
    }
}
