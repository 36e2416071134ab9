//! Filters: what a request must be before a handler sees it, and what the handler gets of it.

mod access;
mod body;
mod query;
mod route;

pub(super) use access::{administrator, anyone, bearer, handheld, local, maybe_handheld};
pub(super) use body::{JSON, batch, csv, json, nothing};
pub(super) use query::Query;
pub(super) use route::PathParameters;
