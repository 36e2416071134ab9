//! One row of an export.

use std::collections::BTreeSet;

use sync_protocol::{Timestamp, TourMeter};

use super::guard::guard;

/// The columns before those that pass through.
const COLUMNS: [&str; 20] = [
    "tour",
    "meter_no",
    "radio_id",
    "register",
    "value",
    "unit",
    "value_date",
    "value_kind",
    "read_at_utc",
    "read_method",
    "reader",
    "handheld",
    "receiver",
    "rssi",
    "status_hex",
    "status_text",
    "quality",
    "reason_code",
    "note",
    "alarms",
];

/// Writes the header; `extra` are the columns of the tour that pass through.
pub(super) fn header(extra: &BTreeSet<&str>) -> Vec<String> {
    let columns = COLUMNS.iter().map(|column| (*column).to_owned());
    columns.chain(extra.iter().map(|column| guard(&extra_name(column)))).collect()
}

/// Names a column that passes through so that it is never taken for one of ours.
fn extra_name(column: &str) -> String {
    if column.starts_with("extra_") { column.to_owned() } else { format!("extra_{column}") }
}

/// One row.
#[derive(Debug, Clone, Default)]
pub(super) struct Row<'a> {
    pub(super) tour: &'a str,
    pub(super) line: Option<&'a TourMeter>,
    pub(super) register: String,
    pub(super) value: String,
    pub(super) unit: String,
    pub(super) value_date: String,
    pub(super) value_kind: &'static str,
    pub(super) read_at: Option<Timestamp>,
    pub(super) read_method: &'static str,
    pub(super) reader: String,
    pub(super) handheld: String,
    pub(super) receiver: String,
    pub(super) rssi_dbm: Option<i16>,
    pub(super) meter_status: Option<u8>,
    pub(super) quality: String,
    pub(super) reason_code: String,
    pub(super) note: String,
    pub(super) alarms: String,
}

impl Row<'_> {
    /// Writes the fields in the order of [`header`].
    pub(super) fn fields(&self, extra: &BTreeSet<&str>) -> Vec<String> {
        let line = self.line;
        let status = self.meter_status.map(wmbus::Status);
        let fields = [
            self.tour.to_owned(),
            line.map(|line| line.meter_number.clone()).unwrap_or_default(),
            line.and_then(|line| line.radio_id.clone()).unwrap_or_default(),
            self.register.clone(),
            self.value.clone(),
            self.unit.clone(),
            self.value_date.clone(),
            self.value_kind.to_owned(),
            self.read_at.map(|at| at.to_string()).unwrap_or_default(),
            self.read_method.to_owned(),
            self.reader.clone(),
            self.handheld.clone(),
            self.receiver.clone(),
            self.rssi_dbm.map(|rssi| rssi.to_string()).unwrap_or_default(),
            status.map(|status| format!("{:02X}", status.0)).unwrap_or_default(),
            status.map(|status| status.to_string()).unwrap_or_default(),
            self.quality.clone(),
            self.reason_code.clone(),
            self.note.clone(),
            self.alarms.clone(),
        ];
        let passed = extra
            .iter()
            .map(|column| line.and_then(|line| line.extra.get(*column)).cloned().unwrap_or_default());
        fields.into_iter().chain(passed).map(|field| guard(&field)).collect()
    }
}
