//! How much of what is sent is heard: the demodulator measured with the modulator.
//!
//! A [`Condition`] says what is sent and how it is received; [`measure`] sends so many transmissions, demodulates
//! them, and compares what was heard with what was sent. `cargo xtask sensitivity` prints tables of it.
//!
//! ```
//! use demodulator::sensitivity::{Condition, measure};
//! use wmbus::{FrameFormat, LinkMode};
//!
//! # fn main() -> Result<(), demodulator::BuildError> {
//! let outcome = measure(&Condition::of(&[(LinkMode::T1, FrameFormat::A)], 20.0), 3, 1)?;
//! assert_eq!((outcome.first.sent, outcome.wrong), (3, 0));
//! # Ok(())
//! # }
//! ```

mod condition;
mod outcome;
mod run;

pub use condition::{Collider, Condition, DrawMeter, Payload};
pub use outcome::{Outcome, Tally};
pub use run::{Listening, measure};
