//! What a file of keys would do: whether each key opens what is stored.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sync_protocol::MeterKey;
use wmbus::{AesKey, Content, Frame, FrameFormat, KeyRing, MeterAddress, Telegram};

use super::key_list::{HeardWithKeys, count_lines};
use super::preview::{Preview, PreviewRow};
use super::{Result, Service};
use crate::import::{Column, Finding, KeyRow, KeyUpload, read_keys};
use crate::store::Transaction;

/// Stored telegrams of a meter that a key is tried on.
const TRIED: u32 = 8;

/// A key as a row of a file gives it: everything but the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewKey {
    /// The identification number that it belongs to, 8 hexadecimal digits.
    pub identification_number: String,
    /// The manufacturer's three letters, once the meter was heard.
    pub manufacturer: Option<String>,
    /// Lines of tours that the meter is.
    pub lines: usize,
    /// Stored telegrams of the meter that no key opened so far.
    pub waiting_telegrams: u64,
    /// Whether it opens a stored telegram; none when there is none to try it on.
    pub opens: Option<bool>,
}

/// What the server knows of the meters of a file.
struct Known {
    heard: HeardWithKeys,
    lines: BTreeMap<String, usize>,
    /// The fingerprints of the keys that it holds.
    held: BTreeMap<String, BTreeSet<[u8; 16]>>,
    id_column: String,
    key_column: String,
}

impl Service {
    /// Says what a file of keys, CSV or KEM, would do. Stores nothing.
    ///
    /// # Errors
    /// When the database fails; a file that cannot be read is an answer.
    pub async fn preview_keys<'f>(&self, file: impl Into<KeyUpload<'f>>) -> Result<Preview<PreviewKey>> {
        let file = match read_keys(file.into()) {
            Ok(file) => file,
            Err(error) => {
                return Ok(Preview::without_rows(error.code(), error.line(), error.to_string()));
            }
        };
        let mut tx = self.begin_read().await?;
        let known = load(&mut *tx, &file.columns, &file.rows).await?;
        let mut rows = Vec::with_capacity(file.rows.len());
        for row in file.rows {
            rows.push(self.preview_key(&mut *tx, &known, row).await?);
            tokio::task::yield_now().await;
        }
        Ok(Preview::of(file.columns, rows))
    }

    async fn preview_key(
        &self,
        tx: &mut dyn Transaction,
        known: &Known,
        row: KeyRow,
    ) -> Result<PreviewRow<PreviewKey>> {
        let KeyRow { mut verdict, key } = row;
        let Some((id, key)) = key else { return Ok(PreviewRow { verdict, what: None }) };
        let opens = opens(tx, known.heard.meters(&id), &id, &key).await?;
        if opens == Some(false) {
            let message = "the key opens none of the stored telegrams of this meter";
            verdict.warn(Finding::new("key_does_not_open", &known.key_column, message));
        }
        let lines = known.lines.get(&id).copied().unwrap_or(0);
        if lines == 0 {
            let message = "the meter is a line of no tour";
            verdict.warn(Finding::new("not_in_any_tour", &known.id_column, message));
        }
        if let Some(held) = known.held.get(&id) {
            verdict.warn(if held.contains(&self.vault.fingerprint(&id, &key)) {
                Finding::new("already_known", &known.key_column, "the server holds this key already")
            } else {
                let message = "the server holds another key of this meter; handhelds get the new one";
                Finding::new("replaces_key", &known.key_column, message)
            });
        }
        let manufacturer = known.heard.meters(&id).find_map(|meter| meter.parse::<MeterAddress>().ok());
        let what = PreviewKey {
            manufacturer: manufacturer.map(|address| address.manufacturer.to_string()),
            lines,
            waiting_telegrams: known.heard.waiting(&id),
            opens,
            identification_number: id,
        };
        Ok(PreviewRow { verdict, what: Some(what) })
    }
}

async fn load(tx: &mut dyn Transaction, columns: &[Column], rows: &[KeyRow]) -> Result<Known> {
    let ids: BTreeSet<String> = rows.iter().filter_map(|row| Some(row.key.as_ref()?.0.clone())).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let mut held: BTreeMap<String, BTreeSet<[u8; 16]>> = BTreeMap::new();
    for key in tx.keys(ids.clone()).await? {
        held.entry(key.radio_id).or_default().insert(key.fingerprint);
    }
    let column = |field: &str| {
        let column = columns.iter().find(|column| column.field.as_deref() == Some(field));
        column.map(|column| column.header.clone()).unwrap_or_default()
    };
    Ok(Known {
        heard: HeardWithKeys::load(tx).await?,
        lines: count_lines(tx, ids).await?,
        held,
        id_column: column("identification_number"),
        key_column: column("key"),
    })
}

/// Tries a key on stored telegrams of its meters. One that is not encrypted proves nothing.
async fn opens(
    tx: &mut dyn Transaction,
    meters: impl Iterator<Item = &str>,
    id: &str,
    key: &MeterKey,
) -> Result<Option<bool>> {
    let Ok(number) = id.parse() else { return Ok(None) };
    let mut ring = KeyRing::default();
    ring.insert(number, AesKey::new(*key.expose()));
    let mut is_refuted = false;
    for meter in meters {
        for row in tx.telegrams_of_meter(meter.to_owned(), None, TRIED).await? {
            let frame = Frame::parse(&row.frame, FrameFormat::WithoutCrc).ok();
            let Some(telegram) = frame.and_then(|frame| Telegram::decode(&frame, &ring).ok()) else {
                continue;
            };
            if telegram.decrypted_range().is_some() {
                return Ok(Some(true));
            }
            is_refuted |= matches!(telegram.content(), Content::Sealed(_));
        }
    }
    Ok(is_refuted.then_some(false))
}
