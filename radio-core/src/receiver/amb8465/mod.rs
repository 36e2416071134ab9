//! Amber's (now Würth's) AMB8465 and Metis-II, and AMB3665 for 169 MHz (receivers.md §3).

mod message;
mod protocol;

pub(super) use protocol::Amb8465;
