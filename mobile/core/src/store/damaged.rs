//! How often the meters of a tour were heard damaged.

use std::collections::HashMap;

use rusqlite::{Connection, params};
use sync_protocol::{Timestamp, TourId, TourMeterId};

use super::StoreError;
use crate::meter::Damaged;

/// Counts one damaged reception of a line's meter.
pub(crate) fn count(
    tx: &Connection,
    tour: TourId,
    line: TourMeterId,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO damaged (tour_meter, tour, times, last_at) VALUES (?1, ?2, 1, ?3)
         ON CONFLICT (tour_meter) DO UPDATE SET times = times + 1, last_at = excluded.last_at",
    )?
    .execute(params![line.0, tour.0, at.as_millis()])?;
    Ok(())
}

/// Returns the counts of a tour.
pub(crate) fn of_tour(
    connection: &Connection,
    tour: TourId,
) -> Result<HashMap<TourMeterId, Damaged>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT tour_meter, times, last_at FROM damaged WHERE tour = ?1")?;
    let counts = statement.query_map([tour.0], |row| {
        let times = row.get::<_, i64>(1)?.unsigned_abs();
        Ok((TourMeterId(row.get(0)?), Damaged { times, last_at: Timestamp::from_millis(row.get(2)?) }))
    })?;
    Ok(counts.collect::<Result<_, _>>()?)
}
