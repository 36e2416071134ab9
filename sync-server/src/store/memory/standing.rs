//! How lines of tours stand.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use sync_protocol::{ReplicaEpoch, ReplicaId, TelegramId, Timestamp, TourId, TourMeterId};

use super::MemoryTransaction;
use crate::store::rows::{
    Assignment, Derivation, EventRow, PlacedReading, ReadingRow, ReceptionRow, TourRow,
};
use crate::store::{
    BILLED, MOST_TOTALS, StandingCount, StandingRow, Standings, StoreError, ToldSequence, TourContact,
};

fn is_of(tour: Option<TourId>) -> impl Fn(TourId) -> bool {
    move |of| tour.is_none_or(|tour| tour == of)
}

#[async_trait]
impl Standings for MemoryTransaction {
    async fn mark_stale(&mut self, lines: Vec<TourMeterId>) -> Result<(), StoreError> {
        for line in lines {
            self.put(|tables| &mut tables.stale_lines, line, ());
        }
        Ok(())
    }

    async fn stale_lines(&mut self, limit: u32) -> Result<Vec<TourMeterId>, StoreError> {
        Ok(self.tables.stale_lines.keys().take(limit as usize).copied().collect())
    }

    async fn clear_stale(&mut self, lines: Vec<TourMeterId>) -> Result<(), StoreError> {
        let lines: BTreeSet<TourMeterId> = lines.into_iter().collect();
        self.remove(|tables| &mut tables.stale_lines, |line, ()| lines.contains(line));
        Ok(())
    }

    async fn put_standings(&mut self, rows: Vec<StandingRow>) -> Result<(), StoreError> {
        for row in rows {
            self.put(|tables| &mut tables.standings, (row.tour, row.tour_meter), row);
        }
        Ok(())
    }

    async fn standings(&mut self, tour: TourId) -> Result<Vec<StandingRow>, StoreError> {
        Ok(self.tables.standings.values().filter(|row| row.tour == tour).cloned().collect())
    }

    async fn standings_of(
        &mut self,
        lines: Vec<(TourId, TourMeterId)>,
    ) -> Result<Vec<StandingRow>, StoreError> {
        let wanted: BTreeSet<_> = lines.into_iter().collect();
        Ok(wanted.iter().filter_map(|key| self.tables.standings.get(key)).cloned().collect())
    }

    async fn standing_counts(&mut self, tour: Option<TourId>) -> Result<Vec<StandingCount>, StoreError> {
        let is_wanted = is_of(tour);
        let mut counts: BTreeMap<(TourId, String), (u64, u64)> = BTreeMap::new();
        for row in self.tables.standings.values().filter(|row| is_wanted(row.tour)) {
            let (lines, alarms) = counts.entry((row.tour, row.state.clone())).or_default();
            *lines += 1;
            *alarms += u64::from(row.has_alarm);
        }
        Ok(counts
            .into_iter()
            .map(|((tour, state), (lines, alarms))| StandingCount { tour, state, lines, alarms })
            .collect())
    }

    async fn missing_keys(&mut self, tour: Option<TourId>) -> Result<Vec<(TourId, u64)>, StoreError> {
        let is_wanted = is_of(tour);
        let held: BTreeSet<&str> = self.tables.keys.keys().map(|(radio_id, _)| radio_id.as_str()).collect();
        let mut counts: BTreeMap<TourId, u64> = BTreeMap::new();
        for line in self.tables.tour_meters.values().map(|row| &row.meter) {
            if is_wanted(line.tour) && line.radio_id.as_ref().is_some_and(|id| !held.contains(id.as_str())) {
                *counts.entry(line.tour).or_default() += 1;
            }
        }
        Ok(counts.into_iter().collect())
    }

    async fn put_tour_contacts(&mut self, contacts: Vec<TourContact>) -> Result<(), StoreError> {
        for contact in contacts {
            self.put(|tables| &mut tables.tour_contacts, (contact.tour, contact.replica), contact);
        }
        Ok(())
    }

    async fn tour_contacts(&mut self, tour: Option<TourId>) -> Result<Vec<TourContact>, StoreError> {
        let is_wanted = is_of(tour);
        Ok(self.tables.tour_contacts.values().filter(|row| is_wanted(row.tour)).copied().collect())
    }

    async fn all_assignments(&mut self) -> Result<Vec<Assignment>, StoreError> {
        Ok(self.tables.assignments.values().cloned().collect())
    }

    async fn touch_tour(&mut self, tour: TourId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(row) = self.tables.tours.get(&tour).filter(|row| row.changed_at < at).cloned() {
            self.put(|tables| &mut tables.tours, tour, TourRow { changed_at: at, ..row });
        }
        Ok(())
    }

    async fn receptions_of_meters(
        &mut self,
        meters: Vec<(TourId, String)>,
    ) -> Result<Vec<ReceptionRow>, StoreError> {
        let wanted: BTreeSet<(TourId, String)> = meters.into_iter().collect();
        let is_wanted = |row: &&ReceptionRow| wanted.contains(&(row.told.reception.tour, row.meter.clone()));
        Ok(self.tables.receptions.values().filter(is_wanted).cloned().collect())
    }

    async fn derivations_of(
        &mut self,
        telegrams: Vec<(String, TelegramId)>,
    ) -> Result<Vec<Derivation>, StoreError> {
        let wanted: BTreeSet<_> = telegrams.into_iter().collect();
        Ok(wanted.iter().filter_map(|key| self.tables.derivations.get(key)).cloned().collect())
    }

    async fn totals_of_meter(&mut self, meter: String) -> Result<Vec<PlacedReading>, StoreError> {
        let mut totals: Vec<(u64, PlacedReading)> = Vec::new();
        for (key, derivation) in self.tables.derivations.iter().filter(|((of, _), _)| *of == meter) {
            let commit = self.tables.telegrams.get(key).map_or(0, |row| row.commit);
            let is_total = |reading: &&ReadingRow| {
                reading.is_plain
                    && reading.value_type == "number"
                    && reading.tariff == 0
                    && reading.subunit == 0
                    && BILLED.contains(&reading.quantity.as_str())
            };
            totals.extend(derivation.readings.iter().filter(is_total).map(|reading| {
                let (meter, telegram) = key.clone();
                (commit, PlacedReading { meter, telegram, reading: reading.clone() })
            }));
        }
        totals.sort_by_key(|(commit, placed)| (*commit, placed.telegram, placed.reading.record));
        let superfluous = totals.len().saturating_sub(MOST_TOTALS as usize);
        Ok(totals.into_iter().skip(superfluous).map(|(_, placed)| placed).collect())
    }

    async fn told_sequences(&mut self, replica: ReplicaId) -> Result<Vec<ToldSequence>, StoreError> {
        let received =
            self.tables.receptions.values().map(|row| &row.told).chain(self.tables.waiting.values());
        let received = received.map(|told| (told.replica, told.epoch, told.reception.sequence, told.commit));
        let done = self.tables.events.values();
        let done = done.map(|row| (row.replica, row.epoch, row.event.sequence, row.commit));
        let told: Vec<_> = received.chain(done).collect();
        let lives: BTreeSet<ReplicaEpoch> =
            told.iter().filter(|(of, ..)| *of == replica).map(|(_, epoch, ..)| *epoch).collect();
        let mut sequences: Vec<ToldSequence> = told
            .into_iter()
            .filter(|(_, epoch, ..)| lives.contains(epoch))
            .map(|(_, epoch, sequence, commit)| ToldSequence { epoch, sequence, commit })
            .collect();
        sequences.sort_unstable();
        Ok(sequences)
    }

    async fn events_of_lines(
        &mut self,
        lines: Vec<(TourId, TourMeterId)>,
    ) -> Result<Vec<EventRow>, StoreError> {
        let wanted: BTreeSet<_> = lines.into_iter().collect();
        let is_wanted = |row: &&EventRow| wanted.contains(&(row.event.tour, row.event.tour_meter));
        Ok(self.tables.events.values().filter(is_wanted).cloned().collect())
    }
}
