//! Which meters have keys, and whether they work. Never a key itself, nor anything made of one.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::Serialize;
use sync_protocol::Timestamp;

use super::{Result, Service};
use crate::store::Transaction;

/// Whether the keys of a meter work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyState {
    /// One of them opened a stored telegram.
    Works,
    /// Telegrams of the meter are stored, and none of them opens one.
    Wrong,
    /// No encrypted telegram of the meter came yet.
    Unused,
}

impl FromStr for KeyState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "works" => Ok(Self::Works),
            "wrong" => Ok(Self::Wrong),
            "unused" => Ok(Self::Unused),
            _ => Err(()),
        }
    }
}

/// A meter that has a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyLine {
    /// The identification number that the key belongs to, 8 hexadecimal digits.
    pub identification_number: String,
    /// The meter's whole address (`KAM-76349987-1B-16`), once it was heard.
    pub meter: Option<String>,
    /// When its latest key was imported.
    pub imported_at: Timestamp,
    /// Whether its keys work.
    pub state: KeyState,
    /// Lines of tours that it is.
    pub lines: usize,
    /// When the latest telegram that a key opened first arrived.
    pub last_used_at: Option<Timestamp>,
}

/// How many meters have keys in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct KeyCounts {
    /// Meters that have a key.
    pub all: usize,
    /// A key opened a stored telegram.
    pub works: usize,
    /// Telegrams are stored, and no key opens one.
    pub wrong: usize,
    /// No encrypted telegram came yet.
    pub unused: usize,
}

/// Which keys are wanted.
#[derive(Debug, Clone, Default)]
pub struct KeyQuery {
    /// A part of the identification number.
    pub text: String,
    /// Only those in this state.
    pub state: Option<KeyState>,
    /// Where the page begins: the `cursor` of the page before.
    pub cursor: Option<String>,
    /// Most meters of the page.
    pub limit: u32,
}

/// A page of meters that have keys, by identification number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyPage {
    /// The meters.
    pub keys: Vec<KeyLine>,
    /// How many there are in all, whatever was asked for.
    pub counts: KeyCounts,
    /// Where the next page begins; none when this is the last one.
    pub cursor: Option<String>,
}

impl Service {
    /// Returns which meters have keys, and whether they work.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&self, query: &KeyQuery) -> Result<KeyPage> {
        let mut tx = self.begin_read().await?;
        let imports = tx.key_imports().await?;
        let heard = HeardWithKeys::load(&mut *tx).await?;
        let counts = counts(&imports, &heard);
        let text: String =
            query.text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX).max(1);
        let mut wanted = imports
            .into_iter()
            .filter(|(id, _)| query.cursor.as_ref().is_none_or(|cursor| id > cursor))
            .filter(|(id, _)| id.contains(&text))
            .filter(|(id, _)| query.state.is_none_or(|state| heard.state(id) == state));
        let page: Vec<(String, Timestamp)> = wanted.by_ref().take(limit).collect();
        let cursor = page.last().map(|(id, _)| id.clone()).filter(|_| wanted.next().is_some());
        let lines = count_lines(&mut *tx, page.iter().map(|(id, _)| id.clone()).collect()).await?;
        let keys = page
            .into_iter()
            .map(|(id, imported_at)| KeyLine {
                meter: heard.meters(&id).next().map(str::to_owned),
                imported_at,
                state: heard.state(&id),
                lines: lines.get(&id).copied().unwrap_or(0),
                last_used_at: heard.opened_at(&id),
                identification_number: id,
            })
            .collect();
        Ok(KeyPage { keys, counts, cursor })
    }

    /// Counts the meters that have keys, by whether they work.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn key_counts(&self) -> Result<KeyCounts> {
        let mut tx = self.begin_read().await?;
        let imports = tx.key_imports().await?;
        Ok(counts(&imports, &HeardWithKeys::load(&mut *tx).await?))
    }
}

fn counts(imports: &[(String, Timestamp)], heard: &HeardWithKeys) -> KeyCounts {
    let mut counts = KeyCounts { all: imports.len(), ..KeyCounts::default() };
    for (id, _) in imports {
        *match heard.state(id) {
            KeyState::Works => &mut counts.works,
            KeyState::Wrong => &mut counts.wrong,
            KeyState::Unused => &mut counts.unused,
        } += 1;
    }
    counts
}

/// Counts the lines of tours that name these identification numbers.
pub(super) async fn count_lines(
    tx: &mut dyn Transaction,
    ids: Vec<String>,
) -> Result<BTreeMap<String, usize>> {
    let mut counts = BTreeMap::new();
    for line in tx.tour_meters_of_radio_ids(ids).await? {
        if let Some(id) = line.meter.radio_id {
            *counts.entry(id).or_default() += 1;
        }
    }
    Ok(counts)
}

/// What became of the telegrams of meters that keys may belong to: a key names the meter or its radio.
pub(super) struct HeardWithKeys {
    meters_by_id: BTreeMap<String, BTreeSet<String>>,
    opened_at: BTreeMap<String, Timestamp>,
    sealed: BTreeMap<String, Sealed>,
}

/// Telegrams of a meter that no key opened.
#[derive(Default)]
struct Sealed {
    telegrams: u64,
    /// Whether a key was tried in vain.
    is_tried: bool,
}

impl HeardWithKeys {
    pub(super) async fn load(tx: &mut dyn Transaction) -> Result<Self> {
        let mut meters_by_id: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for heard in tx.all_heard_meters().await? {
            for id in [heard.meter_id, heard.link_id] {
                meters_by_id.entry(id).or_default().insert(heard.meter.clone());
            }
        }
        let mut sealed: BTreeMap<String, Sealed> = BTreeMap::new();
        for count in tx.sealed_telegrams().await? {
            let of_meter = sealed.entry(count.meter).or_default();
            of_meter.telegrams += count.telegrams;
            of_meter.is_tried |= count.status.as_deref() != Some("no_key");
        }
        let opened = tx.all_opened_meters().await?;
        let opened_at = opened.into_iter().map(|row| (row.meter, row.opened_at)).collect();
        Ok(Self { meters_by_id, opened_at, sealed })
    }

    /// Returns the meters that an identification number names.
    pub(super) fn meters<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.meters_by_id.get(id).into_iter().flatten().map(String::as_str)
    }

    /// Counts the telegrams that no key opened.
    pub(super) fn waiting(&self, id: &str) -> u64 {
        self.meters(id).filter_map(|meter| self.sealed.get(meter)).map(|sealed| sealed.telegrams).sum()
    }

    fn opened_at(&self, id: &str) -> Option<Timestamp> {
        self.meters(id).filter_map(|meter| self.opened_at.get(meter)).max().copied()
    }

    fn state(&self, id: &str) -> KeyState {
        let is_tried = |meter: &str| self.sealed.get(meter).is_some_and(|sealed| sealed.is_tried);
        if self.opened_at(id).is_some() {
            KeyState::Works
        } else if self.meters(id).any(is_tried) {
            KeyState::Wrong
        } else {
            KeyState::Unused
        }
    }
}
