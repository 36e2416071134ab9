//! The rules that nothing may be lost by, each a function of values.
//!
//! They stand apart from the session so that each can be read, and broken, by itself: the simulation
//! runs the session with one wrong rule at a time and must notice.

use sync_protocol::{BatchId, Digest, PushAnswer, Timestamp};

use super::Answer;
use crate::clock::Now;
use crate::randomness::{Randomness, RandomnessError, mint_uuid};

/// What was sent, to hold an answer against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Identity of the batch.
    pub batch: BatchId,
    /// Digest of the body.
    pub digest: Digest,
    /// Items in the batch.
    pub items: u32,
    /// What was known of the server when the batch was sent.
    pub server: ServerMark,
}

/// A point in the history of the server's database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServerMark {
    /// Which life of the database.
    pub epoch: u64,
    /// Everything up to this commit is in a verified backup.
    pub safe_commit: u64,
}

/// Where the server put a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitMark {
    /// Which life of the server's database took it.
    pub epoch: u64,
    /// The commit that holds it.
    pub commit: u64,
}

/// A fact that a receipt was given for, as [`SyncRules::may_purge`] sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptedFact {
    /// Whether the server said, in the life that took it, that its commit is in a verified backup.
    pub safe: bool,
    /// The server's clock when it gave the receipt.
    pub receipted_at: Timestamp,
}

/// Decides what an answer is worth and what may go.
pub trait SyncRules {
    /// Returns the receipt if, and only if, the answer is one for exactly what was sent.
    ///
    /// A portal answers 200 as well, a proxy may answer with what it kept, and a body may be damaged
    /// on its way, so batch and digest must come back, with an outcome for every item.
    fn receipt(&self, sent: &Sent, answer: &Answer) -> Option<PushAnswer> {
        let receipt: PushAnswer = answer.success()?;
        let mut expected = 0;
        for range in &receipt.outcomes {
            if range.from != expected || range.to < range.from {
                return None;
            }
            expected = range.to.checked_add(1)?;
        }
        let whole = expected == sent.items;
        (receipt.batch == sent.batch && receipt.digest == sent.digest && whole).then_some(receipt)
    }

    /// Mints the identity of a batch: a random UUIDv7, so that a handheld that was restored from a
    /// backup cannot repeat one.
    ///
    /// # Errors
    /// When there is no randomness.
    fn batch_id(&self, now: Now, randomness: &mut dyn Randomness) -> Result<BatchId, RandomnessError> {
        mint_uuid(now.wall, randomness).map(BatchId)
    }

    /// Whether the server's word covers a commit by a verified backup.
    fn is_safe(&self, held: CommitMark, server: ServerMark) -> bool {
        held.epoch == server.epoch && held.commit <= server.safe_commit
    }

    /// Whether a receipt that was never safe is void, so that the fact must be offered again.
    fn is_void(&self, held: CommitMark, server: ServerMark) -> bool {
        held.epoch != server.epoch
    }

    /// Whether a fact may be deleted: received, safe, and older than the grace time by the *server's*
    /// clock, because the handheld's may be wrong by decades.
    fn may_purge(&self, fact: &ReceiptedFact, server_time: Timestamp, grace_ms: i64) -> bool {
        fact.safe && fact.receipted_at.plus_millis(grace_ms) <= server_time
    }
}

/// The rules of the protocol, as they stand.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProtocolRules;

impl SyncRules for ProtocolRules {}

/// How long a safe fact is kept on the handheld: 30 days, in milliseconds.
pub const GRACE_MS: i64 = 30 * 24 * 60 * 60 * 1000;
