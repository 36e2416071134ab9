//! The server's answer to a push.

use serde::{Deserialize, Serialize};

use crate::{BatchId, Digest, Timestamp};

/// The receipt of a batch. A repeated push of the same bytes gets the same receipt.
///
/// A handheld believes it only when `batch` and `digest` are those of what it sent: a captive portal
/// answers 200, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushAnswer {
    /// The batch that was taken.
    pub batch: BatchId,
    /// Digest of the body as the server read it.
    pub digest: Digest,
    /// Which life of the server's database took it. Grows with each restore.
    pub server_epoch: u64,
    /// The commit that holds the batch.
    pub commit: u64,
    /// Everything up to this commit is in a verified backup.
    pub safe_commit: u64,
    /// The server's clock when it answered.
    pub server_time: Timestamp,
    /// One outcome for every item, in order, equal neighbours joined.
    pub outcomes: Vec<OutcomeRange>,
}

impl PushAnswer {
    /// Returns the outcome of the item at `index`.
    pub fn outcome(&self, index: u32) -> Option<&ItemOutcome> {
        self.outcomes
            .iter()
            .find(|range| (range.from..=range.to).contains(&index))
            .map(|range| &range.outcome)
    }
}

/// The outcome of neighbouring items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeRange {
    /// Index of the first item.
    pub from: u32,
    /// Index of the last item.
    pub to: u32,
    /// What became of them.
    #[serde(flatten)]
    pub outcome: ItemOutcome,
}

/// What became of one item. In each case the server now holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ItemOutcome {
    /// It was new.
    Accepted,
    /// The server had it already.
    Duplicate,
    /// It could not be taken for what it says it is; its bytes are kept aside for the office.
    Quarantined {
        /// A stable code, such as `telegram_id_mismatch`.
        code: String,
    },
}

/// Joins the outcomes of single items into ranges.
pub fn join_outcomes(outcomes: impl IntoIterator<Item = ItemOutcome>) -> Vec<OutcomeRange> {
    let mut ranges: Vec<OutcomeRange> = Vec::new();
    for (index, outcome) in (0u32..).zip(outcomes) {
        match ranges.last_mut() {
            Some(last) if last.outcome == outcome => last.to = index,
            _ => ranges.push(OutcomeRange { from: index, to: index, outcome }),
        }
    }
    ranges
}
