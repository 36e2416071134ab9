//! One sync session: hello, then pull, then push, without any I/O.
//!
//! The shell asks [`SyncSession::poll_transmit`] for a request, carries it, and hands back what
//! happened. All that must outlive the process is in the store; the session itself may be dropped at
//! any instant, and a new one takes up where the rows say.

use sync_protocol::{Hello, SCHEMA};

use super::failure::Failure;
use super::rules::{Sent, ServerMark, SyncRules};
use super::{Answer, NoAnswer, Request, SyncError, backoff, clock, cut, feed, refusal};
use crate::clock::Now;
use crate::randomness::Randomness;
use crate::store::Store;
use crate::store::outbox;
use crate::store::pairing;

/// What a session is to do after the hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Fetch tours.
    Pull,
    /// Offer facts.
    Push,
    /// Fetch tours, then offer facts.
    Both,
}

/// What one answer, or its absence, brought.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The server said hello.
    Greeted {
        /// Facts whose receipts are void, because the server's database was restored.
        offered_again: usize,
    },
    /// A page of changes was applied, or kept for the swap at the end of a full refetch.
    Pulled {
        /// Changes in the page.
        changes: usize,
    },
    /// The cursor is no longer valid: everything is fetched from the beginning.
    Refetching,
    /// The server gave a receipt.
    Receipted {
        /// Items that were new to the server.
        accepted: u64,
        /// Items that the server had already.
        duplicate: u64,
        /// Items that the server keeps aside for the office.
        quarantined: u64,
    },
    /// The server cannot take the batch: its facts now wait in two.
    Split,
    /// The server cannot take one single fact: it is set aside here, visible and kept.
    SetAside,
    /// The session is over before its plan was.
    Stopped(Failure),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Hello,
    Pull,
    Push,
    Over,
}

#[derive(Debug, Clone, Copy)]
enum InFlight {
    Hello { sent_at: Now },
    Changes,
    Push(Sent),
}

/// One exchange of everything that is due with the server.
#[derive(Debug)]
pub struct SyncSession<R> {
    rules: R,
    plan: Plan,
    phase: Phase,
    in_flight: Option<InFlight>,
}

impl<R: SyncRules> SyncSession<R> {
    /// Begins a session. Nothing of it is kept that is not in the store.
    pub fn new(rules: R, plan: Plan) -> Self {
        Self { rules, plan, phase: Phase::Hello, in_flight: None }
    }

    /// Returns the next request, or nothing when the session is over.
    ///
    /// A batch is written to the store, body and all, before its first byte is on the way.
    ///
    /// # Errors
    /// When the replica is not paired, or the store fails.
    pub fn poll_transmit(
        &mut self,
        store: &mut Store,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Option<Request>, SyncError> {
        debug_assert!(self.in_flight.is_none(), "one request at a time");
        match self.phase {
            Phase::Hello => {
                pairing::read(store.connection())?.ok_or(SyncError::NotPaired)?;
                self.in_flight = Some(InFlight::Hello { sent_at: now });
                Ok(Some(Request::Hello))
            }
            Phase::Pull => {
                self.in_flight = Some(InFlight::Changes);
                Ok(Some(Request::Changes { cursor: feed::cursor(store.connection())? }))
            }
            Phase::Push => self.poll_push(store, now, randomness),
            Phase::Over => Ok(None),
        }
    }

    fn poll_push(
        &mut self,
        store: &mut Store,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Option<Request>, SyncError> {
        let tx = store.transaction()?;
        let pairing = pairing::read(&tx)?.ok_or(SyncError::NotPaired)?;
        let mut next = outbox::first(&tx)?;
        if next.is_none() && cut::cut_waiting(&tx, &pairing, &self.rules, now, randomness)? {
            next = outbox::first(&tx)?;
        }
        if let Some(batch) = &next {
            outbox::note_attempt(&tx, batch.push.batch)?;
        } else if outbox::nothing_open(&tx)? {
            outbox::clear_failure(&tx)?;
        }
        tx.commit()?;
        let Some(batch) = next else {
            self.phase = Phase::Over;
            return Ok(None);
        };
        let sent = Sent {
            batch: batch.push.batch,
            digest: batch.push.digest,
            items: batch.items,
            server: pairing.server.unwrap_or_default(),
        };
        self.in_flight = Some(InFlight::Push(sent));
        Ok(Some(Request::Push(batch.push)))
    }

    /// Takes what came back for the request that was polled last.
    ///
    /// # Errors
    /// When the store fails. A refusal or a page that is not ours is no error but [`Progress`].
    pub fn handle_answer(
        &mut self,
        store: &mut Store,
        answer: &Answer,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Progress, SyncError> {
        match self.in_flight.take() {
            Some(InFlight::Hello { sent_at }) => self.handle_hello(store, answer, sent_at, now, randomness),
            Some(InFlight::Changes) => self.handle_changes(store, answer, now, randomness),
            Some(InFlight::Push(sent)) => self.handle_push(store, answer, &sent, now, randomness),
            None => {
                debug_assert!(false, "an answer to nothing");
                self.stop(store, Failure::NotAnAnswer { status: answer.status }, now, randomness)
            }
        }
    }

    /// Takes that nothing came back.
    ///
    /// # Errors
    /// When the store fails.
    pub fn handle_no_answer(
        &mut self,
        store: &mut Store,
        no_answer: NoAnswer,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Progress, SyncError> {
        if let (Some(InFlight::Push(sent)), NoAnswer::Timeout) = (self.in_flight.take(), no_answer) {
            refusal::shrink_after_timeout(store, &self.rules, &sent, now, randomness)?;
        }
        self.stop(store, no_answer.into(), now, randomness)
    }

    fn handle_hello(
        &mut self,
        store: &mut Store,
        answer: &Answer,
        sent_at: Now,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Progress, SyncError> {
        let Some(hello) = answer.success::<Hello>() else {
            return self.stop(store, Failure::of_answer(answer), now, randomness);
        };
        if !(hello.min_schema..=hello.max_schema).contains(&SCHEMA) {
            let failure = Failure::Schema { min: hello.min_schema, max: hello.max_schema };
            return self.stop(store, failure, now, randomness);
        }
        let tx = store.transaction()?;
        let known = pairing::read(&tx)?.ok_or(SyncError::NotPaired)?.server;
        let mut server = ServerMark { epoch: hello.server_epoch, safe_commit: hello.safe_commit };
        if let Some(known) = known.filter(|known| known.epoch == server.epoch) {
            server.safe_commit = server.safe_commit.max(known.safe_commit);
        }
        pairing::note_hello(&tx, server, &hello)?;
        if let Some(sample) = clock::sample(sent_at, hello.server_time, now) {
            clock::keep(&tx, &sample)?;
            pairing::note_clock(&tx, &sample)?;
        }
        outbox::mark_safe(&tx, |held| self.rules.is_safe(held, server))?;
        let offered_again = outbox::offer_again(&tx, |held| self.rules.is_void(held, server))?;
        if offered_again > 0 {
            outbox::dissolve_all(&tx)?;
        }
        tx.commit()?;
        self.phase = if self.plan == Plan::Push { Phase::Push } else { Phase::Pull };
        Ok(Progress::Greeted { offered_again })
    }

    fn handle_changes(
        &mut self,
        store: &mut Store,
        answer: &Answer,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Progress, SyncError> {
        match feed::take(store, answer)? {
            feed::Taken::Page { changes, more } => {
                pairing::note_taken(store.connection(), 0)?;
                if !more {
                    pairing::note_pulled(store.connection(), now)?;
                    self.phase = if self.plan == Plan::Pull { Phase::Over } else { Phase::Push };
                    if outbox::nothing_open(store.connection())? {
                        outbox::clear_failure(store.connection())?;
                    }
                }
                Ok(Progress::Pulled { changes })
            }
            feed::Taken::Refetching => Ok(Progress::Refetching),
            feed::Taken::Failed(failure) => self.stop(store, failure, now, randomness),
        }
    }

    fn handle_push(
        &mut self,
        store: &mut Store,
        answer: &Answer,
        sent: &Sent,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Progress, SyncError> {
        let Some(receipt) = self.rules.receipt(sent, answer) else {
            let taken = refusal::take(store, &self.rules, sent, answer, now, randomness)?;
            return match taken {
                refusal::Taken::Split => Ok(Progress::Split),
                refusal::Taken::SetAside => Ok(Progress::SetAside),
                refusal::Taken::Failed(failure) => self.stop(store, failure, now, randomness),
            };
        };
        let tx = store.transaction()?;
        if receipt.server_epoch != sent.server.epoch {
            // The receipt cannot be weighed against the hello: offer the facts anew after the next one.
            outbox::dissolve_all(&tx)?;
            tx.commit()?;
            return self.stop(store, Failure::ServerReplaced, now, randomness);
        }
        let mut server = sent.server;
        server.safe_commit = server.safe_commit.max(receipt.safe_commit);
        pairing::note_receipt(&tx, server, receipt.server_time)?;
        pairing::note_receipt_at(&tx, now)?;
        let tally = outbox::receipt(&tx, &receipt)?;
        outbox::mark_safe(&tx, |held| self.rules.is_safe(held, server))?;
        clock::forget(&tx, sent.batch)?;
        pairing::note_taken(&tx, sent.items)?;
        outbox::clear_failure(&tx)?;
        tx.commit()?;
        Ok(Progress::Receipted {
            accepted: tally.accepted,
            duplicate: tally.duplicate,
            quarantined: tally.quarantined,
        })
    }

    /// Ends the session and arms the timer for the next one, in the same transaction that makes the
    /// failure visible.
    fn stop(
        &mut self,
        store: &mut Store,
        failure: Failure,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Progress, SyncError> {
        self.phase = Phase::Over;
        let tx = store.transaction()?;
        if let Failure::PairAgain { code } = &failure {
            pairing::note_refused(&tx, *code)?;
        }
        let failures = outbox::failure(&tx)?.map_or(0, |failure| failure.failures).saturating_add(1);
        let mut random = [0; 8];
        randomness.fill(&mut random)?;
        let delay_ms = backoff::delay_ms(failures, random, failure.retry_after_s());
        outbox::note_failure(&tx, &failure, failures, delay_ms, now)?;
        tx.commit()?;
        Ok(Progress::Stopped(failure))
    }
}
