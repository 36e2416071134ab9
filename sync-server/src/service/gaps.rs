//! What a handheld took in and the server never got: holes in the sequence of its facts.
//!
//! A handheld counts its receptions and events within each life (epoch) of its database. Nothing should
//! ever be missing; where a handheld and the server were both restored from backups, something can be,
//! and this says so.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sync_protocol::{ReplicaEpoch, ReplicaId};

use super::{Result, Service, ServiceError};
use crate::store::ToldSequence;

/// What is missing of a handheld's facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapReport {
    /// The handheld.
    pub replica: ReplicaId,
    /// Items of it that are kept aside: what they tell counts as missing.
    pub quarantined: u32,
    /// The lives of its database, in the order in which they were first heard of.
    pub epochs: Vec<EpochReport>,
}

/// What is missing of one life of a handheld's database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EpochReport {
    /// The life.
    pub epoch: ReplicaEpoch,
    /// The lowest sequence that was told.
    pub first: u64,
    /// The highest sequence that was told.
    pub last: u64,
    /// Facts that were told.
    pub facts: u64,
    /// What lies between and was not told.
    pub missing: Vec<MissingFacts>,
    /// Whether a later life began: what this one took in after `last` may be lost.
    pub is_tail_unknown: bool,
}

/// Facts that were not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MissingFacts {
    /// The first sequence.
    pub from: u64,
    /// The last sequence.
    pub to: u64,
}

impl Service {
    /// Reports what is missing of a handheld's facts. Reads all of them: a question for a quiet hour.
    ///
    /// # Errors
    /// `NotFound` when there is no such handheld.
    pub async fn gaps(&self, replica: ReplicaId) -> Result<GapReport> {
        let mut tx = self.begin_read().await?;
        tx.handheld(replica).await?.ok_or(ServiceError::NotFound("handheld"))?;
        let quarantined = tx.quarantine().await?.iter().filter(|row| row.replica == replica).count();
        let epochs = epochs(tx.told_sequences(replica).await?);
        Ok(GapReport { replica, quarantined: u32::try_from(quarantined).unwrap_or(u32::MAX), epochs })
    }
}

/// Finds the holes of each life.
fn epochs(told: Vec<ToldSequence>) -> Vec<EpochReport> {
    let mut lives: BTreeMap<ReplicaEpoch, (u64, BTreeSet<u64>)> = BTreeMap::new();
    for fact in told {
        let (commit, sequences) = lives.entry(fact.epoch).or_insert((fact.commit, BTreeSet::new()));
        *commit = fact.commit.min(*commit);
        sequences.insert(fact.sequence);
    }
    let mut lives: Vec<_> = lives.into_iter().collect();
    lives.sort_by_key(|(epoch, (commit, _))| (*commit, *epoch));
    let latest = lives.last().map(|(epoch, _)| *epoch);
    lives
        .into_iter()
        .filter_map(|(epoch, (_, sequences))| {
            Some(EpochReport {
                epoch,
                first: *sequences.first()?,
                last: *sequences.last()?,
                facts: sequences.len() as u64,
                missing: missing(&sequences),
                is_tail_unknown: Some(epoch) != latest,
            })
        })
        .collect()
}

fn missing(sequences: &BTreeSet<u64>) -> Vec<MissingFacts> {
    let pairs = sequences.iter().zip(sequences.iter().skip(1));
    pairs
        .filter(|(before, after)| **after - **before > 1)
        .map(|(before, after)| MissingFacts { from: before + 1, to: after - 1 })
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn told(epoch: u128, commit: u64, sequences: &[u64]) -> Vec<ToldSequence> {
        let epoch = ReplicaEpoch(Uuid::from_u128(epoch));
        sequences.iter().map(|sequence| ToldSequence { epoch, sequence: *sequence, commit }).collect()
    }

    #[test]
    fn holes_within_a_life_are_told_and_its_tail_is_unknown_once_another_began() {
        let facts = [told(9, 5, &[1, 2, 3, 7]), told(1, 8, &[4, 5]), told(9, 6, &[5, 12])].concat();
        let report: Vec<_> = epochs(facts)
            .into_iter()
            .map(|life| {
                let holes: Vec<_> = life.missing.iter().map(|hole| (hole.from, hole.to)).collect();
                (life.first, life.last, life.facts, holes, life.is_tail_unknown)
            })
            .collect();
        assert_eq!(report, [(1, 12, 6, vec![(4, 4), (6, 6), (8, 11)], true), (4, 5, 2, Vec::new(), false)]);
    }

    #[test]
    fn the_ends_of_what_can_be_counted_are_no_trouble() {
        let report = epochs(told(1, 1, &[0, u64::MAX]));
        assert_eq!(report[0].missing, [MissingFacts { from: 1, to: u64::MAX - 1 }]);
        assert_eq!(epochs(Vec::new()), []);
    }
}
