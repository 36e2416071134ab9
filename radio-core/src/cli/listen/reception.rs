//! What is known about a reception, as JSON and for people.

use std::fmt;

use serde::Serialize;

use crate::ReceivedFrame;

/// The member `reception` of a line.
#[derive(Debug, Serialize)]
pub(super) struct Reception<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rssi_dbm: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rssi_dbfs: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snr_db: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_offset_hz: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chip_rate_error_ppm: Option<i32>,
    corrected_bits: u16,
}

impl<'a> Reception<'a> {
    pub(super) fn new(frame: &'a ReceivedFrame) -> Self {
        let quality = &frame.quality;
        Self {
            at: frame.received_at.map(|at| at.to_string()),
            receiver: frame.receiver.as_deref(),
            mode: frame.link_mode.map(|mode| mode.as_str()),
            rssi_dbm: frame.rssi_dbm,
            rssi_dbfs: quality.level_dbfs,
            snr_db: quality.snr_db,
            frequency_offset_hz: quality.frequency_offset_hz,
            chip_rate_error_ppm: quality.chip_rate_error_ppm,
            corrected_bits: quality.corrected_bits,
        }
    }
}

/// Writes what is known, such as `2026-01-05T09:00:01Z · T1 · -71 dBm · im871a:/dev/ttyUSB0`.
impl fmt::Display for Reception<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.at.clone(),
            self.mode.map(str::to_owned),
            self.rssi_dbm.map(|rssi| format!("{rssi} dBm")),
            self.rssi_dbfs.map(|rssi| format!("{rssi} dBFS")),
            self.snr_db.map(|snr| format!("SNR {snr} dB")),
            self.receiver.map(str::to_owned),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
    }
}
