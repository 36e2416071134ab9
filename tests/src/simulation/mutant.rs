//! One broken rule at a time.

use std::cell::Cell;
use std::rc::Rc;

use field_core::sync::{Answer, CommitMark, ProtocolRules, ReceiptedFact, Sent, ServerMark, SyncRules};
use field_core::{Now, Randomness, RandomnessError};
use sync_protocol::{BatchId, ItemOutcome, OutcomeRange, PushAnswer, Timestamp};
use uuid::Uuid;

/// A way to get the protocol wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// The handheld takes any status 2xx for a receipt.
    AcceptAny2xx,
    /// The handheld takes any well-formed receipt, whatever batch and digest it names.
    NoEchoCheck,
    /// The handheld deletes what was accepted before it is safe.
    PurgeOnAccept,
    /// The handheld does not care that the server's database was restored.
    IgnoreServerEpoch,
    /// The handheld numbers its batches by what the server has acknowledged.
    CounterBatchIds,
    /// The handheld makes identities of its sequence numbers.
    SequenceAsIdentity,
    /// The server does not compare a body with its digest.
    NoDigestCheck,
    /// The server keeps a batch and its items in two transactions.
    NonAtomicBatch,
    /// The handheld numbers its batches, and the server answers 200 to any body under a known id.
    ReusedBatchIdIsFine,
    /// The server believes the telegram id that a body names.
    TrustTelegramId,
}

impl Mutant {
    /// Every mutant.
    pub const ALL: [Self; 10] = [
        Self::AcceptAny2xx,
        Self::NoEchoCheck,
        Self::PurgeOnAccept,
        Self::IgnoreServerEpoch,
        Self::CounterBatchIds,
        Self::SequenceAsIdentity,
        Self::NoDigestCheck,
        Self::NonAtomicBatch,
        Self::ReusedBatchIdIsFine,
        Self::TrustTelegramId,
    ];
}

/// The rules of the protocol, one of them perhaps broken.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) mutant: Option<Mutant>,
    /// How many facts the server has acknowledged, for [`Mutant::CounterBatchIds`].
    pub(super) acknowledged: Rc<Cell<u64>>,
    /// How many batch ids were minted, for [`Mutant::ReusedBatchIdIsFine`]. A restore sets it back.
    pub(super) minted: Rc<Cell<u64>>,
}

impl SyncRules for Rules {
    fn receipt(&self, sent: &Sent, answer: &Answer) -> Option<PushAnswer> {
        match self.mutant {
            Some(Mutant::AcceptAny2xx) if (200..300).contains(&answer.status) => Some(PushAnswer {
                batch: sent.batch,
                digest: sent.digest,
                server_epoch: sent.server.epoch,
                commit: sent.server.safe_commit + 1,
                safe_commit: 0,
                server_time: Timestamp::EPOCH,
                outcomes: all_accepted(sent.items),
            }),
            Some(Mutant::NoEchoCheck) => {
                let other: PushAnswer = answer.success()?;
                Some(PushAnswer {
                    batch: sent.batch,
                    digest: sent.digest,
                    server_epoch: sent.server.epoch,
                    outcomes: all_accepted(sent.items),
                    ..other
                })
            }
            _ => ProtocolRules.receipt(sent, answer),
        }
    }

    fn batch_id(&self, now: Now, randomness: &mut dyn Randomness) -> Result<BatchId, RandomnessError> {
        match self.mutant {
            Some(Mutant::ReusedBatchIdIsFine) => {
                self.minted.set(self.minted.get() + 1);
                Ok(BatchId(Uuid::from_u128(u128::from(self.minted.get()))))
            }
            Some(Mutant::CounterBatchIds) => {
                Ok(BatchId(Uuid::from_u128(u128::from(self.acknowledged.get()))))
            }
            _ => ProtocolRules.batch_id(now, randomness),
        }
    }

    fn is_safe(&self, held: CommitMark, server: ServerMark) -> bool {
        match self.mutant {
            Some(Mutant::IgnoreServerEpoch) => held.commit <= server.safe_commit,
            _ => ProtocolRules.is_safe(held, server),
        }
    }

    fn is_void(&self, held: CommitMark, server: ServerMark) -> bool {
        self.mutant != Some(Mutant::IgnoreServerEpoch) && ProtocolRules.is_void(held, server)
    }

    fn may_purge(&self, fact: &ReceiptedFact, server_time: Timestamp, grace_ms: i64) -> bool {
        let fact = ReceiptedFact { safe: fact.safe || self.mutant == Some(Mutant::PurgeOnAccept), ..*fact };
        ProtocolRules.may_purge(&fact, server_time, grace_ms)
    }
}

fn all_accepted(items: u32) -> Vec<OutcomeRange> {
    vec![OutcomeRange { from: 0, to: items - 1, outcome: ItemOutcome::Accepted }]
}
