//! Which facts wait, which are on their way, and which the server has.
//!
//! Every fact has one row in `sync_fact`, made by a trigger in the transaction that keeps the fact
//! itself. What state a fact is in follows from its row alone:
//!
//! | batch | receipt | refused | the fact |
//! |---|---|---|---|
//! | – | – | – | waits |
//! | set | – | – | is in a batch of the outbox |
//! | – | set | – | has a receipt; with `safe`, it may go after the grace time |
//! | – | – | set | fits into no batch that the server takes: set aside, visible, kept |

mod batch;
mod facts;
mod failure;
mod items;
mod purge;

pub(crate) use batch::{attempts, dissolve, dissolve_all, first, insert, note_attempt, set_aside};
pub use facts::{FactKind, FactOnItsWay, FactState};
pub(crate) use facts::{
    WaitingFact, all, counts, is_safe, mark_safe, nothing_open, offer_again, offer_refused_again, receipt,
    refuse, waiting, without_receipt,
};
pub(crate) use failure::{clear_failure, failure, note_failure};
pub(crate) use items::items;
pub(crate) use purge::purge;
