//! What handhelds pushed.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use sync_protocol::{BatchId, EventId, ReceptionId, ReplicaId, TelegramId, Timestamp, TourId};

use super::MemoryTransaction;
use crate::store::rows::{
    BatchRow, ClockSampleRow, EventRow, HeardMeter, QuarantineRow, ReceptionRow, TelegramRow, ToldReception,
};
use crate::store::{Facts, StoreError};

#[async_trait]
impl Facts for MemoryTransaction {
    async fn batch(&mut self, replica: ReplicaId, batch: BatchId) -> Result<Option<BatchRow>, StoreError> {
        Ok(self.tables.batches.get(&(replica, batch)).cloned())
    }

    async fn insert_batch(&mut self, batch: BatchRow) -> Result<(), StoreError> {
        self.put(|tables| &mut tables.batches, (batch.replica, batch.batch), batch);
        Ok(())
    }

    async fn latest_batches(&mut self) -> Result<Vec<(ReplicaId, Timestamp)>, StoreError> {
        let mut latest = BTreeMap::new();
        for batch in self.tables.batches.values() {
            let at = latest.entry(batch.replica).or_insert(batch.arrived_at);
            *at = batch.arrived_at.max(*at);
        }
        Ok(latest.into_iter().collect())
    }

    async fn insert_heard_meters(&mut self, meters: Vec<HeardMeter>) -> Result<(), StoreError> {
        for meter in meters {
            self.insert(|tables| &mut tables.heard_meters, (meter.meter.clone(), meter.link.clone()), meter);
        }
        Ok(())
    }

    async fn heard_meters(&mut self, ids: Vec<String>) -> Result<Vec<HeardMeter>, StoreError> {
        let wanted: BTreeSet<String> = ids.into_iter().collect();
        let is_wanted =
            |meter: &&HeardMeter| wanted.contains(&meter.meter_id) || wanted.contains(&meter.link_id);
        Ok(self.tables.heard_meters.values().filter(is_wanted).cloned().collect())
    }

    async fn all_heard_meters(&mut self) -> Result<Vec<HeardMeter>, StoreError> {
        Ok(self.tables.heard_meters.values().cloned().collect())
    }

    async fn insert_telegrams(&mut self, telegrams: Vec<TelegramRow>) -> Result<Vec<bool>, StoreError> {
        let mut is_new = Vec::with_capacity(telegrams.len());
        for row in telegrams {
            let (telegram, meter) = (row.telegram, row.meter.clone());
            let inserted = self.insert(|tables| &mut tables.telegrams, (meter.clone(), telegram), row);
            if inserted {
                self.put(|tables| &mut tables.meter_of, telegram, meter);
            }
            is_new.push(inserted);
        }
        Ok(is_new)
    }

    async fn meters_of(
        &mut self,
        telegrams: Vec<TelegramId>,
    ) -> Result<Vec<(TelegramId, String)>, StoreError> {
        let wanted: BTreeSet<TelegramId> = telegrams.into_iter().collect();
        Ok(wanted
            .into_iter()
            .filter_map(|telegram| self.tables.meter_of.get(&telegram).map(|meter| (telegram, meter.clone())))
            .collect())
    }

    async fn telegrams(&mut self, keys: Vec<(String, TelegramId)>) -> Result<Vec<TelegramRow>, StoreError> {
        let wanted: BTreeSet<_> = keys.into_iter().collect();
        Ok(wanted.iter().filter_map(|key| self.tables.telegrams.get(key)).cloned().collect())
    }

    async fn telegrams_of_meter(
        &mut self,
        meter: String,
        after: Option<TelegramId>,
        limit: u32,
    ) -> Result<Vec<TelegramRow>, StoreError> {
        Ok(self
            .tables
            .telegrams
            .range((meter.clone(), TelegramId([0; 32]))..)
            .take_while(|((of, _), _)| *of == meter)
            .filter(|((_, telegram), _)| after.is_none_or(|after| *telegram > after))
            .take(limit as usize)
            .map(|(_, row)| row.clone())
            .collect())
    }

    async fn all_telegrams(&mut self) -> Result<Vec<TelegramRow>, StoreError> {
        Ok(self.tables.telegrams.values().cloned().collect())
    }

    async fn insert_receptions(&mut self, receptions: Vec<ReceptionRow>) -> Result<Vec<bool>, StoreError> {
        Ok(receptions
            .into_iter()
            .map(|row| {
                let key = row.key();
                self.insert(|tables| &mut tables.receptions, key, row)
            })
            .collect())
    }

    async fn receptions(
        &mut self,
        keys: Vec<(String, ReceptionId)>,
    ) -> Result<Vec<ReceptionRow>, StoreError> {
        let wanted: BTreeSet<_> = keys.into_iter().collect();
        Ok(wanted.iter().filter_map(|key| self.tables.receptions.get(key)).cloned().collect())
    }

    async fn receptions_of(
        &mut self,
        telegrams: Vec<(String, TelegramId)>,
    ) -> Result<Vec<ReceptionRow>, StoreError> {
        let wanted: BTreeSet<TelegramId> = telegrams.into_iter().map(|(_, telegram)| telegram).collect();
        let is_wanted = |row: &&ReceptionRow| wanted.contains(&row.told.reception.telegram);
        Ok(self.tables.receptions.values().filter(is_wanted).cloned().collect())
    }

    async fn receptions_of_tour(&mut self, tour: TourId) -> Result<Vec<ReceptionRow>, StoreError> {
        let is_wanted = |row: &&ReceptionRow| row.told.reception.tour == tour;
        Ok(self.tables.receptions.values().filter(is_wanted).cloned().collect())
    }

    async fn all_receptions(&mut self) -> Result<Vec<ReceptionRow>, StoreError> {
        Ok(self.tables.receptions.values().cloned().collect())
    }

    async fn insert_waiting(&mut self, receptions: Vec<ToldReception>) -> Result<Vec<bool>, StoreError> {
        Ok(receptions
            .into_iter()
            .map(|told| self.insert(|tables| &mut tables.waiting, told.key(), told))
            .collect())
    }

    async fn waiting(&mut self, telegrams: Vec<TelegramId>) -> Result<Vec<ToldReception>, StoreError> {
        let wanted: BTreeSet<TelegramId> = telegrams.into_iter().collect();
        let waiting = self.tables.waiting.iter();
        Ok(waiting
            .filter(|((telegram, _), _)| wanted.contains(telegram))
            .map(|(_, told)| told.clone())
            .collect())
    }

    async fn delete_waiting(&mut self, keys: Vec<(TelegramId, ReceptionId)>) -> Result<(), StoreError> {
        let gone: BTreeSet<_> = keys.into_iter().collect();
        self.remove(|tables| &mut tables.waiting, |key, _| gone.contains(key));
        Ok(())
    }

    async fn all_waiting(&mut self) -> Result<Vec<ToldReception>, StoreError> {
        Ok(self.tables.waiting.values().cloned().collect())
    }

    async fn insert_events(&mut self, events: Vec<EventRow>) -> Result<Vec<bool>, StoreError> {
        Ok(events
            .into_iter()
            .map(|row| self.insert(|tables| &mut tables.events, row.event.id, row))
            .collect())
    }

    async fn events(&mut self, ids: Vec<EventId>) -> Result<Vec<EventRow>, StoreError> {
        let wanted: BTreeSet<EventId> = ids.into_iter().collect();
        Ok(wanted.iter().filter_map(|id| self.tables.events.get(id)).cloned().collect())
    }

    async fn events_of_tour(&mut self, tour: TourId) -> Result<Vec<EventRow>, StoreError> {
        Ok(self.tables.events.values().filter(|row| row.event.tour == tour).cloned().collect())
    }

    async fn all_events(&mut self) -> Result<Vec<EventRow>, StoreError> {
        Ok(self.tables.events.values().cloned().collect())
    }

    async fn insert_clock_samples(&mut self, samples: Vec<ClockSampleRow>) -> Result<(), StoreError> {
        for row in samples {
            let sample = row.sample;
            let key = (row.replica, sample.boot, sample.taken_at, sample.offset_ms, sample.round_trip_ms);
            self.insert(|tables| &mut tables.clock_samples, key, row);
        }
        Ok(())
    }

    async fn clock_samples(&mut self, replica: ReplicaId) -> Result<Vec<ClockSampleRow>, StoreError> {
        Ok(self.tables.clock_samples.values().filter(|row| row.replica == replica).copied().collect())
    }

    async fn insert_quarantine(&mut self, items: Vec<QuarantineRow>) -> Result<(), StoreError> {
        for row in items {
            let key = (row.replica, row.batch, row.position);
            self.insert(|tables| &mut tables.quarantine, key, row);
        }
        Ok(())
    }

    async fn quarantine(&mut self) -> Result<Vec<QuarantineRow>, StoreError> {
        Ok(self.tables.quarantine.values().cloned().collect())
    }
}
