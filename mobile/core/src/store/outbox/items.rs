//! Reading the facts themselves, as they travel.

use rusqlite::{Connection, OptionalExtension as _, Row};
use sync_protocol::{
    BootId, Item, ReadingSessionId, Reception, ReceptionId, Telegram, TelegramId, TimeSource, Timestamp,
    TourId,
};

use super::facts::{FactKind, WaitingFact};
use crate::store::{StoreError, facts};

/// Returns the items of facts, in the same order.
pub(crate) fn items(conn: &Connection, facts: &[WaitingFact]) -> Result<Vec<Item>, StoreError> {
    facts.iter().map(|fact| item(conn, fact)).collect()
}

fn item(conn: &Connection, fact: &WaitingFact) -> Result<Item, StoreError> {
    let missing = |table| StoreError::Damaged { table, what: "a fact that is to be sent" };
    match fact.kind {
        FactKind::Telegram => conn
            .prepare_cached("SELECT frame FROM telegrams WHERE id = ?1")?
            .query_row([&fact.id], |row| Ok(Item::Telegram(Telegram::new(row.get(0)?))))
            .optional()?
            .ok_or_else(|| missing("telegrams")),
        FactKind::Reception => conn
            .prepare_cached(
                "SELECT id, telegram, session, tour, received_at, time_source, boot, monotonic_ms, sequence,
                        rssi_dbm, link_mode, receiver
                 FROM receptions WHERE id = ?1",
            )?
            .query_row([&fact.id], |row| reception(row).map(Item::Reception))
            .optional()?
            .ok_or_else(|| missing("receptions")),
        FactKind::Event => conn
            .prepare_cached(
                "SELECT id, session, tour, tour_meter, at, boot, monotonic_ms, sequence, supersedes, kind
                 FROM events WHERE id = ?1",
            )?
            .query_row([&fact.id], |row| facts::event(row).map(Item::Event))
            .optional()?
            .ok_or_else(|| missing("events")),
    }
}

fn reception(row: &Row<'_>) -> rusqlite::Result<Reception> {
    Ok(Reception {
        id: ReceptionId(row.get(0)?),
        telegram: TelegramId(row.get(1)?),
        session: ReadingSessionId(row.get(2)?),
        tour: TourId(row.get(3)?),
        received_at: Timestamp::from_millis(row.get(4)?),
        time_source: match row.get::<_, i64>(5)? {
            0 => TimeSource::Receiver,
            _ => TimeSource::Handheld,
        },
        boot: BootId(row.get(6)?),
        monotonic_ms: row.get::<_, i64>(7)?.cast_unsigned(),
        sequence: row.get::<_, i64>(8)?.cast_unsigned(),
        rssi_dbm: row.get(9)?,
        link_mode: row.get(10)?,
        receiver: row.get(11)?,
    })
}
