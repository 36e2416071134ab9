//! Putting checked items into the database: what is new, what was there, what contradicts.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{EventId, Item, ItemOutcome, ReceptionId, TelegramId};

use super::super::Result;
use super::super::standing::Touched;
use super::item::{Arrival, Checked, as_cbor};
use crate::store::Transaction;
use crate::store::rows::{EventRow, HeardMeter, ReceptionRow, TelegramRow, ToldReception};

/// What became of a batch's items.
#[derive(Default)]
pub(super) struct Merged {
    /// One for each item, in order.
    pub(super) outcomes: Vec<ItemOutcome>,
    /// Telegrams that the database did not have.
    pub(super) new_telegrams: Vec<TelegramRow>,
    /// Position, code and bytes of items that are kept aside.
    pub(super) quarantine: Vec<(u32, &'static str, Vec<u8>)>,
    /// What the batch brought facts of.
    pub(super) touched: Touched,
}

impl Merged {
    fn settle(&mut self, position: usize, outcome: ItemOutcome) {
        if let Some(place) = self.outcomes.get_mut(position) {
            *place = outcome;
        }
    }

    fn quarantine(&mut self, position: usize, code: &'static str, item: Vec<u8>) {
        self.quarantine.push((u32::try_from(position).unwrap_or(u32::MAX), code, item));
        self.settle(position, ItemOutcome::Quarantined { code: code.to_owned() });
    }
}

/// Merges the items of one batch.
pub(super) async fn merge_facts(
    tx: &mut dyn Transaction,
    items: Vec<Checked>,
    arrival: &Arrival,
    commit: u64,
) -> Result<Merged> {
    // Every item is a duplicate until the database, or an earlier item, says otherwise.
    let mut merged = Merged { outcomes: vec![ItemOutcome::Duplicate; items.len()], ..Merged::default() };
    let mut telegrams: BTreeMap<(String, TelegramId), (usize, TelegramRow)> = BTreeMap::new();
    let mut meters: BTreeSet<HeardMeter> = BTreeSet::new();
    let mut receptions: Vec<(usize, ToldReception)> = Vec::new();
    let mut events: Vec<(usize, EventRow)> = Vec::new();
    for (position, item) in items.into_iter().enumerate() {
        match item {
            Checked::Telegram(heard) => {
                let (row, meter) = *heard;
                meters.insert(meter);
                let key = (row.meter.clone(), row.telegram);
                telegrams.entry(key).or_insert((position, TelegramRow { commit, ..row }));
            }
            Checked::Reception(told) => receptions.push((position, ToldReception { commit, ..*told })),
            Checked::Event(row) => events.push((position, EventRow { commit, ..*row })),
            Checked::Bad { code, item } => merged.quarantine(position, code, item),
        }
    }
    tx.insert_heard_meters(meters.into_iter().collect()).await?;
    let meters = merge_telegrams(tx, telegrams, &mut merged).await?;
    adopt_waiting(tx, &mut merged).await?;
    merge_receptions(tx, receptions, meters, &mut merged).await?;
    merge_events(tx, events, &mut merged).await?;
    tracing::debug!(
        replica = %arrival.replica,
        items = merged.outcomes.len(),
        new_telegrams = merged.new_telegrams.len(),
        quarantined = merged.quarantine.len(),
        "merged a batch"
    );
    Ok(merged)
}

/// Merges telegrams; returns the meters of those that the batch carried.
async fn merge_telegrams(
    tx: &mut dyn Transaction,
    telegrams: BTreeMap<(String, TelegramId), (usize, TelegramRow)>,
    merged: &mut Merged,
) -> Result<BTreeMap<TelegramId, String>> {
    let meters = telegrams.keys().map(|(meter, telegram)| (*telegram, meter.clone())).collect();
    let rows = telegrams.values().map(|(_, row)| row.clone()).collect();
    let is_new = tx.insert_telegrams(rows).await?;
    for ((position, row), is_new) in telegrams.into_values().zip(is_new) {
        if is_new {
            merged.settle(position, ItemOutcome::Accepted);
            merged.new_telegrams.push(row);
        }
    }
    Ok(meters)
}

/// Gives a meter to receptions that came before their telegram.
async fn adopt_waiting(tx: &mut dyn Transaction, merged: &mut Merged) -> Result<()> {
    let meters: BTreeMap<TelegramId, &str> =
        merged.new_telegrams.iter().map(|row| (row.telegram, row.meter.as_str())).collect();
    let waiting = tx.waiting(meters.keys().copied().collect()).await?;
    let mut rows = BTreeMap::new();
    for told in waiting {
        if let Some(meter) = meters.get(&told.reception.telegram) {
            let row = ReceptionRow { meter: (*meter).to_owned(), told };
            merged.touched.meters.insert((row.told.reception.tour, row.meter.clone()));
            rows.entry(row.key()).or_insert(row);
        }
    }
    let adopted: Vec<_> = rows.values().map(|row| row.told.key()).collect();
    // One whose identity another reception of the meter has goes on waiting: it is not lost.
    let is_new = tx.insert_receptions(rows.into_values().collect()).await?;
    let gone = adopted.into_iter().zip(is_new).filter(|(_, is_new)| *is_new).map(|(key, _)| key);
    Ok(tx.delete_waiting(gone.collect()).await?)
}

/// Merges receptions; those whose telegram is not known wait for it.
async fn merge_receptions(
    tx: &mut dyn Transaction,
    receptions: Vec<(usize, ToldReception)>,
    mut meters: BTreeMap<TelegramId, String>,
    merged: &mut Merged,
) -> Result<()> {
    let elsewhere: BTreeSet<TelegramId> = receptions
        .iter()
        .map(|(_, told)| told.reception.telegram)
        .filter(|telegram| !meters.contains_key(telegram))
        .collect();
    meters.extend(tx.meters_of(elsewhere.into_iter().collect()).await?);

    let mut known = Claims::default();
    let mut waiting = Claims::default();
    for (position, told) in receptions {
        match meters.get(&told.reception.telegram) {
            Some(meter) => {
                merged.touched.meters.insert((told.reception.tour, meter.clone()));
                known.claim(
                    (meter.clone(), told.reception.id),
                    position,
                    told,
                    ToldReception::is_same_fact,
                    merged,
                );
            }
            None => waiting.claim(told.key(), position, told, ToldReception::is_same_fact, merged),
        }
    }
    merge_known(tx, known.rows, merged).await?;
    merge_waiting(tx, waiting.rows, merged).await
}

async fn merge_known(
    tx: &mut dyn Transaction,
    rows: BTreeMap<(String, ReceptionId), (usize, ToldReception)>,
    merged: &mut Merged,
) -> Result<()> {
    let row = |((meter, _), (_, told)): (&(String, ReceptionId), &(usize, ToldReception))| ReceptionRow {
        meter: meter.clone(),
        told: told.clone(),
    };
    let is_new = tx.insert_receptions(rows.iter().map(row).collect()).await?;
    let earlier = settle_new(rows, is_new, merged);
    let stored = tx.receptions(earlier.keys().cloned().collect()).await?;
    let stored = stored.into_iter().map(|row| (row.key(), row.told)).collect();
    settle_earlier(earlier, &stored, ToldReception::is_same_fact, merged);
    Ok(())
}

async fn merge_waiting(
    tx: &mut dyn Transaction,
    rows: BTreeMap<(TelegramId, ReceptionId), (usize, ToldReception)>,
    merged: &mut Merged,
) -> Result<()> {
    let is_new = tx.insert_waiting(rows.values().map(|(_, told)| told.clone()).collect()).await?;
    let earlier = settle_new(rows, is_new, merged);
    let telegrams: BTreeSet<TelegramId> = earlier.keys().map(|(telegram, _)| *telegram).collect();
    let stored = tx.waiting(telegrams.into_iter().collect()).await?;
    let stored = stored.into_iter().map(|told| (told.key(), told)).collect();
    settle_earlier(earlier, &stored, ToldReception::is_same_fact, merged);
    Ok(())
}

async fn merge_events(
    tx: &mut dyn Transaction,
    events: Vec<(usize, EventRow)>,
    merged: &mut Merged,
) -> Result<()> {
    let mut claims: Claims<EventId, EventRow> = Claims::default();
    for (position, row) in events {
        merged.touched.lines.insert((row.event.tour, row.event.tour_meter));
        claims.claim(row.event.id, position, row, EventRow::is_same_fact, merged);
    }
    let is_new = tx.insert_events(claims.rows.values().map(|(_, row)| row.clone()).collect()).await?;
    let earlier = settle_new(claims.rows, is_new, merged);
    let stored = tx.events(earlier.keys().copied().collect()).await?;
    let stored = stored.into_iter().map(|row| (row.event.id, row)).collect();
    settle_earlier(earlier, &stored, EventRow::is_same_fact, merged);
    Ok(())
}

/// A fact whose identity another one may have taken.
trait Fact {
    /// The code under which it is kept aside then.
    const REUSED: &'static str;

    /// Returns the item that it came as.
    fn item(&self) -> Item;
}

impl Fact for ToldReception {
    const REUSED: &'static str = "reception_id_reused";

    fn item(&self) -> Item {
        Item::Reception(self.reception.clone())
    }
}

impl Fact for EventRow {
    const REUSED: &'static str = "event_id_reused";

    fn item(&self) -> Item {
        Item::Event(self.event.clone())
    }
}

/// The first item of a batch for each key.
struct Claims<K, F> {
    rows: BTreeMap<K, (usize, F)>,
}

impl<K, F> Default for Claims<K, F> {
    fn default() -> Self {
        Self { rows: BTreeMap::new() }
    }
}

impl<K: Ord, F: Fact> Claims<K, F> {
    /// Takes a fact, unless an earlier item of the batch has its key: then it says the same, or is
    /// kept aside.
    fn claim(&mut self, key: K, position: usize, fact: F, is_same: fn(&F, &F) -> bool, merged: &mut Merged) {
        match self.rows.get(&key) {
            None => {
                self.rows.insert(key, (position, fact));
            }
            Some((_, earlier)) if is_same(earlier, &fact) => {}
            Some(_) => merged.quarantine(position, F::REUSED, as_cbor(&fact.item())),
        }
    }
}

/// Accepts the facts that were new; returns the others.
fn settle_new<K: Ord, F>(
    rows: BTreeMap<K, (usize, F)>,
    is_new: Vec<bool>,
    merged: &mut Merged,
) -> BTreeMap<K, (usize, F)> {
    let mut earlier = BTreeMap::new();
    for ((key, (position, fact)), is_new) in rows.into_iter().zip(is_new) {
        if is_new {
            merged.settle(position, ItemOutcome::Accepted);
        } else {
            earlier.insert(key, (position, fact));
        }
    }
    earlier
}

/// Keeps facts aside whose identity the database has for another one.
fn settle_earlier<K: Ord, F: Fact>(
    earlier: BTreeMap<K, (usize, F)>,
    stored: &BTreeMap<K, F>,
    is_same: fn(&F, &F) -> bool,
    merged: &mut Merged,
) {
    for (key, (position, fact)) in earlier {
        if !stored.get(&key).is_some_and(|stored| is_same(stored, &fact)) {
            merged.quarantine(position, F::REUSED, as_cbor(&fact.item()));
        }
    }
}
