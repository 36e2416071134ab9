//! The server, spoken to over real HTTP on this machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod compression;
mod connection;
mod events;
mod exchange;
mod lines;
mod office;
mod openapi;
mod page;
mod pairing;
mod preview;
mod refusals;
mod schema;
mod session;
mod shutdown;
mod tls;
