//! The contract: what one telegram is answered with, as JSON.
//!
//! Members are written in the order of the structs. A new member may be added; changing one raises
//! [`CONTRACT_VERSION`](super::CONTRACT_VERSION).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};
use wmbus::explain::Explanation;
use wmbus::profiles::{FlatValue, Reading};
use wmbus::telegram::application_error_name;
use wmbus::{
    Authentication, Content, DataRecord, DecodeError, FrameError, FrameFormat, MeterAddress, Qualifier,
    Telegram,
};

use super::reading::{self, Alarm, Named};
use super::value;
use crate::hex;

/// What one telegram is answered with.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Decoded(Box<Decoded>),
    Refused {
        id: Value,
        ok: bool,
        error: Fault,
        /// As far as the telegram is understood, for those who want it explained.
        #[serde(skip)]
        explanation: Option<Explanation>,
    },
}

/// A telegram that was understood as far as its keys allow, or several that are one readout.
#[derive(Debug, Serialize)]
pub(super) struct Decoded {
    pub(super) id: Value,
    pub(super) ok: bool,
    /// The meter; none for what no meter sends, such as the request of a wired bus's master.
    pub(super) meter: Option<Meter>,
    /// The sender, where it is not the meter itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<Meter>,
    pub(super) content: &'static str,
    pub(super) reason: Option<&'static str>,
    pub(super) records: Vec<Record>,
    /// The manufacturer's own layout that was recognised; none where all is of the standard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) layout: Option<&'static str>,
    /// The profile that named the values; none where they have their names by rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) profile: Option<String>,
    /// The named values.
    pub(super) fields: BTreeMap<String, Named>,
    /// What is wrong with the meter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) alarms: Vec<Alarm>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) detail: Map<String, Value>,
    pub(super) access_number: Option<u8>,
    pub(super) status: Option<u8>,
    pub(super) status_text: Option<String>,
    pub(super) security: Security,
    pub(super) frame: &'static str,
    pub(super) warnings: Vec<String>,
    /// How many frames it was put together from. Absent for one.
    #[serde(skip_serializing_if = "is_one")]
    pub(super) fragments: usize,
    /// Whether the telegram may be damaged although its checks fit. Absent when not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) doubtful: bool,
    #[serde(skip)]
    pub(super) explanations: Vec<Explanation>,
    /// What wmbusmeters would write.
    #[serde(skip)]
    pub(super) flat: Vec<(String, FlatValue)>,
}

/// An address, taken apart.
#[derive(Debug, Serialize)]
pub(super) struct Meter {
    pub(super) manufacturer: String,
    pub(super) identification_number: String,
    pub(super) version: u8,
    pub(super) device_type: u8,
    pub(super) device_type_name: &'static str,
}

/// One data record.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    pub(super) quantity: &'static str,
    pub(super) unit: String,
    pub(super) value: Value,
    pub(super) storage: u64,
    pub(super) tariff: u32,
    pub(super) subunit: u32,
    pub(super) function: &'static str,
    pub(super) offset: usize,
    pub(super) raw: String,
    /// Which telegram of a readout the record is in, from 0. Absent in the first.
    #[serde(skip_serializing_if = "is_first")]
    pub(super) telegram: usize,
    /// When the value was taken, where the record itself tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<String>,
    /// Where a record comes from that the meter did not send as such: `expanded` or `layout`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<&'static str>,
    /// Why `value` is null.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) absent: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) qualifiers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) warnings: Vec<String>,
}

/// How the telegram is protected.
#[derive(Debug, Serialize)]
pub(super) struct Security {
    pub(super) mode: u8,
    pub(super) ell_encryption: u8,
    pub(super) authentication: &'static str,
    pub(super) already_decrypted: bool,
    /// Whether a key opened it that the maker publishes. Absent when not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) default_key: bool,
}

/// Why a telegram was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Fault {
    /// A stable code, such as `block_crc`.
    pub(super) code: &'static str,
    /// `input`, or the layer of the telegram.
    pub(super) layer: &'static str,
    pub(super) message: String,
    /// The byte of the telegram, or the character of the input, from 0.
    pub(super) offset: Option<usize>,
}

impl Fault {
    /// Describes a fault of the input around the telegram.
    pub(super) fn input(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, layer: "input", message: message.into(), offset: None }
    }

    pub(super) fn at(self, offset: usize) -> Self {
        Self { offset: Some(offset), ..self }
    }

    /// Counts its place from the beginning of a recording.
    pub(super) fn moved_by(self, start: usize) -> Self {
        Self { offset: self.offset.map(|offset| start + offset), ..self }
    }

    /// Describes bytes that are no frame.
    pub(super) fn frame(error: FrameError) -> Self {
        Self::decode(&DecodeError::Frame(error))
    }

    /// Describes a frame that is no telegram.
    pub(super) fn decode(error: &DecodeError) -> Self {
        Self {
            code: error.reason(),
            layer: error.layer().as_str(),
            message: error.to_string(),
            offset: Some(error.offset()),
        }
    }
}

impl Decoded {
    pub(super) fn new(
        id: Value,
        telegram: &Telegram,
        reading: &Reading<'_>,
        frame_format: FrameFormat,
    ) -> Self {
        let content = telegram.content();
        let (meter, link) = (telegram.meter(), telegram.link_address());
        let security = telegram.security();
        Self {
            id,
            ok: true,
            meter: Some(Meter::new(&meter)),
            link: (link != meter).then(|| Meter::new(&link)),
            content: content.kind(),
            reason: match content {
                Content::Sealed(reason) => Some(reason.as_str()),
                _ => None,
            },
            records: content.records().iter().chain(telegram.clear_records()).map(Record::new).collect(),
            layout: telegram.layout(),
            profile: reading.profile().map(|profile| profile.name().to_owned()),
            fields: reading::fields(reading),
            alarms: reading::alarms(reading),
            detail: detail(content),
            access_number: telegram.access_number(),
            status: telegram.status().map(|status| status.0),
            status_text: telegram.status().map(|status| status.to_string()),
            security: Security {
                mode: security.mode,
                ell_encryption: security.ell_encryption,
                authentication: security.authentication.as_str(),
                already_decrypted: security.already_decrypted,
                default_key: security.default_key,
            },
            frame: frame_format_name(frame_format),
            warnings: telegram.warnings().iter().map(ToString::to_string).collect(),
            fragments: telegram.fragments(),
            doubtful: telegram.is_doubtful(),
            explanations: Vec::new(),
            flat: Vec::new(),
        }
    }

    /// Describes what no meter sends.
    pub(super) fn of_no_meter(id: Value, content: &'static str, detail: Map<String, Value>) -> Self {
        Self {
            id,
            ok: true,
            meter: None,
            link: None,
            content,
            reason: None,
            records: Vec::new(),
            layout: None,
            profile: None,
            fields: BTreeMap::new(),
            alarms: Vec::new(),
            detail,
            access_number: None,
            status: None,
            status_text: None,
            security: Security {
                mode: 0,
                ell_encryption: 0,
                authentication: Authentication::Absent.as_str(),
                already_decrypted: false,
                default_key: false,
            },
            frame: frame_format_name(FrameFormat::Wired),
            warnings: Vec::new(),
            fragments: 1,
            doubtful: false,
            explanations: Vec::new(),
            flat: Vec::new(),
        }
    }
}

impl Meter {
    pub(super) fn new(address: &MeterAddress) -> Self {
        Self {
            manufacturer: address.manufacturer.to_string(),
            identification_number: address.identification_number.to_string(),
            version: address.version,
            device_type: address.device_type,
            device_type_name: address.device_type_name(),
        }
    }
}

impl Record {
    pub(super) fn new(record: &DataRecord) -> Self {
        Self {
            quantity: record.quantity.as_str(),
            unit: record.unit.to_string(),
            value: value::json(&record.value),
            storage: record.storage_number,
            tariff: record.tariff,
            subunit: record.subunit,
            function: record.function.as_str(),
            offset: record.offset,
            raw: hex::write(&record.raw),
            telegram: 0,
            date: record.date.map(|date| date.to_string()),
            source: record.is_derived().then(|| record.source.as_str()),
            absent: value::absence(&record.value),
            qualifiers: record.qualifiers.iter().map(Qualifier::to_string).collect(),
            warnings: record.warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

const fn is_first(telegram: &usize) -> bool {
    *telegram == 0
}

/// Returns what content without records consists of, so that nothing of a telegram is lost.
fn detail(content: &Content) -> Map<String, Value> {
    let detail = match content {
        Content::Sealed(wmbus::SealedReason::UnsupportedMode(mode)) => json!({ "mode": mode }),
        Content::Sealed(wmbus::SealedReason::UnsupportedEllEncryption(encryption)) => {
            json!({ "ell_encryption": encryption })
        }
        Content::Fragment { number, more, data } => {
            json!({ "number": number, "more": more, "data": hex::write(data) })
        }
        Content::Compact { signature, full_frame_crc, data } => json!({
            "signature": format!("{signature:04X}"),
            "full_frame_crc": format!("{full_frame_crc:04X}"),
            "data": hex::write(data),
        }),
        Content::Format { signature, headers } => {
            json!({ "signature": format!("{signature:04X}"), "headers": hex::write(headers) })
        }
        Content::Manufacturer { ci, data } => {
            json!({ "ci": format!("{ci:02X}"), "data": hex::write(data) })
        }
        Content::ApplicationError { code: Some(code), .. } => {
            json!({ "code": code, "meaning": application_error_name(*code) })
        }
        Content::ApplicationError { code: None, .. } => json!({ "code": null }),
        Content::Unsupported { ci, name, data } => {
            json!({ "ci": format!("{ci:02X}"), "name": name, "data": hex::write(data) })
        }
        _ => Value::Null,
    };
    match detail {
        Value::Object(detail) => detail,
        _ => Map::new(),
    }
}

fn frame_format_name(format: FrameFormat) -> &'static str {
    match format {
        FrameFormat::A => "A",
        FrameFormat::B => "B",
        FrameFormat::Wired => "wired",
        _ => "none",
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_one(count: &usize) -> bool {
    *count == 1
}
