//! Filters: what a request must be before a handler sees it, and what the handler gets of it.

mod access;
mod body;
mod credentials;
mod query;
mod route;

pub(super) use access::{administrator, anyone, handheld, local, maybe_handheld};
pub(super) use body::{JSON, KeyFile, batch, csv, json, key_file, nothing};
pub(super) use credentials::{credentials, is_from_page};
pub(super) use query::Query;
pub(super) use route::PathParameters;
