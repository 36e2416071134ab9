//! How far tours are.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{ReplicaId, TourId, TourMeter};

use super::super::tours::known_tour;
use super::super::{LineState, Result, Service, TourSummary};
use super::list::handheld_names;
use super::model::{HouseProgress, Progress, Standing, TourHandheld, TourOverview};
use super::row::standings_by_line;
use crate::store::rows::{Assignment, TourRow};
use crate::store::{StandingCount, TourContact, Transaction};

impl Service {
    /// Returns every tour, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tours(&self) -> Result<Vec<TourSummary>> {
        let mut tx = self.begin_read().await?;
        let mut rows = tx.tours().await?;
        rows.sort_by_key(|row| std::cmp::Reverse((row.created_at, row.change)));
        let all = Summaries::load(&mut *tx, None).await?;
        Ok(rows.into_iter().map(|row| all.summary(row)).collect())
    }

    /// Returns a tour and how far each of its houses is.
    ///
    /// # Errors
    /// `NotFound` when there is no such tour.
    pub async fn tour_overview(&self, tour: TourId) -> Result<TourOverview> {
        let mut tx = self.begin_read().await?;
        let row = known_tour(&mut *tx, tour).await?;
        let summary = Summaries::load(&mut *tx, Some(tour)).await?.summary(row);
        let standings = standings_by_line(&mut *tx, tour).await?;
        let lines = tx.tour_meters(tour).await?;
        let lines = lines.iter().map(|row| (&row.meter, standings.get(&row.meter.id)));
        Ok(TourOverview { summary, houses: houses(lines) })
    }

    /// Returns a tour; none when there is no such tour.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn tour_summary(&self, tour: TourId) -> Result<Option<TourSummary>> {
        let mut tx = self.begin_read().await?;
        let Some(row) = tx.tour(tour).await? else { return Ok(None) };
        Ok(Some(Summaries::load(&mut *tx, Some(tour)).await?.summary(row)))
    }
}

/// What summaries of tours follow from.
pub(in super::super) struct Summaries {
    counts: BTreeMap<TourId, Vec<StandingCount>>,
    missing_keys: BTreeMap<TourId, u64>,
    assignments: BTreeMap<TourId, Vec<Assignment>>,
    contacts: BTreeMap<TourId, Vec<TourContact>>,
    names: BTreeMap<ReplicaId, String>,
}

impl Summaries {
    /// Loads it for one tour, or for all.
    pub(in super::super) async fn load(tx: &mut dyn Transaction, tour: Option<TourId>) -> Result<Self> {
        let assignments = match tour {
            Some(tour) => tx.assignments(tour).await?,
            None => tx.all_assignments().await?,
        };
        Ok(Self {
            counts: by_tour(tx.standing_counts(tour).await?, |count| count.tour),
            missing_keys: tx.missing_keys(tour).await?.into_iter().collect(),
            assignments: by_tour(assignments, |assignment| assignment.tour),
            contacts: by_tour(tx.tour_contacts(tour).await?, |contact| contact.tour),
            names: handheld_names(tx).await?,
        })
    }

    /// Returns the assignments of a tour, withdrawn ones too.
    pub(in super::super) fn assignments(&self, tour: TourId) -> &[Assignment] {
        self.assignments.get(&tour).map_or(&[], Vec::as_slice)
    }

    /// Returns how far a tour is.
    pub(in super::super) fn progress(&self, tour: &TourRow) -> Progress {
        let mut progress = Progress { meters: tour.meters, ..Progress::default() };
        let mut known = 0_u32;
        for count in self.counts.get(&tour.id).into_iter().flatten() {
            let lines = u32::try_from(count.lines).unwrap_or(u32::MAX);
            progress.add(LineState::parse(&count.state).unwrap_or_default(), lines);
            known = known.saturating_add(lines);
        }
        progress.add(LineState::Open, tour.meters.saturating_sub(known));
        progress
    }

    /// Describes a tour.
    pub(in super::super) fn summary(&self, tour: TourRow) -> TourSummary {
        let progress = self.progress(&tour);
        let alarms = self.counts.get(&tour.id).into_iter().flatten().map(|count| count.alarms).sum::<u64>();
        let handhelds = self.handhelds(tour.id);
        let done = progress.read + progress.manual;
        TourSummary {
            replicas: handhelds
                .iter()
                .filter(|handheld| handheld.assigned)
                .map(|handheld| handheld.replica)
                .collect(),
            meters: tour.meters,
            done,
            missing: tour.meters.saturating_sub(done),
            missing_keys: count(self.missing_keys.get(&tour.id).copied().unwrap_or(0)),
            alarms: count(alarms),
            progress,
            handhelds,
            id: tour.id,
            name: tour.name,
            due_date: tour.due_date,
            created_at: tour.created_at,
            released_at: tour.released_at,
            changed_at: tour.changed_at,
        }
    }

    /// Returns every handheld that has the tour, and every other that pushed facts of it.
    fn handhelds(&self, tour: TourId) -> Vec<TourHandheld> {
        let assigned: BTreeSet<ReplicaId> = self
            .assignments
            .get(&tour)
            .into_iter()
            .flatten()
            .filter(|assignment| assignment.withdrawn_at.is_none())
            .map(|assignment| assignment.replica)
            .collect();
        let contacts: BTreeMap<ReplicaId, &TourContact> = self
            .contacts
            .get(&tour)
            .into_iter()
            .flatten()
            .map(|contact| (contact.replica, contact))
            .collect();
        let pushed = contacts.values().filter(|contact| contact.pushed_at.is_some());
        let replicas: BTreeSet<ReplicaId> =
            assigned.iter().copied().chain(pushed.map(|contact| contact.replica)).collect();
        replicas
            .into_iter()
            .map(|replica| {
                let contact = contacts.get(&replica);
                TourHandheld {
                    replica,
                    name: super::row::name(&self.names, replica),
                    assigned: assigned.contains(&replica),
                    pulled_at: contact.and_then(|contact| contact.pulled_at),
                    pushed_at: contact.and_then(|contact| contact.pushed_at),
                }
            })
            .collect()
    }
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn by_tour<T>(rows: Vec<T>, tour: fn(&T) -> TourId) -> BTreeMap<TourId, Vec<T>> {
    let mut by_tour: BTreeMap<TourId, Vec<T>> = BTreeMap::new();
    for row in rows {
        by_tour.entry(tour(&row)).or_default().push(row);
    }
    by_tour
}

/// Counts houses in walking order; a house to which the walk comes back is counted where it came first.
fn houses<'a>(lines: impl Iterator<Item = (&'a TourMeter, Option<&'a Standing>)>) -> Vec<HouseProgress> {
    let mut houses: Vec<HouseProgress> = Vec::new();
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (line, standing) in lines {
        let place = *places.entry((&line.street, &line.house)).or_insert_with(|| {
            houses.push(HouseProgress {
                street: line.street.clone(),
                house: line.house.clone(),
                meters: 0,
                done: 0,
            });
            houses.len() - 1
        });
        if let Some(house) = houses.get_mut(place) {
            let is_done = standing.is_some_and(|standing| !standing.state.is_missing());
            house.meters += 1;
            house.done += u32::from(is_done);
        }
    }
    houses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn houses_stand_in_walking_order_and_count_what_is_done() {
        let line =
            |house: &str| TourMeter { street: "Ring".into(), house: house.into(), ..TourMeter::default() };
        let (four, two) = (line("4"), line("2"));
        let in_state = |state| Standing { state, ..Standing::default() };
        let (read, skipped) = (in_state(LineState::Read), in_state(LineState::Skipped));
        let implausible = in_state(LineState::Implausible);
        let lines = [(&four, Some(&read)), (&two, None), (&four, Some(&skipped)), (&two, Some(&implausible))];
        let counted: Vec<_> = houses(lines.into_iter())
            .into_iter()
            .map(|house| (house.house, house.meters, house.done))
            .collect();
        assert_eq!(counted, [("4".to_owned(), 2, 2), ("2".to_owned(), 2, 0)]);
    }
}
