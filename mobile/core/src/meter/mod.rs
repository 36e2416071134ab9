//! One line of a tour: what its telegrams mean, which value would be billed, whether it can be true,
//! and what state the line is in. Pure functions; no store, no clock.

mod billing;
mod heard;
mod matching;
mod medium;
mod plausibility;
mod progress;
mod reading;
mod state;
mod unit;
mod value_text;

pub use billing::{BillingCandidate, ValueKind, candidate};
pub use heard::HeardSummary;
pub use matching::{OwnMeters, key_ring};
pub use plausibility::{ParseVerdictError, Verdict, displayed_value, judge, judge_radio};
pub use progress::{HouseProgress, Progress, by_house};
pub use reading::{Decoding, Outcome, ParseOutcomeError, Reading, ReadingValue, decode};
pub use state::{Assessment, MeterState, RadioFacts, Why, assess};
pub use unit::same_dimension;
pub use value_text::{ParseValueError, parse_value};
