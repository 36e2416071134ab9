//! Which lines a batch has to do with.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{ReplicaId, Timestamp, TourId, TourMeterId};

use super::super::Result;
use crate::store::{TourContact, Transaction};

/// What a batch brought facts of.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Meters that were heard, with the tour that was walked.
    pub(crate) meters: BTreeSet<(TourId, String)>,
    /// Lines at which a person did something.
    pub(crate) lines: BTreeSet<(TourId, TourMeterId)>,
}

impl Touched {
    /// Returns whether there is anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.meters.is_empty() && self.lines.is_empty()
    }

    /// Returns the tours.
    pub(crate) fn tours(&self) -> BTreeSet<TourId> {
        let of_meters = self.meters.iter().map(|(tour, _)| *tour);
        of_meters.chain(self.lines.iter().map(|(tour, _)| *tour)).collect()
    }

    /// Notes that the lines are to be derived again, and that the tours had news from a handheld.
    pub(crate) async fn mark(
        &self,
        tx: &mut dyn Transaction,
        replica: ReplicaId,
        at: Timestamp,
    ) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let mut lines: BTreeSet<TourMeterId> = self.lines.iter().map(|(_, line)| *line).collect();
        lines.extend(self.lines_of_meters(tx).await?);
        tx.mark_stale(lines.into_iter().collect()).await?;
        for tour in self.tours() {
            tx.touch_tour(tour, at).await?;
            note_contact(tx, tour, replica, |contact| TourContact { pushed_at: Some(at), ..contact }).await?;
        }
        Ok(())
    }

    /// Finds the lines that may mean the meters. A line may name a meter or the radio on it.
    async fn lines_of_meters(&self, tx: &mut dyn Transaction) -> Result<Vec<TourMeterId>> {
        let mut tours: BTreeMap<&str, BTreeSet<TourId>> = BTreeMap::new();
        for (tour, meter) in &self.meters {
            tours.entry(meter).or_default().insert(*tour);
        }
        let numbers: BTreeSet<String> = tours.keys().filter_map(|meter| number(meter)).collect();
        let mut named: BTreeMap<String, BTreeSet<TourId>> = BTreeMap::new();
        for heard in tx.heard_meters(numbers.into_iter().collect()).await? {
            if let Some(tours) = tours.get(heard.meter.as_str()) {
                named.entry(heard.meter_id).or_default().extend(tours);
                named.entry(heard.link_id).or_default().extend(tours);
            }
        }
        let lines = tx.tour_meters_of_radio_ids(named.keys().cloned().collect()).await?;
        let is_meant =
            |tour: TourId, radio_id: &str| named.get(radio_id).is_some_and(|on| on.contains(&tour));
        Ok(lines
            .into_iter()
            .map(|row| row.meter)
            .filter(|line| line.radio_id.as_ref().is_some_and(|radio_id| is_meant(line.tour, radio_id)))
            .map(|line| line.id)
            .collect())
    }
}

/// Returns the identification number in an address such as `KAM-76349987-1B-16`.
pub(super) fn number(meter: &str) -> Option<String> {
    Some(meter.parse::<wmbus::MeterAddress>().ok()?.identification_number.to_string())
}

/// Changes when a handheld had to do with a tour.
pub(crate) async fn note_contact(
    tx: &mut dyn Transaction,
    tour: TourId,
    replica: ReplicaId,
    change: impl FnOnce(TourContact) -> TourContact + Send,
) -> Result<()> {
    let contacts = tx.tour_contacts(Some(tour)).await?;
    let known = contacts.into_iter().find(|contact| contact.replica == replica);
    let contact = known.unwrap_or(TourContact { tour, replica, pulled_at: None, pushed_at: None });
    Ok(tx.put_tour_contacts(vec![change(contact)]).await?)
}
