//! Readings from telegrams: a function of telegram, keys and decoder, done again when one of them comes.

use std::collections::{BTreeMap, BTreeSet};

use metering::ValueDates;
use sync_protocol::{TelegramId, Timestamp};
use wmbus::{
    Addresses, AesKey, Content, DECODER_VERSION, DataRecord, Frame, FrameFormat, KeyRing, Telegram, Value,
};

use super::formats::Formats;
use super::{Result, Service};
use crate::store::Transaction;
use crate::store::rows::{Derivation, OpenedMeter, ReadingRow, TelegramRow};

/// Telegrams that are decoded in one transaction, and between which other work gets its turn.
const CHUNK: u32 = 1_000;

impl Service {
    /// Decodes telegrams that were never decoded, or by an older decoder. Returns how many.
    ///
    /// # Errors
    /// When the database fails; what was decoded until then stays.
    pub async fn derive_pending(&self) -> Result<u64> {
        let mut derived = 0;
        loop {
            let mut tx = self.begin().await?;
            let mut telegrams = tx.pending_telegrams(CHUNK).await?;
            if telegrams.is_empty() {
                telegrams = tx.outdated_telegrams(DECODER_VERSION, CHUNK).await?;
            }
            if telegrams.is_empty() {
                break;
            }
            self.derive_in(&mut *tx, &telegrams).await?;
            self.mark_meters(&mut *tx, telegrams.iter().map(|row| row.meter.as_str())).await?;
            tx.commit().await?;
            derived += telegrams.len() as u64;
        }
        // A chunk at a time, so that others get their turn in between.
        loop {
            let mut tx = self.begin().await?;
            let Some(refreshed) = self.refresh_some(&mut *tx).await? else { return Ok(derived) };
            self.commit_and_tell(tx, refreshed.notices()).await?;
        }
    }

    /// Decodes telegrams and derives how the lines stand that are stale, in a transaction of its own.
    pub(super) async fn derive(&self, telegrams: &[TelegramRow]) -> Result<()> {
        let mut tx = self.begin().await?;
        self.derive_in(&mut *tx, telegrams).await?;
        let refreshed = self.refresh_stale(&mut *tx).await?;
        self.commit_and_tell(tx, refreshed.notices()).await
    }

    /// Decodes every stored telegram of a meter. Returns how many.
    pub(super) async fn derive_meter(&self, tx: &mut dyn Transaction, meter: &str) -> Result<u64> {
        let mut after: Option<TelegramId> = None;
        let mut derived = 0;
        loop {
            let telegrams = tx.telegrams_of_meter(meter.to_owned(), after, CHUNK).await?;
            let Some(last) = telegrams.last() else { return Ok(derived) };
            after = Some(last.telegram);
            self.derive_in(tx, &telegrams).await?;
            derived += telegrams.len() as u64;
        }
    }

    /// Decodes telegrams, each with what others tell. Writers take turns, so no key comes between the look
    /// at the keys and the readings.
    async fn derive_in(&self, tx: &mut dyn Transaction, telegrams: &[TelegramRow]) -> Result<()> {
        let mut formats = Formats::load(tx).await?;
        for chunk in telegrams.chunks(CHUNK as usize) {
            let in_fragments = self.derive_chunk(tx, chunk, &mut formats).await?;
            for meter in in_fragments {
                let mut derived = Derived::default();
                for (row, mut telegram) in self.messages(tx, &meter).await? {
                    derived.add(&row, Some(&mut telegram), &mut formats);
                }
                self.keep_derived(tx, derived).await?;
            }
            tokio::task::yield_now().await;
        }
        self.share_formats(tx, &mut formats).await
    }

    /// Decodes telegrams on their own; returns the meters of which some are fragments.
    pub(super) async fn derive_chunk(
        &self,
        tx: &mut dyn Transaction,
        chunk: &[TelegramRow],
        formats: &mut Formats,
    ) -> Result<BTreeSet<String>> {
        let frames: Vec<(&TelegramRow, Option<Frame>)> =
            chunk.iter().map(|row| (row, Frame::parse(&row.frame, FrameFormat::WithoutCrc).ok())).collect();
        let keys = self.keys_for(tx, frames.iter().filter_map(|(_, frame)| frame.as_ref())).await?;
        let mut derived = Derived::default();
        let mut in_fragments = BTreeSet::new();
        for (row, frame) in &frames {
            let mut telegram = frame.as_ref().and_then(|frame| Telegram::decode(frame, &keys).ok());
            match telegram.as_ref().map(Telegram::content) {
                // What it says depends on the others.
                Some(Content::Fragment { .. }) => {
                    in_fragments.insert(row.meter.clone());
                }
                _ => derived.add(row, telegram.as_mut(), formats),
            }
        }
        self.keep_derived(tx, derived).await?;
        Ok(in_fragments)
    }

    async fn keep_derived(&self, tx: &mut dyn Transaction, derived: Derived) -> Result<()> {
        self.decodings.count(&derived.derivations);
        tx.put_derivations(derived.derivations).await?;
        keep_opened(tx, derived.opened).await
    }

    /// Opens the keys of the meters that frames come from.
    pub(super) async fn keys_for(
        &self,
        tx: &mut dyn Transaction,
        frames: impl Iterator<Item = &Frame>,
    ) -> Result<KeyRing> {
        let ids: BTreeSet<String> = frames
            .filter_map(|frame| Addresses::read(frame).ok())
            .flat_map(|addresses| [addresses.link, addresses.meter])
            .map(|address| address.identification_number.to_string())
            .collect();
        let mut ring = KeyRing::default();
        for sealed in tx.keys(ids.into_iter().collect()).await? {
            let key = self.vault.open_key(&sealed.radio_id, &sealed.sealed)?;
            if let Ok(number) = sealed.radio_id.parse() {
                ring.insert(number, AesKey::new(*key.expose()));
            }
        }
        Ok(ring)
    }
}

/// What telegrams say.
#[derive(Default)]
struct Derived {
    derivations: Vec<Derivation>,
    /// Meters of which a key opened a telegram, and when the latest such telegram arrived.
    opened: BTreeMap<String, Timestamp>,
}

impl Derived {
    fn add(&mut self, row: &TelegramRow, telegram: Option<&mut Telegram>, formats: &mut Formats) {
        let telegram = telegram.map(|telegram| {
            formats.share(telegram);
            &*telegram
        });
        if telegram.is_some_and(|telegram| telegram.decrypted_range().is_some()) {
            let latest = self.opened.entry(row.meter.clone()).or_insert(row.arrived_at);
            *latest = row.arrived_at.max(*latest);
        }
        self.derivations.push(derivation(row, telegram));
    }
}

/// Keeps which meters' telegrams were opened, and the later of two times.
async fn keep_opened(tx: &mut dyn Transaction, mut opened: BTreeMap<String, Timestamp>) -> Result<()> {
    for known in tx.opened_meters(opened.keys().cloned().collect()).await? {
        if opened.get(&known.meter).is_some_and(|at| *at <= known.opened_at) {
            opened.remove(&known.meter);
        }
    }
    let rows = opened.into_iter().map(|(meter, opened_at)| OpenedMeter { meter, opened_at });
    Ok(tx.put_opened_meters(rows.collect()).await?)
}

/// Writes down what a decoder made of a telegram; none when it is not one.
fn derivation(row: &TelegramRow, telegram: Option<&Telegram>) -> Derivation {
    let (status, readings) = match telegram.map(|telegram| (telegram, telegram.content())) {
        None => ("undecodable", Vec::new()),
        Some((telegram, Content::Records(records))) => ("read", readings(telegram, records)),
        Some((_, Content::Sealed(reason))) => (reason.as_str(), Vec::new()),
        Some((_, other)) => (other.kind(), Vec::new()),
    };
    let alarms = telegram.map(metering::alarms).unwrap_or_default();
    Derivation {
        meter: row.meter.clone(),
        telegram: row.telegram,
        status: status.to_owned(),
        meter_status: telegram.and_then(Telegram::status).map(|status| status.0),
        alarms: alarms.iter().map(ToString::to_string).collect(),
        decoder_version: DECODER_VERSION,
        readings,
    }
}

/// Writes down what records say. Bytes without a meaning of their own, such as the block that a maker's
/// layout lies in, are no reading.
fn readings(telegram: &Telegram, records: &[DataRecord]) -> Vec<ReadingRow> {
    let dates = ValueDates::of(records);
    let meant = (0u32..).zip(records).filter(|(_, record)| record.value != Value::Raw);
    meant
        .map(|(position, record)| ReadingRow {
            value_date: dates.of_record(record).map(|date| date.to_string()),
            is_doubtful: metering::is_doubtful(telegram, record),
            ..reading(position, record)
        })
        .collect()
}

fn reading(position: u32, record: &DataRecord) -> ReadingRow {
    let (value, value_type) = value(record);
    ReadingRow {
        record: position,
        quantity: record.quantity.as_str().to_owned(),
        unit: record.unit.as_str().to_owned(),
        value,
        value_type: value_type.to_owned(),
        // Beyond what the standard can code: a bug of the decoder, but no reason to lose the row.
        storage: record.storage_number.min(u64::try_from(i64::MAX).unwrap_or(u64::MAX)),
        tariff: record.tariff,
        subunit: record.subunit,
        function: record.function.as_str().to_owned(),
        is_history: record.date.is_some(),
        qualifiers: record.qualifiers.iter().map(ToString::to_string).collect(),
        is_plain: record.is_plain(),
        warnings: record.warnings.iter().map(ToString::to_string).collect(),
        decoder_version: DECODER_VERSION,
        ..ReadingRow::default()
    }
}

/// Writes a value as text. A coding for "not available" is no value, never 0.
fn value(record: &DataRecord) -> (Option<String>, &'static str) {
    match &record.value {
        Value::Number(number) => (Some(number.to_string()), "number"),
        Value::Date(date) => (Some(date.to_string()), "date"),
        Value::Time(time) => (Some(time.to_string()), "time"),
        Value::DateTime(date_time) => (Some(date_time.to_string()), "date_time"),
        // PostgreSQL keeps no NUL in a text.
        Value::Text(text) => (Some(text.replace('\0', "\u{FFFD}")), "text"),
        Value::Flags(bits) => (Some(format!("{bits:X}")), "flags"),
        _ => (None, "none"),
    }
}
