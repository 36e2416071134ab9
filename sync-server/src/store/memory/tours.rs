//! Tours, who has them, and the feed of their changes.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use sync_protocol::{ReplicaId, TourId, TourMeterId};

use super::MemoryTransaction;
use crate::store::rows::{Assignment, FeedEntry, TourMeterRow, TourRow};
use crate::store::{StoreError, Tours};

#[async_trait]
impl Tours for MemoryTransaction {
    async fn put_tour(&mut self, tour: TourRow) -> Result<(), StoreError> {
        self.put(|tables| &mut tables.tours, tour.id, tour);
        Ok(())
    }

    async fn tour(&mut self, tour: TourId) -> Result<Option<TourRow>, StoreError> {
        Ok(self.tables.tours.get(&tour).cloned())
    }

    async fn tours(&mut self) -> Result<Vec<TourRow>, StoreError> {
        Ok(self.tables.tours.values().cloned().collect())
    }

    async fn insert_tour_meters(&mut self, rows: Vec<TourMeterRow>) -> Result<(), StoreError> {
        for row in rows {
            self.put(|tables| &mut tables.tour_meters, row.meter.id, row);
        }
        Ok(())
    }

    async fn tour_meters(&mut self, tour: TourId) -> Result<Vec<TourMeterRow>, StoreError> {
        let mut rows: Vec<_> =
            self.tables.tour_meters.values().filter(|row| row.meter.tour == tour).cloned().collect();
        rows.sort_by_key(|row| (row.meter.position, row.meter.id));
        Ok(rows)
    }

    async fn tour_meters_by_id(&mut self, ids: Vec<TourMeterId>) -> Result<Vec<TourMeterRow>, StoreError> {
        let wanted: BTreeSet<TourMeterId> = ids.into_iter().collect();
        Ok(wanted.iter().filter_map(|id| self.tables.tour_meters.get(id)).cloned().collect())
    }

    async fn tour_meters_of_radio_ids(
        &mut self,
        radio_ids: Vec<String>,
    ) -> Result<Vec<TourMeterRow>, StoreError> {
        let wanted: BTreeSet<String> = radio_ids.into_iter().collect();
        let names_one =
            |row: &&TourMeterRow| row.meter.radio_id.as_ref().is_some_and(|id| wanted.contains(id));
        Ok(self.tables.tour_meters.values().filter(names_one).cloned().collect())
    }

    async fn put_assignment(&mut self, assignment: Assignment) -> Result<(), StoreError> {
        self.put(|tables| &mut tables.assignments, (assignment.tour, assignment.replica), assignment);
        Ok(())
    }

    async fn assignments(&mut self, tour: TourId) -> Result<Vec<Assignment>, StoreError> {
        Ok(self.tables.assignments.values().filter(|assignment| assignment.tour == tour).cloned().collect())
    }

    async fn put_feed(&mut self, entries: Vec<FeedEntry>) -> Result<(), StoreError> {
        for entry in entries {
            let thing = entry.tour_meter.map_or(entry.tour.0, |line| line.0);
            self.put(|tables| &mut tables.feed, (entry.replica, thing), entry);
        }
        Ok(())
    }

    async fn feed(
        &mut self,
        replica: ReplicaId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<FeedEntry>, StoreError> {
        let mut entries: Vec<_> = self
            .tables
            .feed
            .values()
            .filter(|entry| entry.replica == replica && entry.change > after)
            .cloned()
            .collect();
        entries.sort_by_key(|entry| entry.change);
        entries.truncate(limit as usize);
        Ok(entries)
    }

    async fn unpulled_changes(&mut self) -> Result<Vec<(ReplicaId, u64)>, StoreError> {
        let mut counts: BTreeMap<ReplicaId, u64> = BTreeMap::new();
        for entry in self.tables.feed.values() {
            let handheld = self.tables.handhelds.get(&entry.replica);
            if handheld.is_some_and(|handheld| entry.change > handheld.pulled_change) {
                *counts.entry(entry.replica).or_default() += 1;
            }
        }
        Ok(counts.into_iter().collect())
    }

    async fn delete_feed_of_lines(&mut self, replica: ReplicaId, tour: TourId) -> Result<(), StoreError> {
        self.remove(
            |tables| &mut tables.feed,
            |_, entry| entry.replica == replica && entry.tour == tour && entry.tour_meter.is_some(),
        );
        Ok(())
    }
}
