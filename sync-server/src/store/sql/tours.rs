//! Tours, who has them, and the feed of their changes.

use async_trait::async_trait;
use sync_protocol::{ReplicaId, TourId, TourMeter, TourMeterId};

use super::{Driver, Insert, Kind, Lookup, OnConflict, Result, Row, SqlTransaction, Value};
use crate::store::rows::{Assignment, FeedEntry, TourMeterRow, TourRow};
use crate::store::{StoreError, Tours};

static TOURS: Insert = Insert {
    table: "tours",
    columns: &[
        ("tour", Kind::Uuid),
        ("name", Kind::Text),
        ("due_date", Kind::Text),
        ("meters", Kind::Integer),
        ("created_at", Kind::Integer),
        ("released_at", Kind::Integer),
        ("change_no", Kind::Integer),
        ("changed_at", Kind::Integer),
    ],
    key: 1,
    on_conflict: OnConflict::Replace,
};

static TOUR_METERS: Insert = Insert {
    table: "tour_meters",
    columns: &[
        ("tour_meter", Kind::Uuid),
        ("tour", Kind::Uuid),
        ("position", Kind::Integer),
        ("site", Kind::Text),
        ("street", Kind::Text),
        ("house", Kind::Text),
        ("entrance", Kind::Text),
        ("floor", Kind::Text),
        ("flat", Kind::Text),
        ("place", Kind::Text),
        ("customer_ref", Kind::Text),
        ("account_ref", Kind::Text),
        ("meter_number", Kind::Text),
        ("radio_id", Kind::Text),
        ("manufacturer", Kind::Text),
        ("version", Kind::Integer),
        ("device_type", Kind::Integer),
        ("medium", Kind::Text),
        ("due_date", Kind::Text),
        ("previous_value", Kind::Text),
        ("previous_date", Kind::Text),
        ("low", Kind::Text),
        ("high", Kind::Text),
        ("factor", Kind::Text),
        ("unit", Kind::Text),
        ("digits", Kind::Integer),
        ("note", Kind::Text),
        ("extra", Kind::Text),
        ("change_no", Kind::Integer),
        ("name", Kind::Text),
        ("sends", Kind::Text),
        ("link_modes", Kind::Text),
    ],
    key: 1,
    on_conflict: OnConflict::Replace,
};

macro_rules! tour_meter_select {
    ($tail:literal) => {
        concat!(
            "SELECT tour_meter, tour, position, site, street, house, entrance, floor, flat, place, ",
            "customer_ref, account_ref, meter_number, radio_id, manufacturer, version, device_type, ",
            "medium, due_date, previous_value, previous_date, low, high, factor, unit, digits, note, ",
            "extra, change_no, name, sends, link_modes FROM tour_meters",
            $tail
        )
    };
}

static BY_ID: Lookup = Lookup { select: tour_meter_select!(""), keys: &[("tour_meter", Kind::Uuid)] };

static BY_RADIO_ID: Lookup = Lookup { select: tour_meter_select!(""), keys: &[("radio_id", Kind::Text)] };

static ASSIGNMENTS: Insert = Insert {
    table: "tour_assignments",
    columns: &[
        ("tour", Kind::Uuid),
        ("replica", Kind::Uuid),
        ("assigned_at", Kind::Integer),
        ("withdrawn_at", Kind::Integer),
    ],
    key: 2,
    on_conflict: OnConflict::Replace,
};

static FEED: Insert = Insert {
    table: "feed",
    columns: &[
        ("replica", Kind::Uuid),
        ("thing", Kind::Uuid),
        ("tour", Kind::Uuid),
        ("tour_meter", Kind::Uuid),
        ("change_no", Kind::Integer),
    ],
    key: 2,
    on_conflict: OnConflict::Replace,
};

fn tour(mut row: Row) -> Result<TourRow> {
    Ok(TourRow {
        id: TourId(row.uuid()?),
        name: row.text()?,
        due_date: row.optional_text()?,
        meters: row.number()?,
        created_at: row.timestamp()?,
        released_at: row.optional_timestamp()?,
        change: row.number()?,
        changed_at: row.timestamp()?,
    })
}

fn tour_meter(mut row: Row) -> Result<TourMeterRow> {
    let mut meter = TourMeter {
        id: TourMeterId(row.uuid()?),
        tour: TourId(row.uuid()?),
        position: row.number()?,
        site: row.text()?,
        street: row.text()?,
        house: row.text()?,
        entrance: row.text()?,
        floor: row.text()?,
        flat: row.text()?,
        place: row.text()?,
        customer_ref: row.text()?,
        account_ref: row.text()?,
        meter_number: row.text()?,
        radio_id: row.optional_text()?,
        manufacturer: row.optional_text()?,
        version: row.optional_number()?,
        device_type: row.optional_number()?,
        medium: row.text()?,
        key: None,
        due_date: row.optional_text()?,
        previous_value: row.optional_text()?,
        previous_date: row.optional_text()?,
        low: row.optional_text()?,
        high: row.optional_text()?,
        factor: row.optional_text()?,
        unit: row.optional_text()?,
        digits: row.optional_number()?,
        note: row.text()?,
        extra: serde_json::from_str(&row.text()?)
            .map_err(|_| StoreError::Corrupt { place: "tour_meters.extra" })?,
        ..TourMeter::default()
    };
    let change = row.number()?;
    meter.name = row.text()?;
    meter.sends = row.optional_text()?;
    meter.link_modes = row.optional_text()?;
    Ok(TourMeterRow { meter, change })
}

fn tour_meter_values(row: TourMeterRow) -> Result<Vec<Value>> {
    let meter = row.meter;
    let extra = serde_json::to_string(&meter.extra)
        .map_err(|_| StoreError::Corrupt { place: "tour_meters.extra" })?;
    Ok(vec![
        meter.id.0.into(),
        meter.tour.0.into(),
        meter.position.into(),
        meter.site.into(),
        meter.street.into(),
        meter.house.into(),
        meter.entrance.into(),
        meter.floor.into(),
        meter.flat.into(),
        meter.place.into(),
        meter.customer_ref.into(),
        meter.account_ref.into(),
        meter.meter_number.into(),
        meter.radio_id.into(),
        meter.manufacturer.into(),
        meter.version.into(),
        meter.device_type.into(),
        meter.medium.into(),
        meter.due_date.into(),
        meter.previous_value.into(),
        meter.previous_date.into(),
        meter.low.into(),
        meter.high.into(),
        meter.factor.into(),
        meter.unit.into(),
        meter.digits.into(),
        meter.note.into(),
        extra.into(),
        row.change.into(),
        meter.name.into(),
        meter.sends.into(),
        meter.link_modes.into(),
    ])
}

pub(super) fn assignment(mut row: Row) -> Result<Assignment> {
    Ok(Assignment {
        tour: TourId(row.uuid()?),
        replica: ReplicaId(row.uuid()?),
        assigned_at: row.timestamp()?,
        withdrawn_at: row.optional_timestamp()?,
    })
}

fn feed_entry(mut row: Row) -> Result<FeedEntry> {
    Ok(FeedEntry {
        replica: ReplicaId(row.uuid()?),
        tour: TourId(row.uuid()?),
        tour_meter: row.optional_uuid()?.map(TourMeterId),
        change: row.number()?,
    })
}

#[async_trait]
impl<D: Driver> Tours for SqlTransaction<D> {
    async fn put_tour(&mut self, tour: TourRow) -> Result<()> {
        let row = vec![
            tour.id.0.into(),
            tour.name.into(),
            tour.due_date.into(),
            tour.meters.into(),
            tour.created_at.into(),
            tour.released_at.into(),
            tour.change.into(),
            tour.changed_at.into(),
        ];
        self.insert(&TOURS, vec![row]).await.map(drop)
    }

    async fn tour(&mut self, id: TourId) -> Result<Option<TourRow>> {
        let sql = "SELECT tour, name, due_date, meters, created_at, released_at, change_no, changed_at FROM tours \
                   WHERE tour = $1";
        self.query_one(sql, vec![id.0.into()]).await?.map(tour).transpose()
    }

    async fn tours(&mut self) -> Result<Vec<TourRow>> {
        let sql = "SELECT tour, name, due_date, meters, created_at, released_at, change_no, changed_at FROM tours \
                   ORDER BY tour";
        self.query_all(sql, Vec::new(), tour).await
    }

    async fn insert_tour_meters(&mut self, rows: Vec<TourMeterRow>) -> Result<()> {
        let rows = rows.into_iter().map(tour_meter_values).collect::<Result<_>>()?;
        self.insert(&TOUR_METERS, rows).await.map(drop)
    }

    async fn tour_meters(&mut self, tour: TourId) -> Result<Vec<TourMeterRow>> {
        let sql = tour_meter_select!(" WHERE tour = $1 ORDER BY position, tour_meter");
        self.query_all(sql, vec![tour.0.into()], tour_meter).await
    }

    async fn tour_meters_by_id(&mut self, ids: Vec<TourMeterId>) -> Result<Vec<TourMeterRow>> {
        let keys = ids.into_iter().map(|id| vec![id.0.into()]).collect();
        self.look_up(&BY_ID, keys, tour_meter, |row| row.meter.id).await
    }

    async fn tour_meters_of_radio_ids(&mut self, radio_ids: Vec<String>) -> Result<Vec<TourMeterRow>> {
        let keys = radio_ids.into_iter().map(|id| vec![id.into()]).collect();
        self.look_up(&BY_RADIO_ID, keys, tour_meter, |row| row.meter.id).await
    }

    async fn put_assignment(&mut self, assignment: Assignment) -> Result<()> {
        let row = vec![
            assignment.tour.0.into(),
            assignment.replica.0.into(),
            assignment.assigned_at.into(),
            assignment.withdrawn_at.into(),
        ];
        self.insert(&ASSIGNMENTS, vec![row]).await.map(drop)
    }

    async fn assignments(&mut self, tour: TourId) -> Result<Vec<Assignment>> {
        let sql = "SELECT tour, replica, assigned_at, withdrawn_at FROM tour_assignments WHERE tour = $1 \
                   ORDER BY replica";
        self.query_all(sql, vec![tour.0.into()], assignment).await
    }

    async fn put_feed(&mut self, entries: Vec<FeedEntry>) -> Result<()> {
        let rows = entries.into_iter().map(|entry| {
            vec![
                entry.replica.0.into(),
                entry.tour_meter.map_or(entry.tour.0, |line| line.0).into(),
                entry.tour.0.into(),
                entry.tour_meter.map(|line| line.0).into(),
                entry.change.into(),
            ]
        });
        self.insert(&FEED, rows.collect()).await.map(drop)
    }

    async fn feed(&mut self, replica: ReplicaId, after: u64, limit: u32) -> Result<Vec<FeedEntry>> {
        let sql = "SELECT replica, tour, tour_meter, change_no FROM feed WHERE replica = $1 AND change_no > $2 \
                   ORDER BY change_no LIMIT $3";
        self.query_all(sql, vec![replica.0.into(), after.into(), limit.into()], feed_entry).await
    }

    async fn unpulled_changes(&mut self) -> Result<Vec<(ReplicaId, u64)>> {
        let sql = "SELECT f.replica, COUNT(*) FROM feed f JOIN handhelds h ON h.replica = f.replica \
                   WHERE f.change_no > h.pulled_change GROUP BY f.replica ORDER BY f.replica";
        self.query_all(sql, Vec::new(), |mut row| Ok((ReplicaId(row.uuid()?), row.number()?))).await
    }

    async fn delete_feed_of_lines(&mut self, replica: ReplicaId, tour: TourId) -> Result<()> {
        let sql = "DELETE FROM feed WHERE replica = $1 AND tour = $2 AND tour_meter IS NOT NULL";
        self.driver.execute(sql, vec![replica.0.into(), tour.0.into()]).await
    }
}
