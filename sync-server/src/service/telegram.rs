//! One stored telegram, for people who ask what it says.

use serde::Serialize;
use sync_protocol::{ReplicaId, TelegramId, Timestamp, TourId};

use super::{Result, Service};

/// A stored telegram, and what each of its bytes means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramDetail {
    /// Content address of the telegram.
    pub telegram: TelegramId,
    /// The meter (`KAM-76349987-1B-16`).
    pub meter: String,
    /// The frame without CRCs, as hexadecimal digits.
    pub frame: String,
    /// When it first arrived.
    pub arrived_at: Timestamp,
    /// The first commit that holds it.
    pub commit: u64,
    /// Who heard it.
    pub heard_by: Vec<HeardBy>,
    /// Every byte, layer by layer; decrypted where the server has the key. Keys are never shown.
    pub explanation: String,
}

/// One reception of a telegram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeardBy {
    /// The handheld that heard it.
    pub replica: ReplicaId,
    /// The tour that was walked.
    pub tour: TourId,
    /// When, by the handheld's clock.
    pub received_at: Timestamp,
    /// Signal strength in dBm, where the receiver tells it.
    pub rssi_dbm: Option<i16>,
    /// Link mode, where the receiver tells it.
    pub link_mode: Option<String>,
    /// Name of the receiver.
    pub receiver: Option<String>,
}

impl Service {
    /// Returns a stored telegram and explains it.
    ///
    /// # Errors
    /// `NotFound` when no handheld pushed it.
    pub async fn telegram(&self, _telegram: &TelegramId) -> Result<TelegramDetail> {
        todo!()
    }
}
