//! What was made of the facts.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use sync_protocol::{TelegramId, TourId};

use super::MemoryTransaction;
use crate::store::rows::{Derivation, FormatRow, HeardCount, OpenedMeter, PlacedReading, TelegramRow};
use crate::store::{Derived, StoreError};

impl MemoryTransaction {
    /// Returns which telegrams were heard on a tour.
    fn telegrams_of_tour(&self, tour: TourId) -> BTreeSet<(String, TelegramId)> {
        self.tables
            .receptions
            .values()
            .filter(|row| row.told.reception.tour == tour)
            .map(|row| (row.meter.clone(), row.told.reception.telegram))
            .collect()
    }
}

/// Returns the readings of a derivation, each with its place.
fn placed(derivation: &Derivation) -> impl Iterator<Item = PlacedReading> + '_ {
    derivation.readings.iter().map(|reading| PlacedReading {
        meter: derivation.meter.clone(),
        telegram: derivation.telegram,
        reading: reading.clone(),
    })
}

#[async_trait]
impl Derived for MemoryTransaction {
    async fn pending_telegrams(&mut self, limit: u32) -> Result<Vec<TelegramRow>, StoreError> {
        let telegrams = self.tables.telegrams.iter();
        Ok(telegrams
            .filter(|(key, _)| !self.tables.derivations.contains_key(key))
            .take(limit as usize)
            .map(|(_, row)| row.clone())
            .collect())
    }

    async fn outdated_telegrams(
        &mut self,
        decoder_version: u32,
        limit: u32,
    ) -> Result<Vec<TelegramRow>, StoreError> {
        Ok(self
            .tables
            .derivations
            .iter()
            .filter(|(_, derivation)| derivation.decoder_version < decoder_version)
            .filter_map(|(key, _)| self.tables.telegrams.get(key))
            .take(limit as usize)
            .cloned()
            .collect())
    }

    async fn put_derivations(&mut self, derivations: Vec<Derivation>) -> Result<(), StoreError> {
        for derivation in derivations {
            let key = (derivation.meter.clone(), derivation.telegram);
            self.put(|tables| &mut tables.derivations, key, derivation);
        }
        Ok(())
    }

    async fn derivations_of_tour(&mut self, tour: TourId) -> Result<Vec<Derivation>, StoreError> {
        let telegrams = self.telegrams_of_tour(tour);
        let derivations = telegrams.iter().filter_map(|key| self.tables.derivations.get(key));
        Ok(derivations.map(|derivation| Derivation { readings: Vec::new(), ..derivation.clone() }).collect())
    }

    async fn put_opened_meters(&mut self, meters: Vec<OpenedMeter>) -> Result<(), StoreError> {
        for row in meters {
            self.put(|tables| &mut tables.opened_meters, row.meter.clone(), row);
        }
        Ok(())
    }

    async fn opened_meters(&mut self, meters: Vec<String>) -> Result<Vec<OpenedMeter>, StoreError> {
        let wanted: BTreeSet<String> = meters.into_iter().collect();
        Ok(wanted.iter().filter_map(|meter| self.tables.opened_meters.get(meter)).cloned().collect())
    }

    async fn all_opened_meters(&mut self) -> Result<Vec<OpenedMeter>, StoreError> {
        Ok(self.tables.opened_meters.values().cloned().collect())
    }

    async fn put_formats(&mut self, formats: Vec<FormatRow>) -> Result<(), StoreError> {
        for row in formats {
            self.put(|tables| &mut tables.formats, row, ());
        }
        Ok(())
    }

    async fn formats(&mut self) -> Result<Vec<FormatRow>, StoreError> {
        Ok(self.tables.formats.keys().cloned().collect())
    }

    async fn telegrams_without_format(
        &mut self,
        after: Option<(String, TelegramId)>,
        limit: u32,
    ) -> Result<Vec<TelegramRow>, StoreError> {
        Ok(self
            .tables
            .derivations
            .iter()
            .filter(|(key, derivation)| {
                derivation.status == "compact" && after.as_ref().is_none_or(|after| *key > after)
            })
            .filter_map(|(key, _)| self.tables.telegrams.get(key))
            .take(limit as usize)
            .cloned()
            .collect())
    }

    async fn sealed_telegrams(&mut self) -> Result<Vec<HeardCount>, StoreError> {
        let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for derivation in self.tables.derivations.values() {
            if matches!(derivation.status.as_str(), "no_key" | "wrong_key" | "mac_failed") {
                *counts.entry((&derivation.meter, &derivation.status)).or_default() += 1;
            }
        }
        let count = |((meter, status), telegrams): ((&str, &str), u64)| HeardCount {
            meter: meter.to_owned(),
            status: Some(status.to_owned()),
            telegrams,
        };
        Ok(counts.into_iter().map(count).collect())
    }

    async fn heard_on_tour(&mut self, tour: TourId) -> Result<Vec<HeardCount>, StoreError> {
        let mut counts: BTreeMap<(String, Option<String>), u64> = BTreeMap::new();
        for key in self.telegrams_of_tour(tour) {
            let status = self.tables.derivations.get(&key).map(|derivation| derivation.status.clone());
            *counts.entry((key.0, status)).or_default() += 1;
        }
        Ok(counts
            .into_iter()
            .map(|((meter, status), telegrams)| HeardCount { meter, status, telegrams })
            .collect())
    }

    async fn readings_of_tour(&mut self, tour: TourId) -> Result<Vec<PlacedReading>, StoreError> {
        let telegrams = self.telegrams_of_tour(tour);
        Ok(telegrams.iter().filter_map(|key| self.tables.derivations.get(key)).flat_map(placed).collect())
    }

    async fn readings(
        &mut self,
        tour: Option<TourId>,
        meter: Option<String>,
        after: Option<(String, TelegramId, u32)>,
        limit: u32,
    ) -> Result<Vec<PlacedReading>, StoreError> {
        let on_tour = tour.map(|tour| self.telegrams_of_tour(tour));
        Ok(self
            .tables
            .derivations
            .iter()
            .filter(|(key, _)| on_tour.as_ref().is_none_or(|telegrams| telegrams.contains(key)))
            .filter(|((of, _), _)| meter.as_ref().is_none_or(|meter| of == meter))
            .flat_map(|(_, derivation)| placed(derivation))
            .filter(|placed| {
                let place = (&placed.meter, placed.telegram, placed.reading.record);
                after.as_ref().is_none_or(|(meter, telegram, record)| place > (meter, *telegram, *record))
            })
            .take(limit as usize)
            .collect())
    }

    async fn all_derivations(&mut self) -> Result<Vec<Derivation>, StoreError> {
        Ok(self.tables.derivations.values().cloned().collect())
    }
}
