//! Keys of meters: they often come after the telegrams that they open.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::MeterKey;

use super::live::Notice;
use super::{Actor, KeyImport, Result, Service, ServiceError};
use crate::import::{KeyUpload, read_keys};
use crate::store::Transaction;
use crate::store::rows::SealedKey;

/// What became of keys that were taken.
#[derive(Debug, Default)]
pub(super) struct TakenKeys {
    /// For each key, whether the server did not have it.
    pub(super) is_new: Vec<bool>,
    /// Stored telegrams that were decoded again.
    pub(super) decoded_again: u64,
    /// What listeners are to hear of.
    pub(super) notices: Vec<Notice>,
}

impl Service {
    /// Takes keys of meters from a file, CSV or KEM, and decodes the stored telegrams of these meters again.
    /// A meter may have several keys.
    ///
    /// # Errors
    /// `Unprocessable` when the file as a whole is no list of keys.
    pub async fn import_keys<'f>(&self, actor: Actor, file: impl Into<KeyUpload<'f>>) -> Result<KeyImport> {
        let rows =
            read_keys(file.into()).map_err(|error| ServiceError::Unprocessable(error.to_string()))?.rows;
        let (verdicts, keys): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| (row.verdict, row.key)).unzip();
        let keys: Vec<(String, MeterKey)> = keys.into_iter().flatten().collect();
        let accepted = count(keys.len());

        let mut tx = self.begin().await?;
        let taken = self.take_keys(&mut *tx, keys).await?;
        let known = count(taken.is_new.iter().filter(|is_new| !**is_new).count());
        let detail = format!("{accepted} accepted, {known} known before");
        self.record(&mut *tx, actor, "key_import", "", detail).await?;
        self.commit_and_tell(tx, taken.notices).await?;
        Ok(KeyImport {
            accepted,
            known,
            refused: count(verdicts.iter().filter(|verdict| !verdict.is_accepted()).count()),
            decoded_again: u32::try_from(taken.decoded_again).unwrap_or(u32::MAX),
            rows: verdicts,
        })
    }

    /// Seals keys, decodes again what they may open, and tells handhelds whose tours need them.
    pub(super) async fn take_keys(
        &self,
        tx: &mut dyn Transaction,
        keys: Vec<(String, MeterKey)>,
    ) -> Result<TakenKeys> {
        let now = self.now();
        // Handhelds get the latest key of a number: of several in one file, the last.
        let mut earlier: BTreeMap<String, i64> = BTreeMap::new();
        let mut sealed: BTreeMap<(String, [u8; 16]), SealedKey> = BTreeMap::new();
        let mut order = Vec::with_capacity(keys.len());
        for (radio_id, key) in keys {
            let fingerprint = self.vault.fingerprint(&radio_id, &key);
            order.push((radio_id.clone(), fingerprint));
            let place = earlier.entry(radio_id.clone()).or_insert(0);
            let row = SealedKey {
                sealed: self.vault.seal_key(self.nonce()?, &radio_id, &key)?,
                radio_id: radio_id.clone(),
                fingerprint,
                imported_at: now.plus_millis(*place),
            };
            *place += 1;
            sealed.entry((radio_id, fingerprint)).or_insert(row);
        }
        let names: Vec<(String, [u8; 16])> = sealed.keys().cloned().collect();
        let is_new = tx.insert_keys(sealed.into_values().collect()).await?;
        let mut new: BTreeSet<(String, [u8; 16])> =
            names.into_iter().zip(is_new).filter(|(_, is_new)| *is_new).map(|(name, _)| name).collect();
        let radio_ids: Vec<String> =
            new.iter().map(|(radio_id, _)| radio_id.clone()).collect::<BTreeSet<_>>().into_iter().collect();

        let meters: BTreeSet<String> =
            tx.heard_meters(radio_ids.clone()).await?.into_iter().map(|heard| heard.meter).collect();
        let mut decoded_again = 0;
        for meter in &meters {
            decoded_again += self.derive_meter(tx, meter).await?;
        }
        self.mark_meters(tx, meters.iter().map(String::as_str)).await?;
        let mut notices = self.refresh_stale(tx).await?.notices();
        let lines = tx.tour_meters_of_radio_ids(radio_ids).await?;
        self.publish_lines(tx, &lines).await?;
        // Lines that had no key have one now, whether or not they were heard.
        notices.extend(lines.iter().map(|line| Notice::Line(line.meter.tour, line.meter.id)));
        notices.extend(lines.iter().map(|line| Notice::Tour(line.meter.tour)));
        notices.push(Notice::Keys);
        // Of a key that stands twice in a file only the first row was new.
        let is_new = order.iter().map(|name| new.remove(name)).collect();
        Ok(TakenKeys { is_new, decoded_again, notices })
    }

    /// Opens the latest key of each of these identification numbers.
    pub(super) async fn latest_keys(
        &self,
        tx: &mut dyn Transaction,
        radio_ids: Vec<String>,
    ) -> Result<BTreeMap<String, MeterKey>> {
        let mut latest: BTreeMap<String, SealedKey> = BTreeMap::new();
        for key in tx.keys(radio_ids).await? {
            let is_later = latest.get(&key.radio_id).is_none_or(|known| known.imported_at <= key.imported_at);
            if is_later {
                latest.insert(key.radio_id.clone(), key);
            }
        }
        let open = |(radio_id, key): (String, SealedKey)| {
            let opened = self.vault.open_key(&radio_id, &key.sealed)?;
            Ok((radio_id, opened))
        };
        latest.into_iter().map(open).collect()
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
