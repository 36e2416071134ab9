//! The time, as whoever owns the clock hands it in.

use std::time::Duration;

use jiff::Timestamp;

/// Is the time of a call: intervals are counted on the one clock, receptions are dated by the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Time since a fixed beginning, such as the start of the program; never goes back.
    pub monotonic: Duration,
    /// What the wall clock says.
    pub wall: Timestamp,
}
