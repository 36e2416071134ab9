//! What to do with a batch that did not get its receipt. Whatever it is, every fact stays.

use super::cut::{self, Parts};
use super::failure::Failure;
use super::rules::{Sent, SyncRules};
use super::{Answer, SyncError};
use crate::clock::Now;
use crate::randomness::Randomness;
use crate::store::Store;
use crate::store::outbox;
use crate::store::pairing::{self, Pairing};

/// A batch that timed out is not made smaller than this.
const SMALLEST_BATCH: u32 = 50;
/// One timeout is bad luck; from the second one on, the batch is too large for the line.
const TIMEOUTS_BORNE: u32 = 1;

/// A batch that the server fails on so often holds something that it cannot bear.
const FAULTS_BORNE: u32 = 3;

/// What became of the batch.
#[derive(Debug)]
pub(super) enum Taken {
    /// Its facts wait in two batches.
    Split,
    /// It was one fact, which is set aside.
    SetAside,
    /// It waits for the next session.
    Failed(Failure),
}

/// Takes an answer that is no receipt.
pub(super) fn take<R: SyncRules>(
    store: &mut Store,
    rules: &R,
    sent: &Sent,
    answer: &Answer,
    now: Now,
    randomness: &mut dyn Randomness,
) -> Result<Taken, SyncError> {
    let problem = answer.problem();
    match (answer.status, &problem) {
        (409, Some(_)) => {
            recut(store, rules, sent, Parts::Whole, now, randomness)?;
            Ok(Taken::Failed(Failure::BatchIdReused))
        }
        // A proxy's 413 has no problem in it, and smaller batches pass it all the same.
        (413, _) if sent.items > 1 => split(store, rules, sent, now, randomness),
        (413 | 415 | 422, Some(_)) if sent.items > 1 => split(store, rules, sent, now, randomness),
        // A fault of the server that one fact brings about must not hold up the others.
        (500, Some(_))
            if sent.items > 1 && outbox::attempts(store.connection(), sent.batch)? > FAULTS_BORNE =>
        {
            recut(store, rules, sent, Parts::Halves, now, randomness)?;
            Ok(Taken::Failed(Failure::of_answer(answer)))
        }
        (413 | 415 | 422, Some(problem)) => {
            let tx = store.transaction()?;
            outbox::set_aside(&tx, sent.batch, problem.code.as_str())?;
            tx.commit()?;
            Ok(Taken::SetAside)
        }
        _ => Ok(Taken::Failed(Failure::of_answer(answer))),
    }
}

/// Makes the batch smaller when it timed out more than once: it is the unit of resumption, so it must
/// be small enough for the line. The server may have taken it; its facts then count as duplicates.
pub(super) fn shrink_after_timeout<R: SyncRules>(
    store: &mut Store,
    rules: &R,
    sent: &Sent,
    now: Now,
    randomness: &mut dyn Randomness,
) -> Result<(), SyncError> {
    let attempts = outbox::attempts(store.connection(), sent.batch)?;
    if attempts <= TIMEOUTS_BORNE || sent.items <= SMALLEST_BATCH {
        return Ok(());
    }
    let tx = store.transaction()?;
    pairing::note_item_limit(&tx, (sent.items / 2).max(SMALLEST_BATCH))?;
    tx.commit()?;
    recut(store, rules, sent, Parts::Halves, now, randomness)
}

fn split<R: SyncRules>(
    store: &mut Store,
    rules: &R,
    sent: &Sent,
    now: Now,
    randomness: &mut dyn Randomness,
) -> Result<Taken, SyncError> {
    recut(store, rules, sent, Parts::Halves, now, randomness)?;
    Ok(Taken::Split)
}

fn recut<R: SyncRules>(
    store: &mut Store,
    rules: &R,
    sent: &Sent,
    parts: Parts,
    now: Now,
    randomness: &mut dyn Randomness,
) -> Result<(), SyncError> {
    let tx = store.transaction()?;
    let pairing: Pairing = pairing::read(&tx)?.ok_or(SyncError::NotPaired)?;
    cut::recut(&tx, &pairing, rules, sent.batch, parts, now, randomness)?;
    tx.commit()?;
    Ok(())
}
