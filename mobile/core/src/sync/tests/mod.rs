//! The session against an office that answers as it is told to.

mod feed;
mod office;
mod pairing;
mod purging;
mod receipts;
mod refusals;
mod retries;

pub(super) use office::{Bench, Reply};
