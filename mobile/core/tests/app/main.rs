//! The app behind its window, with a made-up clock and no thread.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/mod.rs"]
mod common;
mod contract;
mod entering;
mod kit;
mod listening;
mod opening;
mod syncing;
mod walking;
