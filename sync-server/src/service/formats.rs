//! Formats of compact frames, learnt from the full frames of all handhelds.

use sync_protocol::TelegramId;
use wmbus::{FormatStore, Telegram};

use super::{Result, Service};
use crate::store::Transaction;
use crate::store::rows::FormatRow;

/// Telegrams that are decoded between which other work gets its turn.
const CHUNK: u32 = 1_000;

/// The formats that are known, and whether some of them are new.
pub(super) struct Formats {
    store: FormatStore,
    kept: usize,
}

impl Formats {
    /// Loads the formats that were learnt.
    pub(super) async fn load(tx: &mut dyn Transaction) -> Result<Self> {
        let mut store = FormatStore::new();
        for row in tx.formats().await? {
            // What another version wrote otherwise is learnt again from its telegram.
            if let Ok(manufacturer) = row.manufacturer.parse() {
                store.learn(manufacturer, &row.headers);
            }
        }
        Ok(Self { kept: store.len(), store })
    }

    /// Learns what a telegram teaches, and reads it with what others taught.
    pub(super) fn share(&mut self, telegram: &mut Telegram) {
        telegram.teach(&mut self.store);
        telegram.expand(&self.store);
    }

    /// Keeps what was learnt; returns whether there was something.
    async fn keep(&mut self, tx: &mut dyn Transaction) -> Result<bool> {
        if self.store.len() == self.kept {
            return Ok(false);
        }
        let rows = self.store.learned().map(|(manufacturer, _, headers)| FormatRow {
            manufacturer: manufacturer.to_string(),
            headers: headers.to_vec(),
        });
        tx.put_formats(rows.collect()).await?;
        self.kept = self.store.len();
        Ok(true)
    }
}

impl Service {
    /// Keeps the formats that were learnt, and decodes the compact frames that waited for one.
    ///
    /// The formats are a union, so telegrams say the same in whichever order they arrive.
    pub(super) async fn share_formats(&self, tx: &mut dyn Transaction, formats: &mut Formats) -> Result<()> {
        if !formats.keep(tx).await? {
            return Ok(());
        }
        let mut after: Option<(String, TelegramId)> = None;
        loop {
            let waiting = tx.telegrams_without_format(after, CHUNK).await?;
            let Some(last) = waiting.last() else { return Ok(()) };
            after = Some((last.meter.clone(), last.telegram));
            self.derive_chunk(tx, &waiting, formats).await?;
            self.mark_meters(tx, waiting.iter().map(|row| row.meter.as_str())).await?;
        }
    }
}
