//! What meters say beyond the standard: alarms in the same words for every maker.

mod alarm;

pub use alarm::{Alarm, AlarmCode, AlarmState};
