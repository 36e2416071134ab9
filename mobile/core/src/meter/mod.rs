//! One line of a tour: what its telegrams mean, which value would be billed, whether it can be true,
//! and what state the line is in. Pure functions; no store, no clock.

mod billing;
mod heard;
mod matching;
mod progress;
mod reading;
mod state;

pub use billing::candidate;
pub use heard::HeardSummary;
pub use matching::{OwnMeters, key_ring, sends_by_radio};
pub use metering::{
    BillingCandidate, ParseValueError, ParseVerdictError, Place, ReportedAlarm, ValueKind, Verdict, convert,
    displayed_value, judge, judge_radio, judge_typed, parse_value, same_dimension, usual_quantity,
    usual_unit,
};
pub use progress::{HouseProgress, Progress, by_house};
pub use reading::{Decoding, Outcome, ParseOutcomeError, Reading, ReadingValue, decoding};
pub use state::{Assessment, Damaged, MeterState, RadioFacts, Why, assess};
