//! How often and how well a telegram was heard.

use sync_protocol::Timestamp;

/// What the receptions of one telegram, or of all telegrams of one meter, amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeardSummary {
    /// How often it was heard.
    pub times: u64,
    /// Sequence of the first reception: the order that no clock can disturb.
    pub first_sequence: u64,
    /// Sequence of the last reception.
    pub last_sequence: u64,
    /// When the handheld took in the last reception, by its own clock.
    pub last_heard: Timestamp,
    /// The strongest reception in dBm, where the receiver tells it.
    pub best_rssi_dbm: Option<i16>,
    /// The last reception in dBm, where the receiver tells it.
    pub last_rssi_dbm: Option<i16>,
}

impl HeardSummary {
    /// Returns what a single reception amounts to.
    pub fn once(sequence: u64, at: Timestamp, rssi_dbm: Option<i16>) -> Self {
        Self {
            times: 1,
            first_sequence: sequence,
            last_sequence: sequence,
            last_heard: at,
            best_rssi_dbm: rssi_dbm,
            last_rssi_dbm: rssi_dbm,
        }
    }

    /// Joins two; the order does not matter.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let last = if self.last_sequence >= other.last_sequence { self } else { other };
        Self {
            times: self.times + other.times,
            first_sequence: self.first_sequence.min(other.first_sequence),
            last_sequence: last.last_sequence,
            last_heard: last.last_heard,
            best_rssi_dbm: self.best_rssi_dbm.max(other.best_rssi_dbm),
            last_rssi_dbm: last.last_rssi_dbm,
        }
    }
}
