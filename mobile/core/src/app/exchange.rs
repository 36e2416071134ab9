//! Fetching tours and offering facts, one request at a time.

use super::model::{Event, Problem, Sync, SyncFailure, SyncPhase};
use super::open::App;
use crate::clock::Now;
use crate::randomness::Randomness;
use crate::store::{pairing, sessions};
use crate::sync::{
    self, Answer, Client, NoAnswer, Plan, Progress, ProtocolRules, Request, SyncError, SyncSession,
};
use crate::walk::derive_again;

/// An exchange with the server that goes on.
#[derive(Debug)]
pub(super) struct Exchange {
    session: SyncSession<ProtocolRules>,
    client: Client,
    phase: SyncPhase,
    /// The ticket of the request that is on its way.
    awaited: Option<u64>,
    has_changes: bool,
}

/// A request that the shell is to carry.
#[derive(Debug)]
pub struct Outgoing {
    /// The way to the server.
    pub client: Client,
    /// What is to be asked there.
    pub request: Request,
    /// What the answer is to be handed back with.
    pub ticket: u64,
}

impl App {
    /// Returns how the sync stands.
    ///
    /// # Errors
    /// When the store fails.
    pub fn sync(&self) -> Result<Sync, Problem> {
        let status = sync::status(&self.store)?;
        let since = status.failing_since;
        let failure = status.last_error.as_ref().zip(since).map(|(error, since)| SyncFailure {
            error: error.into(),
            since,
            attempts: error.failures,
        });
        Ok(Sync {
            phase: self.exchange.as_ref().map_or(SyncPhase::Idle, |exchange| exchange.phase),
            // What fits into no batch waits as well, until the server was updated.
            waiting: status.waiting + status.refused,
            in_flight: status.in_flight,
            receipted: status.receipted.saturating_sub(status.safe),
            safe: status.safe,
            quarantined: status.quarantined,
            failure,
            last_receipt_at: status.last_receipt_at,
            last_pulled_at: status.last_pulled_at,
            clock_offset_ms: status.clock_offset_ms,
        })
    }

    /// Begins an exchange, if none goes on.
    ///
    /// # Errors
    /// `unauthorized` before the first pairing, or when the store fails.
    pub fn begin_exchange(&mut self, now: Now) -> Result<(), Problem> {
        if self.exchange.is_some() {
            return Ok(());
        }
        let pairing = pairing::read(self.store.connection())?.ok_or(SyncError::NotPaired)?;
        let client = Client::new(&pairing.server_url, &pairing.trust).map_err(SyncError::from)?;
        self.exchange = Some(Exchange {
            session: SyncSession::new(ProtocolRules, Plan::Both),
            client: client.with_token(pairing.token),
            phase: SyncPhase::Connecting,
            awaited: None,
            has_changes: false,
        });
        self.say_sync(now)
    }

    /// Returns whether an exchange goes on.
    pub fn is_exchanging(&self) -> bool {
        self.exchange.is_some()
    }

    /// Returns the next request; none while an answer is awaited, and none once the exchange is over.
    ///
    /// # Errors
    /// When the store fails; the exchange is over then.
    pub fn poll_transmit(
        &mut self,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Option<Outgoing>, Problem> {
        let next = self.next_request(now, randomness);
        if next.is_err() {
            self.exchange = None;
            self.say_sync(now)?;
        }
        next
    }

    fn next_request(
        &mut self,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Option<Outgoing>, Problem> {
        let Some(exchange) = self.exchange.as_mut().filter(|exchange| exchange.awaited.is_none()) else {
            return Ok(None);
        };
        let Some(request) = exchange.session.poll_transmit(&mut self.store, now, randomness)? else {
            return self.end_exchange(now, randomness).map(|()| None);
        };
        self.tickets += 1;
        exchange.awaited = Some(self.tickets);
        let waiting = sync::waiting_beside(&self.store, &request)?;
        let client = exchange.client.clone().telling(waiting);
        let before = std::mem::replace(&mut exchange.phase, phase_of(&request));
        if before == SyncPhase::Pulling && exchange.phase != SyncPhase::Pulling {
            self.take_pulled(now, randomness)?;
        }
        self.say_sync(now)?;
        Ok(Some(Outgoing { client, request, ticket: self.tickets }))
    }

    /// Takes what came back for the request of a ticket. An answer that nobody awaits any more, because the
    /// handheld was paired anew meanwhile, is dropped.
    ///
    /// # Errors
    /// When the store fails; the exchange is over then.
    pub fn handle_answer(
        &mut self,
        ticket: u64,
        answer: Result<Answer, NoAnswer>,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<(), Problem> {
        let awaited = self.exchange.as_mut().filter(|exchange| exchange.awaited == Some(ticket));
        let Some(exchange) = awaited else { return Ok(()) };
        exchange.awaited = None;
        let progress = match answer {
            Ok(answer) => exchange.session.handle_answer(&mut self.store, &answer, now, randomness),
            Err(none) => exchange.session.handle_no_answer(&mut self.store, none, now, randomness),
        };
        match progress {
            Ok(Progress::Pulled { changes }) => exchange.has_changes |= changes > 0,
            Ok(_) => {}
            Err(error) => {
                self.exchange = None;
                self.say_sync(now)?;
                return Err(error.into());
            }
        }
        Ok(())
    }

    fn end_exchange(&mut self, now: Now, randomness: &mut dyn Randomness) -> Result<(), Problem> {
        let taken = self.take_pulled(now, randomness);
        self.exchange = None;
        let tidied = self.tidy();
        self.arm_retry(now)?;
        self.say_sync(now)?;
        taken.and(tidied)
    }

    /// Wipes keys that have done their work and deletes facts that are safe and old.
    fn tidy(&mut self) -> Result<(), Problem> {
        let wiped = sync::wipe_keys(&mut self.store)?;
        let purged = sync::purge(&mut self.store)?;
        if wiped + purged > 0 {
            self.tours.forget_all();
        }
        Ok(())
    }

    /// Lets the tours take effect that were pulled.
    fn take_pulled(&mut self, now: Now, randomness: &mut dyn Randomness) -> Result<(), Problem> {
        let Some(exchange) = self.exchange.as_mut().filter(|exchange| exchange.has_changes) else {
            return Ok(());
        };
        exchange.has_changes = false;
        let walked = self.shown.as_ref().map(|shown| shown.tour);
        if let Some(tour) = walked {
            self.flush(tour, now, randomness)?;
        }
        for stored in self.store.tours()? {
            let tour = stored.tour.id;
            if !stored.withdrawn {
                derive_again(&mut self.store, tour)?;
            } else if let Some(open) = self.store.open_session(tour)? {
                sessions::end(self.store.connection(), open.id, now)?;
                if walked == Some(tour) {
                    self.listening = None;
                    self.say_walk(now)?;
                    self.shown = None;
                }
            }
        }
        self.tours.forget_all();
        let tours = self.tours()?;
        self.events.push_back(Event::Tours { tours });
        Ok(())
    }

    pub(super) fn say_sync(&mut self, now: Now) -> Result<(), Problem> {
        self.changed.sync.touch();
        self.changed.sync.take(now);
        let sync = self.sync()?;
        self.events.push_back(Event::Sync { sync });
        Ok(())
    }

    /// Arms the timer after a failure that may be over the next time. A failure that a person must mend is
    /// not tried again unasked.
    pub(super) fn arm_retry(&mut self, now: Now) -> Result<(), Problem> {
        let may_pass = self.sync()?.failure.is_some_and(|failure| failure.error.retry);
        let wait_ms = sync::next_attempt_in_ms(&self.store, now)?.filter(|_| may_pass);
        self.retry_at_ms = wait_ms.map(|wait_ms| now.monotonic_ms.saturating_add(wait_ms));
        Ok(())
    }

    /// Tries again, if it is time.
    pub(super) fn retry_exchange(&mut self, now: Now) -> Result<(), Problem> {
        if self.retry_at_ms.take_if(|due| *due <= now.monotonic_ms).is_some() {
            self.begin_exchange(now)?;
        }
        Ok(())
    }
}

fn phase_of(request: &Request) -> SyncPhase {
    match request {
        Request::Hello => SyncPhase::Connecting,
        Request::Changes { .. } => SyncPhase::Pulling,
        Request::Push(_) => SyncPhase::Pushing,
    }
}
