//! Cutting waiting facts into a batch.
//!
//! A cut is one local transaction: the body is written, byte for byte as it will travel, and its
//! facts are assigned to it. Facts go in the order in which they were taken in, so a telegram always
//! travels in the same batch as its receptions or in an earlier one.

use rusqlite::Connection;
use sync_protocol::{Batch, BatchId, BodyError, BodyLimits, body};

use super::rules::SyncRules;
use super::{SyncError, clock};
use crate::clock::Now;
use crate::randomness::Randomness;
use crate::store::outbox::{self, WaitingFact};
use crate::store::pairing::Pairing;

/// Into how many a batch is cut anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// The same facts under a new id.
    Whole,
    /// Two batches of half the facts.
    Halves,
}

/// Cuts one batch of the facts that have waited longest. Returns whether there were any.
pub(super) fn cut_waiting<R: SyncRules>(
    tx: &Connection,
    pairing: &Pairing,
    rules: &R,
    now: Now,
    randomness: &mut dyn Randomness,
) -> Result<bool, SyncError> {
    loop {
        let facts = outbox::waiting(tx, pairing.items_per_batch())?;
        if facts.is_empty() {
            return Ok(false);
        }
        if cut(tx, pairing, rules, &facts, now, randomness)? > 0 {
            return Ok(true);
        }
    }
}

/// Replaces a batch by new ones with the same facts. Its id is never used again.
pub(super) fn recut<R: SyncRules>(
    tx: &Connection,
    pairing: &Pairing,
    rules: &R,
    batch: BatchId,
    parts: Parts,
    now: Now,
    randomness: &mut dyn Randomness,
) -> Result<(), SyncError> {
    let facts = outbox::dissolve(tx, batch)?;
    let middle = match parts {
        Parts::Whole => facts.len(),
        Parts::Halves => facts.len().div_ceil(2),
    };
    let (first, second) = facts.split_at_checked(middle).unwrap_or((&facts, &[]));
    for mut rest in [first, second] {
        while !rest.is_empty() {
            let taken = cut(tx, pairing, rules, rest, now, randomness)?.max(1);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }
    Ok(())
}

/// Cuts a batch of as many of the first facts as fit into one body, and returns how many. A single
/// fact that fits into no body is set aside; then none is cut.
fn cut<R: SyncRules>(
    tx: &Connection,
    pairing: &Pairing,
    rules: &R,
    facts: &[WaitingFact],
    now: Now,
    randomness: &mut dyn Randomness,
) -> Result<usize, SyncError> {
    // A batch names one life of the database, so that the server can tell which facts of it are missing.
    let Some(epoch) = facts.first().map(|fact| fact.epoch) else { return Ok(0) };
    let of_epoch = facts.iter().take_while(|fact| fact.epoch == epoch).count();
    let facts = facts.get(..of_epoch).unwrap_or(facts);
    let id = rules.batch_id(now, randomness)?;
    let mut batch = Batch::new(id, pairing.replica, epoch);
    batch.clock = clock::waiting(tx)?;
    batch.items = outbox::items(tx, facts)?;
    let limits = BodyLimits {
        compressed: usize::try_from(pairing.max_body_bytes)
            .unwrap_or(usize::MAX)
            .min(BodyLimits::DEFAULT.compressed),
        ..BodyLimits::DEFAULT
    };
    while let Some(last) = batch.items.len().checked_sub(1) {
        let bytes = body::write(&batch);
        match body::read(&bytes, &limits) {
            Ok(_) => {
                let taken = facts.get(..batch.items.len()).unwrap_or(facts);
                outbox::insert(tx, id, pairing.replica, &bytes, taken)?;
                clock::assign(tx, id)?;
                return Ok(taken.len());
            }
            Err(BodyError::TooLarge { .. } | BodyError::TooManyItems { .. }) if last > 0 => {
                batch.items.truncate(batch.items.len().div_ceil(2));
            }
            Err(error) => {
                let code = refusal_code(&error);
                batch.items.truncate(last);
                if let Some(fact) = facts.get(last) {
                    outbox::refuse(tx, fact, code)?;
                }
            }
        }
    }
    Ok(0)
}

fn refusal_code(error: &BodyError) -> &'static str {
    match error {
        BodyError::TooLarge { .. } | BodyError::TooManyItems { .. } => "too_large",
        _ => "unprocessable",
    }
}
