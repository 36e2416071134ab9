//! One stored telegram, for people who ask what it says.

use serde::Serialize;
use sync_protocol::{ReplicaId, TelegramId, Timestamp, TourId};
use wmbus::{DecodeError, Frame, FrameFormat, Telegram};

use super::{Result, Service, ServiceError};
use crate::store::rows::ReceptionRow;

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

impl From<ReceptionRow> for HeardBy {
    fn from(row: ReceptionRow) -> Self {
        let reception = row.told.reception;
        Self {
            replica: row.told.replica,
            tour: reception.tour,
            received_at: reception.received_at,
            rssi_dbm: reception.rssi_dbm,
            link_mode: reception.link_mode,
            receiver: reception.receiver,
        }
    }
}

impl Service {
    /// Returns a stored telegram and explains it.
    ///
    /// # Errors
    /// `NotFound` when no handheld pushed it.
    pub async fn telegram(&self, telegram: &TelegramId) -> Result<TelegramDetail> {
        const UNKNOWN: ServiceError = ServiceError::NotFound("telegram");
        let mut tx = self.begin_read().await?;
        let keys = tx.meters_of(vec![*telegram]).await?;
        let keys: Vec<_> = keys.into_iter().map(|(telegram, meter)| (meter, telegram)).collect();
        let row = tx.telegrams(keys.clone()).await?.into_iter().next().ok_or(UNKNOWN)?;
        let heard_by = tx.receptions_of(keys).await?.into_iter().map(HeardBy::from).collect();
        let frame = Frame::parse(&row.frame, FrameFormat::WithoutCrc);
        let ring = self.keys_for(&mut *tx, frame.as_ref().ok().into_iter()).await?;
        let decoded = frame.map_err(DecodeError::from).and_then(|frame| Telegram::decode(&frame, &ring));
        Ok(TelegramDetail {
            telegram: row.telegram,
            meter: row.meter,
            frame: row.frame.iter().map(|byte| format!("{byte:02X}")).collect(),
            arrived_at: row.arrived_at,
            commit: row.commit,
            heard_by,
            explanation: match decoded {
                Ok(decoded) => decoded.explain().to_string(),
                Err(error) => error.to_string(),
            },
        })
    }
}
