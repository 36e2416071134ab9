//! What a meter's value is worth: which of a telegram's values is billed, in which unit, and whether it
//! can be true, given what a tour says of the meter; and what a telegram says of its meter's health.
//!
//! The handheld judges by these rules at the door, and the server again for the office, so both say the
//! same. Pure functions: no store, no clock, no I/O.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod alarm;
mod billing;
mod doubt;
mod medium;
mod plausibility;
mod unit;
mod value_date;
mod value_text;

pub use alarm::{ParseAlarmError, ReportedAlarm, alarms};
pub use billing::{BillingCandidate, Place, Total, ValueKind, candidate, is_total};
pub use doubt::is_doubtful;
pub use medium::{usual_quantity, usual_unit};
pub use plausibility::{
    ParseVerdictError, Verdict, counts_on, displayed_value, judge, judge_radio, judge_typed,
};
pub use unit::{convert, same_dimension};
pub use value_date::ValueDates;
pub use value_text::{ParseValueError, parse_value};
