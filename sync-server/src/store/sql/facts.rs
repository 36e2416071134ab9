//! What handhelds pushed.

use async_trait::async_trait;
use sync_protocol::{BatchId, EventId, ReceptionId, ReplicaId, TelegramId, Timestamp, TourId};

use super::facts_rows::{
    BATCHES, CLOCK_SAMPLES, EVENTS, HEARD_METERS, METER_AND_TELEGRAM, QUARANTINE, RECEPTIONS, TELEGRAMS,
    WAITING, batch, clock_sample, clock_sample_values, event, event_values, heard_meter, quarantine_values,
    quarantined, reception, reception_values, telegram, telegram_values, waiting, waiting_values,
};
use super::{Delete, Driver, Kind, Lookup, Result, Row, SqlTransaction, Value};
use crate::store::Facts;
use crate::store::rows::{
    BatchRow, ClockSampleRow, EventRow, HeardMeter, QuarantineRow, ReceptionRow, TelegramRow, ToldReception,
};

macro_rules! heard_meter_select {
    () => {
        "SELECT meter, link, meter_id, link_id FROM heard_meters"
    };
}

macro_rules! reception_select {
    ($tail:literal) => {
        concat!(
            "SELECT meter, reception, telegram, replica, epoch, session, tour, received_at, time_source, ",
            "boot, monotonic_ms, sequence, rssi_dbm, link_mode, receiver, commit_no, arrived_at ",
            "FROM receptions",
            $tail
        )
    };
}

macro_rules! waiting_select {
    ($tail:literal) => {
        concat!("SELECT replica, epoch, item, commit_no, arrived_at FROM waiting_receptions", $tail)
    };
}

macro_rules! event_select {
    ($tail:literal) => {
        concat!("SELECT replica, epoch, item, commit_no, arrived_at FROM events", $tail)
    };
}

static HEARD_METERS_BY_METER_ID: Lookup =
    Lookup { select: heard_meter_select!(), keys: &[("meter_id", Kind::Text)] };

static HEARD_METERS_BY_LINK_ID: Lookup =
    Lookup { select: heard_meter_select!(), keys: &[("link_id", Kind::Text)] };

static METERS_BY_TELEGRAM: Lookup =
    Lookup { select: "SELECT telegram, meter FROM telegrams", keys: &[("telegram", Kind::Blob)] };

static TELEGRAMS_BY_KEY: Lookup = Lookup {
    select: "SELECT meter, telegram, frame, commit_no, arrived_at FROM telegrams",
    keys: METER_AND_TELEGRAM,
};

static RECEPTIONS_BY_KEY: Lookup =
    Lookup { select: reception_select!(""), keys: &[("meter", Kind::Text), ("reception", Kind::Uuid)] };

static RECEPTIONS_BY_TELEGRAM: Lookup = Lookup { select: reception_select!(""), keys: METER_AND_TELEGRAM };

static WAITING_BY_TELEGRAM: Lookup =
    Lookup { select: waiting_select!(""), keys: &[("telegram", Kind::Blob)] };

static WAITING_TO_DELETE: Delete =
    Delete { table: "waiting_receptions", keys: &[("telegram", Kind::Blob), ("reception", Kind::Uuid)] };

pub(super) static RECEPTIONS_BY_METER: Lookup =
    Lookup { select: reception_select!(""), keys: &[("tour", Kind::Uuid), ("meter", Kind::Text)] };

pub(super) static EVENTS_BY_LINE: Lookup =
    Lookup { select: event_select!(""), keys: &[("tour", Kind::Uuid), ("tour_meter", Kind::Uuid)] };

static EVENTS_BY_ID: Lookup = Lookup { select: event_select!(""), keys: &[("event", Kind::Uuid)] };

fn meter_of_telegram(mut row: Row) -> Result<(TelegramId, String)> {
    Ok((TelegramId(row.bytes()?), row.text()?))
}

fn single<T: Into<Value>>(keys: impl IntoIterator<Item = T>) -> Vec<Vec<Value>> {
    keys.into_iter().map(|key| vec![key.into()]).collect()
}

#[async_trait]
impl<D: Driver> Facts for SqlTransaction<D> {
    async fn batch(&mut self, replica: ReplicaId, id: BatchId) -> Result<Option<BatchRow>> {
        let sql = "SELECT replica, batch, digest, outcomes, commit_no, arrived_at FROM batches \
                   WHERE replica = $1 AND batch = $2";
        self.query_one(sql, vec![replica.0.into(), id.0.into()]).await?.map(batch).transpose()
    }

    async fn insert_batch(&mut self, batch: BatchRow) -> Result<()> {
        let row = vec![
            batch.replica.0.into(),
            batch.batch.0.into(),
            batch.digest.0.into(),
            batch.outcomes.into(),
            batch.commit.into(),
            batch.arrived_at.into(),
        ];
        self.insert(&BATCHES, vec![row]).await.map(drop)
    }

    async fn latest_batches(&mut self) -> Result<Vec<(ReplicaId, Timestamp)>> {
        let sql = "SELECT replica, max(arrived_at) FROM batches GROUP BY replica ORDER BY replica";
        self.query_all(sql, Vec::new(), |mut row| Ok((ReplicaId(row.uuid()?), row.timestamp()?))).await
    }

    async fn insert_heard_meters(&mut self, meters: Vec<HeardMeter>) -> Result<()> {
        let rows = meters.into_iter().map(|meter| {
            vec![meter.meter.into(), meter.link.into(), meter.meter_id.into(), meter.link_id.into()]
        });
        self.insert(&HEARD_METERS, rows.collect()).await.map(drop)
    }

    async fn heard_meters(&mut self, ids: Vec<String>) -> Result<Vec<HeardMeter>> {
        let by_meter = single(ids.iter().map(String::as_str));
        let mut meters =
            self.look_up(&HEARD_METERS_BY_METER_ID, by_meter, heard_meter, HeardMeter::clone).await?;
        let by_link = single(ids);
        meters.extend(self.look_up(&HEARD_METERS_BY_LINK_ID, by_link, heard_meter, HeardMeter::clone).await?);
        meters.sort();
        meters.dedup();
        Ok(meters)
    }

    async fn all_heard_meters(&mut self) -> Result<Vec<HeardMeter>> {
        let sql = "SELECT meter, link, meter_id, link_id FROM heard_meters ORDER BY meter, link";
        self.query_all(sql, Vec::new(), heard_meter).await
    }

    async fn insert_telegrams(&mut self, telegrams: Vec<TelegramRow>) -> Result<Vec<bool>> {
        self.insert(&TELEGRAMS, telegrams.into_iter().map(telegram_values).collect()).await
    }

    async fn meters_of(&mut self, telegrams: Vec<TelegramId>) -> Result<Vec<(TelegramId, String)>> {
        let keys = single(telegrams.into_iter().map(|id| id.0));
        self.look_up(&METERS_BY_TELEGRAM, keys, meter_of_telegram, |(telegram, _)| *telegram).await
    }

    async fn telegrams(&mut self, keys: Vec<(String, TelegramId)>) -> Result<Vec<TelegramRow>> {
        let keys = keys.into_iter().map(|(meter, id)| vec![meter.into(), id.0.into()]).collect();
        self.look_up(&TELEGRAMS_BY_KEY, keys, telegram, |row| (row.meter.clone(), row.telegram)).await
    }

    async fn telegrams_of_meter(
        &mut self,
        meter: String,
        after: Option<TelegramId>,
        limit: u32,
    ) -> Result<Vec<TelegramRow>> {
        // Nothing is smaller than no bytes: one statement for the first page and the others.
        let after = after.map_or_else(Vec::new, |telegram| telegram.0.to_vec());
        let sql = "SELECT meter, telegram, frame, commit_no, arrived_at FROM telegrams \
                   WHERE meter = $1 AND telegram > $2 ORDER BY telegram LIMIT $3";
        self.query_all(sql, vec![meter.into(), after.into(), limit.into()], telegram).await
    }

    async fn all_telegrams(&mut self) -> Result<Vec<TelegramRow>> {
        let sql = "SELECT meter, telegram, frame, commit_no, arrived_at FROM telegrams \
                   ORDER BY meter, telegram";
        self.query_all(sql, Vec::new(), telegram).await
    }

    async fn insert_receptions(&mut self, receptions: Vec<ReceptionRow>) -> Result<Vec<bool>> {
        self.insert(&RECEPTIONS, receptions.into_iter().map(reception_values).collect()).await
    }

    async fn receptions(&mut self, keys: Vec<(String, ReceptionId)>) -> Result<Vec<ReceptionRow>> {
        let keys = keys.into_iter().map(|(meter, id)| vec![meter.into(), id.0.into()]).collect();
        self.look_up(&RECEPTIONS_BY_KEY, keys, reception, ReceptionRow::key).await
    }

    async fn receptions_of(&mut self, telegrams: Vec<(String, TelegramId)>) -> Result<Vec<ReceptionRow>> {
        let keys = telegrams.into_iter().map(|(meter, id)| vec![meter.into(), id.0.into()]).collect();
        self.look_up(&RECEPTIONS_BY_TELEGRAM, keys, reception, ReceptionRow::key).await
    }

    async fn receptions_of_tour(&mut self, tour: TourId) -> Result<Vec<ReceptionRow>> {
        let sql = reception_select!(" WHERE tour = $1 ORDER BY meter, reception");
        self.query_all(sql, vec![tour.0.into()], reception).await
    }

    async fn all_receptions(&mut self) -> Result<Vec<ReceptionRow>> {
        self.query_all(reception_select!(" ORDER BY meter, reception"), Vec::new(), reception).await
    }

    async fn insert_waiting(&mut self, receptions: Vec<ToldReception>) -> Result<Vec<bool>> {
        self.insert(&WAITING, receptions.into_iter().map(waiting_values).collect()).await
    }

    async fn waiting(&mut self, telegrams: Vec<TelegramId>) -> Result<Vec<ToldReception>> {
        let keys = single(telegrams.into_iter().map(|id| id.0));
        self.look_up(&WAITING_BY_TELEGRAM, keys, waiting, ToldReception::key).await
    }

    async fn delete_waiting(&mut self, keys: Vec<(TelegramId, ReceptionId)>) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let keys = keys.into_iter().map(|(telegram, id)| vec![telegram.0.into(), id.0.into()]).collect();
        self.driver.delete(&WAITING_TO_DELETE, keys).await
    }

    async fn all_waiting(&mut self) -> Result<Vec<ToldReception>> {
        self.query_all(waiting_select!(" ORDER BY telegram, reception"), Vec::new(), waiting).await
    }

    async fn insert_events(&mut self, events: Vec<EventRow>) -> Result<Vec<bool>> {
        self.insert(&EVENTS, events.into_iter().map(event_values).collect()).await
    }

    async fn events(&mut self, ids: Vec<EventId>) -> Result<Vec<EventRow>> {
        let keys = single(ids.into_iter().map(|id| id.0));
        self.look_up(&EVENTS_BY_ID, keys, event, |row| row.event.id).await
    }

    async fn events_of_tour(&mut self, tour: TourId) -> Result<Vec<EventRow>> {
        let sql = event_select!(" WHERE tour = $1 ORDER BY event");
        self.query_all(sql, vec![tour.0.into()], event).await
    }

    async fn all_events(&mut self) -> Result<Vec<EventRow>> {
        self.query_all(event_select!(" ORDER BY event"), Vec::new(), event).await
    }

    async fn insert_clock_samples(&mut self, samples: Vec<ClockSampleRow>) -> Result<()> {
        self.insert(&CLOCK_SAMPLES, samples.into_iter().map(clock_sample_values).collect()).await.map(drop)
    }

    async fn clock_samples(&mut self, replica: ReplicaId) -> Result<Vec<ClockSampleRow>> {
        let sql = "SELECT replica, boot, taken_at, offset_ms, round_trip_ms FROM clock_samples \
                   WHERE replica = $1 ORDER BY boot, taken_at, offset_ms, round_trip_ms";
        self.query_all(sql, vec![replica.0.into()], clock_sample).await
    }

    async fn insert_quarantine(&mut self, items: Vec<QuarantineRow>) -> Result<()> {
        self.insert(&QUARANTINE, items.into_iter().map(quarantine_values).collect()).await.map(drop)
    }

    async fn quarantine(&mut self) -> Result<Vec<QuarantineRow>> {
        let sql = "SELECT replica, batch, position, code, item, commit_no, arrived_at FROM quarantine \
                   ORDER BY replica, batch, position";
        self.query_all(sql, Vec::new(), quarantined).await
    }
}
