//! Tours and their lines, as the feed brings them.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_protocol::{Change, Cursor, MeterKey, Tour, TourId, TourMeter, TourMeterId};

use super::{Store, StoreError, meta};

/// A tour as this handheld holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTour {
    /// The tour.
    pub tour: Tour,
    /// Whether the office took it back: its keys are gone, its facts stay until they are safe.
    pub withdrawn: bool,
    /// Lines that have arrived; the tour is whole when they are as many as `tour.meters`.
    pub lines: u32,
    /// Lines that have a key.
    pub keys: u32,
}

impl StoredTour {
    /// Returns whether every line has arrived.
    pub fn is_whole(&self) -> bool {
        self.lines >= self.tour.meters
    }
}

impl Store {
    /// Applies changes and keeps the cursor that came with them, both or neither.
    ///
    /// # Errors
    /// When the database fails; then nothing of them was applied.
    pub fn apply_changes(&mut self, changes: &[Change], cursor: &Cursor) -> Result<(), StoreError> {
        let transaction = self.transaction()?;
        apply(&transaction, changes)?;
        meta::set_text(&transaction, meta::CURSOR, &cursor.0)?;
        transaction.commit()?;
        self.wipe_log()
    }

    /// Returns the tours, withdrawn ones last.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tours(&self) -> Result<Vec<StoredTour>, StoreError> {
        let mut statement = self.connection().prepare_cached(
            "SELECT t.id, t.name, t.meters, t.due_date, t.withdrawn, count(m.id), count(m.meter_key)
             FROM tours t LEFT JOIN tour_meters m ON m.tour = t.id
             GROUP BY t.id ORDER BY t.withdrawn, t.name, t.id",
        )?;
        let tours = statement.query_map([], stored_tour)?;
        Ok(tours.collect::<Result<_, _>>()?)
    }

    /// Returns one tour.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTour`], or when the database fails.
    pub fn tour(&self, id: TourId) -> Result<StoredTour, StoreError> {
        let mut statement = self.connection().prepare_cached(
            "SELECT t.id, t.name, t.meters, t.due_date, t.withdrawn, count(m.id), count(m.meter_key)
             FROM tours t LEFT JOIN tour_meters m ON m.tour = t.id WHERE t.id = ?1 GROUP BY t.id",
        )?;
        statement.query_row([id.0], stored_tour).optional()?.ok_or(StoreError::NoSuchTour)
    }

    /// Returns the lines of a tour in walking order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tour_meters(&self, tour: TourId) -> Result<Vec<TourMeter>, StoreError> {
        let mut statement = self.connection().prepare_cached(
            "SELECT id, tour, position, site, street, house, entrance, floor, flat, place, customer_ref,
                    account_ref, meter_number, radio_id, manufacturer, version, device_type, medium, meter_key,
                    due_date, previous_value, previous_date, low, high, factor, unit, digits, note, extra,
                    name, sends, link_modes
             FROM tour_meters WHERE tour = ?1 ORDER BY position, id",
        )?;
        let lines = statement.query_map([tour.0], tour_meter)?;
        Ok(lines.collect::<Result<_, _>>()?)
    }

    /// Returns the lines of the same meter in other tours.
    pub(crate) fn same_meter(&self, line: &TourMeter) -> Result<Vec<(TourId, TourMeterId)>, StoreError> {
        let mut statement = self.connection().prepare_cached(
            "SELECT tour, id FROM tour_meters WHERE meter_number = ?1 AND tour <> ?2 ORDER BY tour, id",
        )?;
        let lines = statement.query_map(params![line.meter_number, line.tour.0], |row| {
            Ok((TourId(row.get(0)?), TourMeterId(row.get(1)?)))
        })?;
        Ok(lines.collect::<Result<_, _>>()?)
    }

    /// Takes what was deleted out of the write-ahead log, too. Another process that reads meanwhile
    /// puts it off to the next time, which is no failure: the log is encrypted like the file.
    pub(crate) fn wipe_log(&mut self) -> Result<(), StoreError> {
        self.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }
}

/// Applies changes in order. Applying them twice is the same as applying them once.
pub(crate) fn apply(transaction: &Connection, changes: &[Change]) -> Result<(), StoreError> {
    for change in changes {
        match change {
            Change::Tour(tour) => put_tour(transaction, tour)?,
            Change::TourMeter(line) => put_line(transaction, line)?,
            Change::TourWithdrawn { tour } => withdraw(transaction, *tour)?,
        }
    }
    Ok(())
}

/// Applies the whole feed from its beginning: tours that it does not name are withdrawn, lines that
/// it does not name leave their tours.
pub(crate) fn replace_all(transaction: &Connection, changes: &[Change]) -> Result<(), StoreError> {
    let named: HashSet<TourMeterId> = changes
        .iter()
        .filter_map(|change| if let Change::TourMeter(line) = change { Some(line.id) } else { None })
        .collect();
    transaction.execute("UPDATE tours SET withdrawn = 1", [])?;
    apply(transaction, changes)?;
    let mut live = transaction
        .prepare("SELECT m.id FROM tour_meters m JOIN tours t ON t.id = m.tour WHERE NOT t.withdrawn")?;
    let live: Vec<TourMeterId> =
        live.query_map([], |row| row.get(0).map(TourMeterId))?.collect::<Result<_, _>>()?;
    for line in live.into_iter().filter(|line| !named.contains(line)) {
        transaction.prepare_cached("DELETE FROM tour_meters WHERE id = ?1")?.execute([line.0])?;
    }
    transaction.execute(
        "UPDATE tour_meters SET meter_key = NULL WHERE tour IN (SELECT id FROM tours WHERE withdrawn)",
        [],
    )?;
    Ok(())
}

fn put_tour(transaction: &Connection, tour: &Tour) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO tours (id, name, meters, due_date) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, meters = excluded.meters,
                 due_date = excluded.due_date, withdrawn = 0",
        )?
        .execute(params![tour.id.0, tour.name, tour.meters, tour.due_date])?;
    Ok(())
}

fn withdraw(transaction: &Connection, tour: TourId) -> Result<(), StoreError> {
    transaction.prepare_cached("UPDATE tours SET withdrawn = 1 WHERE id = ?1")?.execute([tour.0])?;
    wipe_keys(transaction, tour)
}

/// Takes the keys out of a tour's lines.
pub(crate) fn wipe_keys(transaction: &Connection, tour: TourId) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE tour_meters SET meter_key = NULL WHERE tour = ?1")?
        .execute([tour.0])?;
    Ok(())
}

fn put_line(transaction: &Connection, line: &TourMeter) -> Result<(), StoreError> {
    let extra = serde_json::to_string(&line.extra)
        .map_err(|_| StoreError::Damaged { table: "tour_meters", what: "extra" })?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO tour_meters (id, tour, position, site, street, house, entrance, floor,
                 flat, place, customer_ref, account_ref, meter_number, radio_id, manufacturer, version,
                 device_type, medium, meter_key, due_date, previous_value, previous_date, low, high, factor,
                 unit, digits, note, extra, name, sends, link_modes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                 ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32)",
        )?
        .execute(params![
            line.id.0,
            line.tour.0,
            line.position,
            line.site,
            line.street,
            line.house,
            line.entrance,
            line.floor,
            line.flat,
            line.place,
            line.customer_ref,
            line.account_ref,
            line.meter_number,
            line.radio_id,
            line.manufacturer,
            line.version,
            line.device_type,
            line.medium,
            line.key.as_ref().map(|key| key.expose().as_slice()),
            line.due_date,
            line.previous_value,
            line.previous_date,
            line.low,
            line.high,
            line.factor,
            line.unit,
            line.digits,
            line.note,
            extra,
            line.name,
            line.sends,
            line.link_modes
        ])?;
    Ok(())
}

fn stored_tour(row: &Row<'_>) -> rusqlite::Result<StoredTour> {
    Ok(StoredTour {
        tour: Tour { id: TourId(row.get(0)?), name: row.get(1)?, meters: row.get(2)?, due_date: row.get(3)? },
        withdrawn: row.get(4)?,
        lines: row.get(5)?,
        keys: row.get(6)?,
    })
}

fn tour_meter(row: &Row<'_>) -> rusqlite::Result<TourMeter> {
    let extra: String = row.get(28)?;
    let extra: BTreeMap<String, String> = serde_json::from_str(&extra).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(28, rusqlite::types::Type::Text, Box::new(error))
    })?;
    Ok(TourMeter {
        id: TourMeterId(row.get(0)?),
        tour: TourId(row.get(1)?),
        position: row.get(2)?,
        site: row.get(3)?,
        street: row.get(4)?,
        house: row.get(5)?,
        entrance: row.get(6)?,
        floor: row.get(7)?,
        flat: row.get(8)?,
        place: row.get(9)?,
        customer_ref: row.get(10)?,
        account_ref: row.get(11)?,
        meter_number: row.get(12)?,
        radio_id: row.get(13)?,
        manufacturer: row.get(14)?,
        version: row.get(15)?,
        device_type: row.get(16)?,
        medium: row.get(17)?,
        key: row.get::<_, Option<[u8; 16]>>(18)?.map(MeterKey::new),
        due_date: row.get(19)?,
        previous_value: row.get(20)?,
        previous_date: row.get(21)?,
        low: row.get(22)?,
        high: row.get(23)?,
        factor: row.get(24)?,
        unit: row.get(25)?,
        digits: row.get(26)?,
        note: row.get(27)?,
        extra,
        name: row.get(29)?,
        sends: row.get(30)?,
        link_modes: row.get(31)?,
    })
}
