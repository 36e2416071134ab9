//! When a telegram was heard, by the server's clock.
//!
//! What a handheld told is kept as it is; the correction is computed from it and from all clock
//! samples that have come, so that it is the same in whatever order they came.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{BootId, ClockSample, ReplicaId, TimeSource, Timestamp};

use super::Result;
use crate::store::Transaction;
use crate::store::rows::ToldReception;

/// How sure a time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TimeQuality {
    /// The receiver stamped the frame.
    Receiver,
    /// Corrected by a sample of the same start of the handheld.
    SameBoot,
    /// Corrected by the latest sample of another start.
    OtherBoot,
    /// The handheld's clock was never compared.
    Unverified,
    /// The time lay after its arrival: a clock is wrong. The time of arrival stands in for it.
    InFuture,
}

impl TimeQuality {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::SameBoot => "same_boot",
            Self::OtherBoot => "other_boot",
            Self::Unverified => "unverified",
            Self::InFuture => "in_future",
        }
    }
}

/// A time by the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CorrectedTime {
    pub(super) at: Timestamp,
    pub(super) quality: TimeQuality,
}

/// Clock samples of handhelds.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    samples: BTreeMap<ReplicaId, Vec<ClockSample>>,
}

impl Clocks {
    /// Loads the samples of handhelds.
    pub(super) async fn load(tx: &mut dyn Transaction, replicas: BTreeSet<ReplicaId>) -> Result<Self> {
        let mut samples = BTreeMap::new();
        for replica in replicas {
            let rows = tx.clock_samples(replica).await?;
            samples.insert(replica, rows.into_iter().map(|row| row.sample).collect());
        }
        Ok(Self { samples })
    }

    /// Corrects the time of a reception.
    pub(super) fn reception(&self, told: &ToldReception) -> CorrectedTime {
        let reception = &told.reception;
        match reception.time_source {
            TimeSource::Receiver => clamp(reception.received_at, told.arrived_at, TimeQuality::Receiver),
            TimeSource::Handheld => {
                self.correct(told.replica, reception.boot, reception.received_at, told.arrived_at)
            }
        }
    }

    /// Corrects a time of a handheld's own clock.
    pub(super) fn correct(
        &self,
        replica: ReplicaId,
        boot: BootId,
        at: Timestamp,
        arrived_at: Timestamp,
    ) -> CorrectedTime {
        let samples = self.samples.get(&replica).map_or(&[][..], Vec::as_slice);
        let distance = |sample: &&ClockSample| sample.taken_at.as_millis().abs_diff(at.as_millis());
        let same_boot = samples.iter().filter(|sample| sample.boot == boot);
        let nearest = same_boot.min_by_key(|sample| (distance(sample), sample.taken_at, sample.offset_ms));
        let latest = samples.iter().max_by_key(|sample| (sample.taken_at, sample.boot, sample.offset_ms));
        let (offset_ms, quality) = match (nearest, latest) {
            (Some(sample), _) => (sample.offset_ms, TimeQuality::SameBoot),
            (None, Some(sample)) => (sample.offset_ms, TimeQuality::OtherBoot),
            (None, None) => (0, TimeQuality::Unverified),
        };
        clamp(at.plus_millis(offset_ms), arrived_at, quality)
    }
}

fn clamp(at: Timestamp, arrived_at: Timestamp, quality: TimeQuality) -> CorrectedTime {
    if at > arrived_at {
        CorrectedTime { at: arrived_at, quality: TimeQuality::InFuture }
    } else {
        CorrectedTime { at, quality }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLICA: ReplicaId = ReplicaId(uuid::Uuid::from_u128(1));
    const BOOT: BootId = BootId(uuid::Uuid::from_u128(2));
    const OTHER_BOOT: BootId = BootId(uuid::Uuid::from_u128(3));
    const ARRIVAL: Timestamp = Timestamp::EPOCH;

    fn at(seconds: i64) -> Timestamp {
        ARRIVAL.plus_millis(seconds * 1_000)
    }

    fn sample(boot: BootId, taken: i64, offset: i64) -> ClockSample {
        ClockSample { boot, taken_at: at(taken), offset_ms: offset * 1_000, round_trip_ms: 10 }
    }

    fn corrected(samples: &[ClockSample], told: i64) -> (i64, TimeQuality) {
        let clocks = Clocks { samples: BTreeMap::from([(REPLICA, samples.to_vec())]) };
        let time = clocks.correct(REPLICA, BOOT, at(told), ARRIVAL);
        (time.at.as_millis() / 1_000, time.quality)
    }

    #[test]
    fn the_nearest_sample_of_the_same_boot_corrects() {
        let samples = [sample(BOOT, -100, 5), sample(BOOT, -1_000, 7), sample(OTHER_BOOT, -901, 9)];
        assert_eq!(corrected(&samples, -900), (-893, TimeQuality::SameBoot));
        assert_eq!(corrected(&samples, -200), (-195, TimeQuality::SameBoot));
    }

    #[test]
    fn without_one_the_latest_sample_corrects_and_without_any_nothing_does() {
        let samples = [sample(OTHER_BOOT, -100, 5), sample(OTHER_BOOT, -50, 6)];
        assert_eq!(corrected(&samples, -900), (-894, TimeQuality::OtherBoot));
        assert_eq!(corrected(&[], -900), (-900, TimeQuality::Unverified));
    }

    #[test]
    fn a_time_after_its_arrival_becomes_the_arrival() {
        assert_eq!(corrected(&[], 900), (0, TimeQuality::InFuture));
        assert_eq!(corrected(&[sample(BOOT, -10, 3_600)], -900), (0, TimeQuality::InFuture));
    }
}
