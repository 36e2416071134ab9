//! One suite over memory, SQLite and PostgreSQL: whatever the database, the service does the same.
//!
//! PostgreSQL takes part where `TEST_DB_URL` names a maintenance database in which each test may
//! create a database of its own. At a desk without one it says so and passes; with `CI=true` it fails.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod export;
mod feed;
mod handhelds;
mod key_list;
mod keys;
mod kit;
mod look_up;
mod merge;
mod operation;
mod permutations;
mod preview;
mod receptions;
mod schema;
mod standing;
mod telegrams;
mod together;
mod tours;
