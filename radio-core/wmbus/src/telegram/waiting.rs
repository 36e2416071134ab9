//! Compact frames that were heard before their format.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::{Content, Telegram};
use crate::apl::FormatStore;

/// Compact frames that wait for their format, each with its reception.
///
/// At most [`WaitingFrames::CAPACITY`] wait; of more, the first is given up.
///
/// ```
/// use wmbus::encode::{Record, TelegramBuilder};
/// use wmbus::{FormatStore, KeyRing, Telegram, WaitingFrames};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let meter = TelegramBuilder::new("XYZ-12345678-01-07".parse()?).record(Record::int32(6_408).volume(-1));
/// let compact = Telegram::decode(&meter.clone().compact_frame().build()?, &KeyRing::default())?;
/// let full = Telegram::decode(&meter.build()?, &KeyRing::default())?;
///
/// let (mut waiting, mut formats) = (WaitingFrames::default(), FormatStore::new());
/// waiting.keep(&compact, "heard first");
/// full.teach(&mut formats);
/// let readable = waiting.take_readable(&formats);
/// let (telegram, reception) = &readable[0];
/// assert_eq!((telegram.content().records()[0].to_string(), *reception), ("volume 640.8 m³".into(), "heard first"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct WaitingFrames<R> {
    waiting: VecDeque<(Telegram, R)>,
}

impl<R> WaitingFrames<R> {
    /// How many frames wait at most.
    pub const CAPACITY: usize = 1024;

    /// Keeps a telegram if it is a compact frame of unknown format.
    pub fn keep(&mut self, telegram: &Telegram, reception: R) {
        if !matches!(telegram.content(), Content::Compact { .. }) {
            return;
        }
        if self.waiting.len() == Self::CAPACITY {
            self.waiting.pop_front();
        }
        self.waiting.push_back((telegram.clone(), reception));
    }

    /// Takes the telegrams out whose records are known with these formats, in the order in which they were
    /// kept.
    pub fn take_readable(&mut self, formats: &FormatStore) -> Vec<(Telegram, R)> {
        let mut readable = Vec::new();
        for (mut telegram, reception) in core::mem::take(&mut self.waiting) {
            if telegram.expand(formats) {
                readable.push((telegram, reception));
            } else {
                self.waiting.push_back((telegram, reception));
            }
        }
        readable
    }

    /// Returns how many telegrams wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Tells whether none waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

impl<R> Default for WaitingFrames<R> {
    fn default() -> Self {
        Self { waiting: VecDeque::new() }
    }
}
