//! Several telegrams that are one readout.

use crate::apl::{DataRecord, Qualifier};
use crate::meter::MeterAddress;
use crate::telegram::Telegram;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A readout that a meter gives in several telegrams: each but the last ends with DIF 1F, "more records
/// follow", and the master asks for the next one with its frame count bit toggled.
///
/// A telegram that the meter repeats, because the master asked again with the same bit, counts once.
#[derive(Debug, Clone)]
pub struct Readout {
    first: Telegram,
    more: Vec<Telegram>,
}

/// Why a telegram does not go on with a readout; it begins one of its own.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadoutError {
    /// Another meter sends.
    #[error("telegram of another meter")]
    AnotherMeter,
    /// The last telegram said that nothing follows.
    #[error("the readout was complete")]
    Complete,
    /// No meter has a readout of so many telegrams.
    #[error("more than {0} telegrams in one readout")]
    TooMany(usize),
}

impl Readout {
    /// As many telegrams make a readout at most; real meters send two to four.
    pub const MOST_TELEGRAMS: usize = 64;

    /// Begins with the first telegram.
    pub const fn new(first: Telegram) -> Self {
        Self { first, more: Vec::new() }
    }

    /// Goes on with the next telegram.
    ///
    /// # Errors
    /// Gives the telegram back with the reason why it is not part of this readout.
    pub fn add(&mut self, telegram: Telegram) -> Result<(), (ReadoutError, Box<Telegram>)> {
        let last = self.last();
        if telegram.meter() != self.meter() {
            return Err((ReadoutError::AnotherMeter, Box::new(telegram)));
        }
        if last.access_number() == telegram.access_number() && last.content() == telegram.content() {
            return Ok(());
        }
        if self.is_complete() {
            return Err((ReadoutError::Complete, Box::new(telegram)));
        }
        if self.more.len() + 1 >= Self::MOST_TELEGRAMS {
            return Err((ReadoutError::TooMany(Self::MOST_TELEGRAMS), Box::new(telegram)));
        }
        self.more.push(telegram);
        Ok(())
    }

    /// Returns the meter.
    pub fn meter(&self) -> MeterAddress {
        self.first.meter()
    }

    /// Tells whether the last telegram says that nothing follows.
    pub fn is_complete(&self) -> bool {
        !more_follow(self.last())
    }

    /// Returns the first telegram.
    pub const fn first(&self) -> &Telegram {
        &self.first
    }

    /// Returns the telegrams, in order.
    pub fn telegrams(&self) -> impl Iterator<Item = &Telegram> {
        core::iter::once(&self.first).chain(&self.more)
    }

    /// Returns the records of all telegrams, in order; their offsets count within their own telegram.
    pub fn records(&self) -> impl Iterator<Item = &DataRecord> {
        self.telegrams().flat_map(|telegram| telegram.content().records())
    }

    fn last(&self) -> &Telegram {
        self.more.last().unwrap_or(&self.first)
    }
}

fn more_follow(telegram: &Telegram) -> bool {
    let last = telegram.content().records().iter().rev();
    last.take(2).any(|record| record.qualifiers.contains(&Qualifier::MoreRecordsFollow))
}
