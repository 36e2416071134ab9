//! Amber's (Würth's) AMB8465, and Metis-II, which speaks the same (receivers.md §3).

mod command;
mod parameters;
mod receiver;

pub use receiver::Amb8465;
