//! Facts: telegrams, receptions, events. Inserted, never changed.

use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};
use sync_protocol::{
    BootId, Event, EventId, EventKind, ReadingSessionId, Reception, Telegram, TelegramId, TimeSource,
    Timestamp, TourId, TourMeterId,
};
use uuid::Uuid;
use wmbus::Addresses;

use super::{Store, StoreError};
use crate::meter::{HeardSummary, Outcome};

/// A telegram that was heard on the walks of a tour.
#[derive(Debug, Clone)]
pub(crate) struct HeardTelegram {
    pub(crate) id: TelegramId,
    pub(crate) addresses: Addresses,
    pub(crate) heard: HeardSummary,
}

impl Store {
    /// Returns how many telegrams, receptions and events the store holds.
    ///
    /// # Errors
    /// When the database fails.
    pub fn fact_counts(&self) -> Result<FactCounts, StoreError> {
        let counts = self.connection().query_row(
            "SELECT (SELECT count(*) FROM telegrams), (SELECT count(*) FROM receptions),
                    (SELECT count(*) FROM events)",
            [],
            |row| Ok(FactCounts { telegrams: row.get(0)?, receptions: row.get(1)?, events: row.get(2)? }),
        )?;
        Ok(counts)
    }
}

/// How many facts a store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct FactCounts {
    /// Different telegrams.
    pub telegrams: u32,
    /// Receptions of them.
    pub receptions: u32,
    /// What people did.
    pub events: u32,
}

/// Keeps a telegram, once.
pub(crate) fn insert_telegram(
    transaction: &Connection,
    telegram: &Telegram,
    addresses: &Addresses,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO telegrams (id, frame, link, meter) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            telegram.id.0,
            telegram.frame,
            addresses.link.to_string(),
            addresses.meter.to_string()
        ])?;
    Ok(())
}

/// Keeps a reception, and when it was taken in by the handheld's clock.
pub(crate) fn insert_reception(
    transaction: &Connection,
    reception: &Reception,
    taken_at: Timestamp,
) -> Result<(), StoreError> {
    let time_source = match reception.time_source {
        TimeSource::Receiver => 0,
        TimeSource::Handheld => 1,
    };
    transaction
        .prepare_cached(
            "INSERT INTO receptions (sequence, id, telegram, session, tour, received_at, time_source, boot,
                 monotonic_ms, rssi_dbm, link_mode, receiver, taken_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            reception.sequence.cast_signed(),
            reception.id.0,
            reception.telegram.0,
            reception.session.0,
            reception.tour.0,
            reception.received_at.as_millis(),
            time_source,
            reception.boot.0,
            reception.monotonic_ms.cast_signed(),
            reception.rssi_dbm,
            reception.link_mode,
            reception.receiver,
            taken_at.as_millis()
        ])?;
    Ok(())
}

/// Keeps an event.
pub(crate) fn insert_event(transaction: &Connection, event: &Event) -> Result<(), StoreError> {
    let mut kind = Vec::new();
    if minicbor::encode(&event.kind, &mut kind).is_err() {
        return Err(StoreError::Damaged { table: "events", what: "an event that cannot be written" });
    }
    transaction
        .prepare_cached(
            "INSERT INTO events (sequence, id, session, tour, tour_meter, at, boot, monotonic_ms, supersedes, kind)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            event.sequence.cast_signed(),
            event.id.0,
            event.session.0,
            event.tour.0,
            event.tour_meter.0,
            event.at.as_millis(),
            event.boot.0,
            event.monotonic_ms.cast_signed(),
            event.supersedes.map(|id| id.0),
            kind
        ])?;
    Ok(())
}

/// Keeps the picture of a photo event.
pub(crate) fn insert_picture(
    transaction: &Connection,
    event: EventId,
    bytes: &[u8],
) -> Result<(), StoreError> {
    transaction.execute("INSERT INTO pictures (event, bytes) VALUES (?1, ?2)", params![event.0, bytes])?;
    Ok(())
}

/// Returns the senders that a walk has heard.
pub(crate) fn heard_on_walk(
    connection: &Connection,
    session: ReadingSessionId,
) -> Result<Vec<Addresses>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT link, meter FROM telegrams
         WHERE id IN (SELECT telegram FROM receptions WHERE session = ?1)",
    )?;
    let heard = statement
        .query_map([session.0], |row| Ok(Addresses { link: parsed(row, 0)?, meter: parsed(row, 1)? }))?;
    Ok(heard.collect::<Result<_, _>>()?)
}

/// Returns the frame of a telegram.
pub(crate) fn frame(connection: &Connection, id: TelegramId) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT frame FROM telegrams WHERE id = ?1")?;
    Ok(statement.query_row([id.0], |row| row.get(0)).optional()?)
}

/// Returns the frames of a sender.
pub(crate) fn frames_of_sender(
    connection: &Connection,
    sender: &str,
) -> Result<Vec<(TelegramId, Vec<u8>)>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT id, frame FROM telegrams WHERE link = ?1 ORDER BY id")?;
    let frames = statement.query_map([sender], |row| Ok((TelegramId(row.get(0)?), row.get(1)?)))?;
    Ok(frames.collect::<Result<_, _>>()?)
}

/// Returns the frames of which this came out.
pub(crate) fn frames_with_outcome(
    connection: &Connection,
    outcome: Outcome,
) -> Result<Vec<(TelegramId, Vec<u8>)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, frame FROM telegrams WHERE id IN (SELECT telegram FROM decodings WHERE outcome = ?1)",
    )?;
    let frames = statement.query_map([outcome.as_str()], |row| Ok((TelegramId(row.get(0)?), row.get(1)?)))?;
    Ok(frames.collect::<Result<_, _>>()?)
}

/// Returns the addresses of a telegram and the sequence of its first reception on a tour's walks; `None` if
/// it was not heard there.
pub(crate) fn first_heard(
    connection: &Connection,
    tour: TourId,
    telegram: TelegramId,
) -> Result<Option<(Addresses, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT t.link, t.meter, min(r.sequence) FROM telegrams t JOIN receptions r ON r.telegram = t.id
         WHERE t.id = ?1 AND r.tour = ?2 GROUP BY t.id",
    )?;
    let heard = statement.query_row(params![telegram.0, tour.0], |row| {
        let addresses = Addresses { link: parsed(row, 0)?, meter: parsed(row, 1)? };
        Ok((addresses, row.get::<_, i64>(2)?.cast_unsigned()))
    });
    Ok(heard.optional()?)
}

/// Returns the events of a tour in the order in which they were taken in.
pub(crate) fn events_of_tour(connection: &Connection, tour: TourId) -> Result<Vec<Event>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, session, tour, tour_meter, at, boot, monotonic_ms, sequence, supersedes, kind
         FROM events WHERE tour = ?1 ORDER BY sequence",
    )?;
    let events = statement.query_map([tour.0], event)?;
    Ok(events.collect::<Result<_, _>>()?)
}

/// Returns the telegrams of a tour, ordered by their first reception.
pub(crate) fn heard_of_tour(connection: &Connection, tour: TourId) -> Result<Vec<HeardTelegram>, StoreError> {
    let mut statement = connection.prepare_cached(
        "WITH heard AS (
             SELECT telegram, count(*) AS times, min(sequence) AS first, max(sequence) AS last,
                    max(rssi_dbm) AS best
             FROM receptions WHERE tour = ?1 GROUP BY telegram
         )
         SELECT t.id, t.link, t.meter, heard.times, heard.first, heard.best, heard.last, r.taken_at,
                r.rssi_dbm
         FROM heard JOIN telegrams t ON t.id = heard.telegram JOIN receptions r ON r.sequence = heard.last
         ORDER BY heard.first",
    )?;
    let heard = statement.query_map([tour.0], |row| {
        Ok(HeardTelegram {
            id: TelegramId(row.get(0)?),
            addresses: Addresses { link: parsed(row, 1)?, meter: parsed(row, 2)? },
            heard: HeardSummary {
                times: row.get::<_, i64>(3)?.unsigned_abs(),
                first_sequence: row.get::<_, i64>(4)?.cast_unsigned(),
                best_rssi_dbm: row.get(5)?,
                last_sequence: row.get::<_, i64>(6)?.cast_unsigned(),
                last_heard: Timestamp::from_millis(row.get(7)?),
                last_rssi_dbm: row.get(8)?,
            },
        })
    })?;
    Ok(heard.collect::<Result<_, _>>()?)
}

/// How one telegram was heard on the walks of a tour.
#[derive(Debug, Clone)]
pub(crate) struct HeardAs {
    pub(crate) summary: HeardSummary,
    /// The time of the last reception, by the receiver's clock where it has one.
    pub(crate) received_at: Timestamp,
    /// How the last one was sent.
    pub(crate) link_mode: Option<String>,
}

/// Returns how one telegram was heard on the walks of a tour.
pub(crate) fn heard_as(
    connection: &Connection,
    tour: TourId,
    telegram: TelegramId,
) -> Result<Option<HeardAs>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT sequence, taken_at, rssi_dbm, link_mode, received_at FROM receptions
         WHERE telegram = ?2 AND tour = ?1 ORDER BY sequence",
    )?;
    let receptions = statement.query_map(params![tour.0, telegram.0], |row| {
        let sequence = row.get::<_, i64>(0)?.cast_unsigned();
        Ok(HeardAs {
            summary: HeardSummary::once(sequence, Timestamp::from_millis(row.get(1)?), row.get(2)?),
            link_mode: row.get(3)?,
            received_at: Timestamp::from_millis(row.get(4)?),
        })
    })?;
    let mut all: Option<HeardAs> = None;
    for last in receptions {
        let last = last?;
        let summary = all.map_or(last.summary, |before| before.summary.join(last.summary));
        all = Some(HeardAs { summary, ..last });
    }
    Ok(all)
}

/// Returns the tours on whose walks a telegram was heard.
pub(crate) fn tours_of_telegram(
    connection: &Connection,
    telegram: TelegramId,
) -> Result<Vec<TourId>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT tour FROM receptions WHERE telegram = ?1")?;
    let tours = statement.query_map([telegram.0], |row| row.get(0).map(TourId))?;
    Ok(tours.collect::<Result<_, _>>()?)
}

/// Reads an event: `id, session, tour, tour_meter, at, boot, monotonic_ms, sequence, supersedes, kind`.
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let kind: Vec<u8> = row.get(9)?;
    Ok(Event {
        id: EventId(row.get(0)?),
        session: ReadingSessionId(row.get(1)?),
        tour: TourId(row.get(2)?),
        tour_meter: TourMeterId(row.get(3)?),
        at: Timestamp::from_millis(row.get(4)?),
        boot: BootId(row.get(5)?),
        monotonic_ms: row.get::<_, i64>(6)?.cast_unsigned(),
        sequence: row.get::<_, i64>(7)?.cast_unsigned(),
        supersedes: row.get::<_, Option<Uuid>>(8)?.map(EventId),
        kind: minicbor::decode::<EventKind>(&kind)
            .map_err(|error| rusqlite::Error::FromSqlConversionFailure(9, Type::Blob, Box::new(error)))?,
    })
}

/// Reads a value that is kept as text.
pub(super) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let text: String = row.get(column)?;
    text.parse()
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}
