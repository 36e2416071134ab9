//! The server on HTTP: `/api/v1` with problem+json for every refusal.
//!
//! [`routes`] is the table of endpoints, `filters` say what a request must be, `handlers` ask the
//! service and `models` are what travels beside the types of `sync_protocol`. `gate` stands around
//! all of them: time limit, compression, counters. `page` serves the office's page beside the API. `problem` is the only place that knows statuses.
//! What each endpoint takes and gives stands in `openapi.json`.

mod api;
mod compression;
mod cookie;
mod filters;
mod gate;
mod handlers;
mod metrics;
pub mod models;
mod page;
mod peer;
mod problem;
mod router;
pub mod routes;

pub use api::Api;
pub use handlers::OPENAPI;
pub use page::Page;

pub(crate) use gate::{Gate, Requests};
pub(crate) use peer::Peer;
