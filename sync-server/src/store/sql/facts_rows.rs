//! How facts stand in columns.

use sync_protocol::{
    BatchId, BootId, ClockSample, Digest, ReadingSessionId, Reception, ReceptionId, ReplicaEpoch, ReplicaId,
    TelegramId, TimeSource, TourId,
};

use super::{Column, Insert, Kind, OnConflict, Result, Row, Value};
use crate::store::StoreError;
use crate::store::rows::{
    BatchRow, ClockSampleRow, EventRow, HeardMeter, QuarantineRow, ReceptionRow, TelegramRow, ToldReception,
};

pub(super) const METER_AND_TELEGRAM: &[Column] = &[("meter", Kind::Text), ("telegram", Kind::Blob)];

pub(super) static BATCHES: Insert = Insert {
    table: "batches",
    columns: &[
        ("replica", Kind::Uuid),
        ("batch", Kind::Uuid),
        ("digest", Kind::Blob),
        ("outcomes", Kind::Text),
        ("commit_no", Kind::Integer),
        ("arrived_at", Kind::Integer),
    ],
    key: 2,
    on_conflict: OnConflict::Keep,
};

pub(super) static HEARD_METERS: Insert = Insert {
    table: "heard_meters",
    columns: &[
        ("meter", Kind::Text),
        ("link", Kind::Text),
        ("meter_id", Kind::Text),
        ("link_id", Kind::Text),
    ],
    key: 2,
    on_conflict: OnConflict::Keep,
};

pub(super) static TELEGRAMS: Insert = Insert {
    table: "telegrams",
    columns: &[
        ("meter", Kind::Text),
        ("telegram", Kind::Blob),
        ("frame", Kind::Blob),
        ("commit_no", Kind::Integer),
        ("arrived_at", Kind::Integer),
    ],
    key: 2,
    on_conflict: OnConflict::Keep,
};

pub(super) static RECEPTIONS: Insert = Insert {
    table: "receptions",
    columns: &[
        ("meter", Kind::Text),
        ("reception", Kind::Uuid),
        ("telegram", Kind::Blob),
        ("replica", Kind::Uuid),
        ("epoch", Kind::Uuid),
        ("session", Kind::Uuid),
        ("tour", Kind::Uuid),
        ("received_at", Kind::Integer),
        ("time_source", Kind::Text),
        ("boot", Kind::Uuid),
        ("monotonic_ms", Kind::Integer),
        ("sequence", Kind::Integer),
        ("rssi_dbm", Kind::Integer),
        ("link_mode", Kind::Text),
        ("receiver", Kind::Text),
        ("commit_no", Kind::Integer),
        ("arrived_at", Kind::Integer),
    ],
    key: 2,
    on_conflict: OnConflict::Keep,
};

pub(super) static WAITING: Insert = Insert {
    table: "waiting_receptions",
    columns: &[
        ("telegram", Kind::Blob),
        ("reception", Kind::Uuid),
        ("replica", Kind::Uuid),
        ("epoch", Kind::Uuid),
        ("item", Kind::Blob),
        ("commit_no", Kind::Integer),
        ("arrived_at", Kind::Integer),
    ],
    key: 2,
    on_conflict: OnConflict::Keep,
};

pub(super) static EVENTS: Insert = Insert {
    table: "events",
    columns: &[
        ("event", Kind::Uuid),
        ("tour", Kind::Uuid),
        ("tour_meter", Kind::Uuid),
        ("replica", Kind::Uuid),
        ("epoch", Kind::Uuid),
        ("item", Kind::Blob),
        ("commit_no", Kind::Integer),
        ("arrived_at", Kind::Integer),
    ],
    key: 1,
    on_conflict: OnConflict::Keep,
};

pub(super) static CLOCK_SAMPLES: Insert = Insert {
    table: "clock_samples",
    columns: &[
        ("replica", Kind::Uuid),
        ("boot", Kind::Uuid),
        ("taken_at", Kind::Integer),
        ("offset_ms", Kind::Integer),
        ("round_trip_ms", Kind::Integer),
    ],
    key: 5,
    on_conflict: OnConflict::Keep,
};

pub(super) static QUARANTINE: Insert = Insert {
    table: "quarantine",
    columns: &[
        ("replica", Kind::Uuid),
        ("batch", Kind::Uuid),
        ("position", Kind::Integer),
        ("code", Kind::Text),
        ("item", Kind::Blob),
        ("commit_no", Kind::Integer),
        ("arrived_at", Kind::Integer),
    ],
    key: 3,
    on_conflict: OnConflict::Keep,
};

/// Writes a value as CBOR.
fn cbor<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_else(|_| {
        debug_assert!(false, "writing to memory cannot fail");
        Vec::new()
    })
}

/// Reads a value from CBOR that this program wrote.
fn from_cbor<'b, T: minicbor::Decode<'b, ()>>(bytes: &'b [u8], place: &'static str) -> Result<T> {
    minicbor::decode(bytes).map_err(|_| StoreError::Corrupt { place })
}

pub(super) fn batch(mut row: Row) -> Result<BatchRow> {
    Ok(BatchRow {
        replica: ReplicaId(row.uuid()?),
        batch: BatchId(row.uuid()?),
        digest: Digest(row.bytes()?),
        outcomes: row.text()?,
        commit: row.number()?,
        arrived_at: row.timestamp()?,
    })
}

pub(super) fn heard_meter(mut row: Row) -> Result<HeardMeter> {
    Ok(HeardMeter { meter: row.text()?, link: row.text()?, meter_id: row.text()?, link_id: row.text()? })
}

pub(super) fn telegram(mut row: Row) -> Result<TelegramRow> {
    Ok(TelegramRow {
        meter: row.text()?,
        telegram: TelegramId(row.bytes()?),
        frame: row.blob()?,
        commit: row.number()?,
        arrived_at: row.timestamp()?,
    })
}

pub(super) fn telegram_values(row: TelegramRow) -> Vec<Value> {
    vec![row.meter.into(), row.telegram.0.into(), row.frame.into(), row.commit.into(), row.arrived_at.into()]
}

pub(super) fn reception(mut row: Row) -> Result<ReceptionRow> {
    let meter = row.text()?;
    let id = ReceptionId(row.uuid()?);
    let telegram = TelegramId(row.bytes()?);
    let replica = ReplicaId(row.uuid()?);
    let epoch = ReplicaEpoch(row.uuid()?);
    let reception = Reception {
        id,
        telegram,
        session: ReadingSessionId(row.uuid()?),
        tour: TourId(row.uuid()?),
        received_at: row.timestamp()?,
        time_source: match row.text()?.as_str() {
            "receiver" => TimeSource::Receiver,
            _ => TimeSource::Handheld,
        },
        boot: BootId(row.uuid()?),
        monotonic_ms: row.number()?,
        sequence: row.number()?,
        rssi_dbm: row.optional_number()?,
        link_mode: row.optional_text()?,
        receiver: row.optional_text()?,
    };
    let told =
        ToldReception { replica, epoch, reception, commit: row.number()?, arrived_at: row.timestamp()? };
    Ok(ReceptionRow { meter, told })
}

pub(super) fn reception_values(row: ReceptionRow) -> Vec<Value> {
    let told = row.told;
    let reception = told.reception;
    let time_source = match reception.time_source {
        TimeSource::Receiver => "receiver",
        TimeSource::Handheld => "handheld",
    };
    vec![
        row.meter.into(),
        reception.id.0.into(),
        reception.telegram.0.into(),
        told.replica.0.into(),
        told.epoch.0.into(),
        reception.session.0.into(),
        reception.tour.0.into(),
        reception.received_at.into(),
        time_source.into(),
        reception.boot.0.into(),
        reception.monotonic_ms.into(),
        reception.sequence.into(),
        reception.rssi_dbm.into(),
        reception.link_mode.into(),
        reception.receiver.into(),
        told.commit.into(),
        told.arrived_at.into(),
    ]
}

pub(super) fn waiting(mut row: Row) -> Result<ToldReception> {
    Ok(ToldReception {
        replica: ReplicaId(row.uuid()?),
        epoch: ReplicaEpoch(row.uuid()?),
        reception: from_cbor(&row.blob()?, "waiting_receptions.item")?,
        commit: row.number()?,
        arrived_at: row.timestamp()?,
    })
}

pub(super) fn waiting_values(told: ToldReception) -> Vec<Value> {
    vec![
        told.reception.telegram.0.into(),
        told.reception.id.0.into(),
        told.replica.0.into(),
        told.epoch.0.into(),
        cbor(&told.reception).into(),
        told.commit.into(),
        told.arrived_at.into(),
    ]
}

pub(super) fn event(mut row: Row) -> Result<EventRow> {
    Ok(EventRow {
        replica: ReplicaId(row.uuid()?),
        epoch: ReplicaEpoch(row.uuid()?),
        event: from_cbor(&row.blob()?, "events.item")?,
        commit: row.number()?,
        arrived_at: row.timestamp()?,
    })
}

pub(super) fn event_values(row: EventRow) -> Vec<Value> {
    vec![
        row.event.id.0.into(),
        row.event.tour.0.into(),
        row.event.tour_meter.0.into(),
        row.replica.0.into(),
        row.epoch.0.into(),
        cbor(&row.event).into(),
        row.commit.into(),
        row.arrived_at.into(),
    ]
}

pub(super) fn clock_sample(mut row: Row) -> Result<ClockSampleRow> {
    Ok(ClockSampleRow {
        replica: ReplicaId(row.uuid()?),
        sample: ClockSample {
            boot: BootId(row.uuid()?),
            taken_at: row.timestamp()?,
            offset_ms: row.integer()?,
            round_trip_ms: row.number()?,
        },
    })
}

pub(super) fn clock_sample_values(row: ClockSampleRow) -> Vec<Value> {
    let sample = row.sample;
    vec![
        row.replica.0.into(),
        sample.boot.0.into(),
        sample.taken_at.into(),
        sample.offset_ms.into(),
        sample.round_trip_ms.into(),
    ]
}

pub(super) fn quarantined(mut row: Row) -> Result<QuarantineRow> {
    Ok(QuarantineRow {
        replica: ReplicaId(row.uuid()?),
        batch: BatchId(row.uuid()?),
        position: row.number()?,
        code: row.text()?,
        item: row.blob()?,
        commit: row.number()?,
        arrived_at: row.timestamp()?,
    })
}

pub(super) fn quarantine_values(row: QuarantineRow) -> Vec<Value> {
    vec![
        row.replica.0.into(),
        row.batch.0.into(),
        row.position.into(),
        row.code.into(),
        row.item.into(),
        row.commit.into(),
        row.arrived_at.into(),
    ]
}
