//! A stored telegram byte by byte, as the office's page shows it.

use serde::Serialize;
use sync_protocol::{ReplicaId, TelegramId, TimeSource, Timestamp};
use wmbus::explain::{Part, Parts};
use wmbus::{Content, Frame, FrameFormat, Security, Telegram};

use super::clock::{Clocks, CorrectedTime};
use super::{Result, Service, ServiceError};
use crate::store::StoreError;
use crate::store::rows::ReceptionRow;

/// A telegram with every byte accounted for, and who heard it. Keys never appear in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramExplanation {
    /// Its content address.
    pub id: TelegramId,
    /// The meter (`KAM-76349987-1B-16`).
    pub meter: Option<String>,
    /// When it was first heard.
    pub received_at: Option<Timestamp>,
    /// What it carries: `records`, `sealed`, `compact` …; `malformed` where it breaks the standard.
    pub content: &'static str,
    /// Why it is sealed.
    pub reason: Option<&'static str>,
    /// How it is protected, such as `mode 5`.
    pub security: String,
    /// The frame as it was on the air, less its CRCs, as hexadecimal digits.
    pub hex: String,
    /// What of it was decrypted.
    pub plain_hex: Option<String>,
    /// What the bytes mean. Those of depth 0 cover `hex` and `plain_hex`, each byte once.
    pub parts: Vec<TelegramPart>,
    /// Who heard it, latest first.
    pub receptions: Vec<TelegramReception>,
    /// What is odd about it, in English.
    pub warnings: Vec<String>,
    /// The names of the same, such as `payload_crc`; of a telegram that breaks the standard the reason.
    pub warning_codes: Vec<&'static str>,
}

/// One stretch of a telegram and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramPart {
    /// The first byte, counted in `hex` or, with `of` `plain`, in `plain_hex`.
    pub offset: usize,
    /// How many bytes.
    pub length: usize,
    /// `air` or `plain`.
    pub of: &'static str,
    /// 0 for a field, 1 for a piece of the field before it.
    pub depth: usize,
    /// `DLL`, `ELL`, `NWL`, `AFL`, `TPL` or `APL`.
    pub layer: String,
    /// The standard's name of the field; empty where it has none.
    pub field: &'static str,
    /// What it means.
    pub text: String,
    /// The value of the field, where it is more than a sentence.
    pub value: Option<String>,
    /// Whether a person should look at it.
    pub warning: bool,
}

impl From<&Part> for TelegramPart {
    fn from(part: &Part) -> Self {
        Self {
            offset: part.range.start,
            length: part.range.len(),
            of: part.of.as_str(),
            depth: part.depth,
            layer: part.layer.as_str().to_ascii_uppercase(),
            field: part.field,
            text: part.text.clone(),
            value: part.value.clone(),
            warning: part.is_warning,
        }
    }
}

/// One reception of a telegram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramReception {
    /// When, by the server's clock as far as it is known.
    pub received_at: Timestamp,
    /// Whose clock stamped it: `receiver` or `handheld`.
    pub time_source: &'static str,
    /// The handheld that heard it.
    pub handheld: String,
    /// Name of the receiver.
    pub receiver: Option<String>,
    /// Link mode, where the receiver tells it.
    pub link_mode: Option<String>,
    /// Signal strength in dBm, where the receiver tells it.
    pub rssi_dbm: Option<i16>,
}

impl Service {
    /// Returns a stored telegram byte by byte, opened with the keys that the server holds.
    ///
    /// # Errors
    /// `NotFound` when no handheld pushed it.
    pub async fn telegram_explanation(&self, telegram: &TelegramId) -> Result<TelegramExplanation> {
        const UNKNOWN: ServiceError = ServiceError::NotFound("telegram");
        let mut tx = self.begin_read().await?;
        let keys = tx.meters_of(vec![*telegram]).await?;
        let keys: Vec<_> = keys.into_iter().map(|(telegram, meter)| (meter, telegram)).collect();
        let row = tx.telegrams(keys.clone()).await?.into_iter().next().ok_or(UNKNOWN)?;
        // Merging took it for a frame, so it is one.
        let frame = Frame::parse(&row.frame, FrameFormat::WithoutCrc)
            .map_err(|_| ServiceError::Store(StoreError::Corrupt { place: "telegrams.frame" }))?;
        let ring = self.keys_for(&mut *tx, std::iter::once(&frame)).await?;
        let heard = tx.receptions_of(keys).await?;
        let clocks = Clocks::load(&mut *tx, heard.iter().map(|row| row.told.replica).collect()).await?;
        let names = tx.handhelds().await?;
        let name = |replica: ReplicaId| {
            let handheld = names.iter().find(|handheld| handheld.replica == replica);
            handheld.map_or_else(|| replica.to_string(), |handheld| handheld.name.clone())
        };

        let mut heard: Vec<(CorrectedTime, &ReceptionRow)> =
            heard.iter().map(|row| (clocks.reception(&row.told), row)).collect();
        heard.sort_by_key(|(time, row)| std::cmp::Reverse((*time, row.told.reception.id)));
        let receptions = heard.iter().map(|(time, row)| {
            let told = &row.told.reception;
            TelegramReception {
                received_at: time.at,
                time_source: match told.time_source {
                    TimeSource::Receiver => "receiver",
                    TimeSource::Handheld => "handheld",
                },
                handheld: name(row.told.replica),
                receiver: told.receiver.clone(),
                link_mode: told.link_mode.clone(),
                rssi_dbm: told.rssi_dbm,
            }
        });
        let parts = Parts::of(&frame, &ring);
        Ok(TelegramExplanation {
            id: row.telegram,
            received_at: heard.last().map(|(time, _)| time.at),
            receptions: receptions.collect(),
            hex: wmbus::Hex(parts.on_air()).to_string(),
            plain_hex: parts.decrypted().map(|bytes| wmbus::Hex(bytes).to_string()),
            parts: parts.parts().iter().map(TelegramPart::from).collect(),
            ..described(row.telegram, row.meter, &parts)
        })
    }
}

/// Says what the telegram as a whole is.
fn described(id: TelegramId, meter: String, parts: &Parts) -> TelegramExplanation {
    let telegram = parts.telegram();
    let content = telegram.map(Telegram::content);
    let (warnings, warning_codes) = match telegram {
        Ok(telegram) => {
            telegram.warnings().iter().map(|warning| (warning.to_string(), warning.as_str())).unzip()
        }
        Err(error) => (vec![error.to_string()], vec![error.reason()]),
    };
    TelegramExplanation {
        id,
        meter: Some(meter),
        received_at: None,
        content: content.map_or("malformed", Content::kind),
        reason: match content {
            Ok(Content::Sealed(reason)) => Some(reason.as_str()),
            _ => None,
        },
        security: telegram.map_or_else(|_| "unknown".to_owned(), |telegram| security(telegram.security())),
        hex: String::new(),
        plain_hex: None,
        parts: Vec::new(),
        receptions: Vec::new(),
        warnings,
        warning_codes,
    }
}

/// Names what protects a telegram: `none`, `mode 5`, `ELL AES-CTR` or several of them.
fn security(security: Security) -> String {
    let ell = match security.ell_encryption {
        0 => None,
        1 => Some("ELL AES-CTR".to_owned()),
        other => Some(format!("ELL encryption {other}")),
    };
    let mode = (security.mode != 0).then(|| format!("mode {}", security.mode));
    let named: Vec<String> = ell.into_iter().chain(mode).collect();
    if named.is_empty() { "none".to_owned() } else { named.join(", ") }
}
