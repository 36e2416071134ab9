//! A recorded walk for demonstrations and tests, made by the project's own encoder.
//!
//! Two houses, meters in the layouts that manufacturers send, and everything that goes wrong on a walk:
//! a wrong key, a missing key, a meter that is never heard, foreign meters, duplicates, a damaged line.
//! The same call always gives the same walk.

mod expected;

pub use expected::{DemoWalk, ExpectedMeter, ExpectedState};
