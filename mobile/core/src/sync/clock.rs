//! Comparing the handheld's clock with the server's.
//!
//! The handheld corrects nothing: it sends its samples with its next batch, and the server places
//! each reception by the nearest sample of the same boot.

use rusqlite::{Connection, params};
use sync_protocol::{BatchId, BootId, ClockSample, Timestamp};
use uuid::Uuid;

use crate::clock::Now;
use crate::store::StoreError;

/// A wall clock that moved this much against the monotonic one was set during the exchange.
const STEP_MS: u64 = 1_000;
/// Samples that wait for a batch; older ones go.
const KEPT: u32 = 100;

/// Compares clocks across one exchange: server time minus the middle of sending and receiving.
///
/// Returns nothing when the handheld's clock was set in between, or the handheld was started again.
pub fn sample(sent: Now, server_time: Timestamp, received: Now) -> Option<ClockSample> {
    if sent.boot != received.boot {
        return None;
    }
    let round_trip_ms = received.monotonic_ms.checked_sub(sent.monotonic_ms)?;
    let (from, to) = (sent.wall.as_millis(), received.wall.as_millis());
    let passed = u64::try_from(to.checked_sub(from)?).ok()?;
    if passed.abs_diff(round_trip_ms) > STEP_MS {
        return None;
    }
    let offset_ms = server_time.as_millis().checked_sub(from)?.checked_sub((to - from) / 2)?;
    Some(ClockSample { boot: received.boot, taken_at: received.wall, offset_ms, round_trip_ms })
}

/// Keeps a sample for the next batch.
pub(super) fn keep(tx: &Connection, sample: &ClockSample) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO clock_sample (boot, taken_at, offset_ms, round_trip_ms) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        sample.boot.0,
        sample.taken_at.as_millis(),
        sample.offset_ms,
        i64::try_from(sample.round_trip_ms).unwrap_or(i64::MAX)
    ])?;
    tx.prepare_cached(
        "DELETE FROM clock_sample WHERE batch IS NULL AND id NOT IN
             (SELECT id FROM clock_sample WHERE batch IS NULL ORDER BY id DESC LIMIT ?1)",
    )?
    .execute([KEPT])?;
    Ok(())
}

/// Returns the samples that travel with the next batch.
pub(super) fn waiting(tx: &Connection) -> Result<Vec<ClockSample>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT boot, taken_at, offset_ms, round_trip_ms FROM clock_sample WHERE batch IS NULL ORDER BY id",
    )?;
    let samples = statement.query_map([], |row| {
        Ok(ClockSample {
            boot: BootId(row.get::<_, Uuid>(0)?),
            taken_at: Timestamp::from_millis(row.get(1)?),
            offset_ms: row.get(2)?,
            round_trip_ms: row.get::<_, i64>(3)?.unsigned_abs(),
        })
    })?;
    Ok(samples.collect::<Result<_, _>>()?)
}

/// Notes that the waiting samples are in that batch.
pub(super) fn assign(tx: &Connection, batch: BatchId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE clock_sample SET batch = ?1 WHERE batch IS NULL")?.execute([batch.0])?;
    Ok(())
}

/// Forgets the samples that the server now has.
pub(super) fn forget(tx: &Connection, batch: BatchId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM clock_sample WHERE batch = ?1")?.execute([batch.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(wall_ms: i64, monotonic_ms: u64) -> Now {
        Now { wall: Timestamp::from_millis(wall_ms), boot: BootId(Uuid::from_u128(1)), monotonic_ms }
    }

    #[test]
    fn the_offset_is_taken_from_the_middle_of_the_round_trip() {
        let sample = sample(moment(1_000, 50), Timestamp::from_millis(61_100), moment(1_200, 250)).unwrap();
        assert_eq!((sample.offset_ms, sample.round_trip_ms), (60_000, 200));
        assert_eq!(sample.taken_at, Timestamp::from_millis(1_200));
    }

    #[test]
    fn a_clock_of_2099_gives_a_negative_offset() {
        let future = Timestamp::parse("2099-01-01T00:00:00Z").unwrap().as_millis();
        let server = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
        let sample = sample(moment(future, 0), server, moment(future, 0)).unwrap();
        assert_eq!(sample.offset_ms, server.as_millis() - future);
    }

    #[test]
    fn no_sample_is_taken_when_the_clock_was_set_in_between() {
        let server = Timestamp::from_millis(5_000);
        assert_eq!(sample(moment(1_000, 50), server, moment(9_000, 250)), None);
        assert_eq!(sample(moment(9_000, 50), server, moment(1_000, 250)), None);
        let rebooted = Now { boot: BootId(Uuid::from_u128(2)), ..moment(1_200, 250) };
        assert_eq!(sample(moment(1_000, 50), server, rebooted), None);
    }
}
