//! Talking with the server: pairing, fetching tours, offering facts.
//!
//! [`SyncSession`] is the pure middle: it turns the rows of the store into requests and answers into
//! rows, and all that must outlive the process is in those rows. [`Client`] is the thin shell that
//! carries the requests over HTTP. [`SyncRules`] are the few functions that decide what an answer is
//! worth and what may be deleted; `docs/sync-protocol.md` says why each is as it is.
//!
//! What is absent on purpose: no fact is deleted because of an HTTP status, no decision is made by the
//! handheld's wall clock, and no counter is kept that could disagree with the rows.

mod backoff;
mod client;
mod clock;
mod cut;
mod error;
mod exchange;
mod failure;
mod feed;
mod pair;
mod purge;
mod refusal;
mod rules;
mod run;
mod session;
mod status;
#[cfg(test)]
mod tests;
mod trust;

pub use backoff::{ceiling_ms, delay_ms};
pub use client::{Client, ClientError};
pub use clock::sample as clock_sample;
pub use error::SyncError;
pub use exchange::{Answer, NoAnswer, Push, Request};
pub use failure::Failure;
pub use pair::{Invitation, Paired, keep_pairing, pair};
pub use purge::{purge, purge_with, wipe_keys};
pub use rules::{CommitMark, GRACE_MS, ProtocolRules, ReceiptedFact, Sent, ServerMark, SyncRules};
pub use run::{Report, pull, push, synchronize};
pub use session::{Plan, Progress, SyncSession};
pub use status::{
    FactKind, FactOnItsWay, FactState, LastError, SyncStatus, facts, next_attempt_in_ms, offer_refused_again,
    status, waiting_beside,
};
pub use trust::Trust;
