//! A deterministic simulation of the real engines: handhelds with their real encrypted stores, walks
//! and sync sessions, a real [`sync_server::Service`] over the store in memory, and between them a
//! network that loses, doubles, delays, damages and lies.
//!
//! One seed is one history. [`run`] plays it and returns what the `checker` found:
//!
//! - **I1** nothing that is durable on a handheld is missing on the server after a sync that succeeded
//! - **I2** nothing that a handheld deleted is missing on the server
//! - **I3** the server holds nothing that was not heard
//! - **I4** one row per reception, one per frame
//! - **I5** every sync ends
//! - **I6** no secret leaves its place
//!
//! What no protocol can save, because handheld *and* server were restored from backups that lack it,
//! must be seen in the gap report instead of being silent.
//!
//! A [`Mutant`] breaks one rule; `tests/simulation_mutants.rs` asserts that the checker notices.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a simulation that cannot go on has found a fault and stops at it"
)]

pub mod air;
mod checker;
mod converge;
mod dice;
mod handheld;
mod mutant;
mod network;
mod office;
mod truth;
mod world;

pub use checker::Violation;
pub use converge::converge;
pub use dice::Dice;
pub use mutant::Mutant;
pub use world::{Outcome, run};
