//! Drivers of receivers, byte for byte: what they send, what they make of the answers, and what happens when none
//! come. A test's clock is an argument, so nothing waits.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod amb8465;
mod cul;
mod desk;
mod im871a;
mod iu891a;
mod properties;
mod rc1180;
