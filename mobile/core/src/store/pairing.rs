//! Which server this replica belongs to, and how far the two have come with one another.

use rusqlite::{Connection, OptionalExtension as _, params};
use sync_protocol::{ClockSample, Digest, Hello, PairAnswer, ProblemCode, ReplicaId, Timestamp, Token};
use uuid::Uuid;

use super::StoreError;
use crate::clock::Now;
use crate::sync::{ServerMark, Trust};

/// Items in a batch while the line is good.
pub(crate) const MOST_ITEMS: u32 = 5_000;

/// The pairing with a server. Its token is in the encrypted store only, and hidden from `Debug`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pairing {
    /// The server's address, such as `https://walkby.example`.
    pub(crate) server_url: String,
    /// What the server calls itself.
    pub(crate) server_name: String,
    /// The handheld's identity.
    pub(crate) replica: ReplicaId,
    /// The bearer token.
    pub(crate) token: Token,
    /// What the office calls this handheld.
    pub(crate) handheld_name: String,
    /// Which certificates are trusted for this server.
    pub(crate) trust: Trust,
    /// The server's code when it last refused the token; none while it is taken.
    pub(crate) refused: Option<String>,
    /// What the server last said of its database; none before the first hello.
    pub(crate) server: Option<ServerMark>,
    /// The server's clock when it was last heard.
    pub(crate) server_time: Option<Timestamp>,
    /// This handheld's clock less the server's, in milliseconds, when they were last compared.
    pub(crate) clock_offset_ms: Option<i64>,
    /// When the whole feed of tours was last here, by this handheld's clock.
    pub(crate) pulled_at: Option<Timestamp>,
    /// When the last receipt came, by this handheld's clock.
    pub(crate) receipt_at: Option<Timestamp>,
    /// Most items that the server takes in a batch.
    pub(crate) max_items: u32,
    /// Most bytes that the server takes in a body.
    pub(crate) max_body_bytes: u64,
    /// Items in a batch that the line bears: halved by timeouts, doubled by receipts.
    pub(crate) item_limit: u32,
}

impl Pairing {
    /// Returns how many items the next batch may have.
    pub(crate) fn items_per_batch(&self) -> u32 {
        self.item_limit.min(self.max_items).clamp(1, MOST_ITEMS)
    }
}

/// Returns the pairing, if there is one.
///
/// # Errors
/// When the store fails.
pub(crate) fn read(conn: &Connection) -> Result<Option<Pairing>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT server_url, server_name, replica, token, ca_pem, refused, server_epoch, safe_commit,
                server_time, max_items, max_body_bytes, item_limit, handheld_name, certificate_sha256,
                clock_offset_ms, pulled_at, receipt_at
         FROM pairing",
    )?;
    let pairing = statement
        .query_row([], |row| {
            let epoch: Option<i64> = row.get(6)?;
            let safe_commit: i64 = row.get(7)?;
            Ok(Pairing {
                server_url: row.get(0)?,
                server_name: row.get(1)?,
                replica: ReplicaId(row.get::<_, Uuid>(2)?),
                token: Token::new(row.get(3)?),
                handheld_name: row.get(12)?,
                trust: match (row.get(13)?, row.get(4)?) {
                    (Some(digest), _) => Trust::Certificate(Digest(digest)),
                    (None, Some(pem)) => Trust::Authorities(pem),
                    (None, None) => Trust::Platform,
                },
                refused: row.get(5)?,
                server: epoch.map(|epoch| ServerMark {
                    epoch: epoch.cast_unsigned(),
                    safe_commit: safe_commit.cast_unsigned(),
                }),
                server_time: row.get::<_, Option<i64>>(8)?.map(Timestamp::from_millis),
                max_items: row.get(9)?,
                max_body_bytes: row.get::<_, i64>(10)?.cast_unsigned(),
                item_limit: row.get(11)?,
                clock_offset_ms: row.get(14)?,
                pulled_at: row.get::<_, Option<i64>>(15)?.map(Timestamp::from_millis),
                receipt_at: row.get::<_, Option<i64>>(16)?.map(Timestamp::from_millis),
            })
        })
        .optional()?;
    Ok(pairing)
}

/// Keeps a new pairing.
///
/// What the server said of its database holds on only when it is the same server; otherwise the
/// first hello makes everything that is not safe be offered again.
pub(crate) fn write(
    tx: &Connection,
    server_url: &str,
    handheld_name: &str,
    trust: &Trust,
    answer: &PairAnswer,
) -> Result<(), StoreError> {
    let (ca_pem, certificate) = match trust {
        Trust::Platform => (None, None),
        Trust::Authorities(pem) => (Some(pem), None),
        Trust::Certificate(digest) => (None, Some(digest.0)),
    };
    tx.execute(
        "INSERT INTO pairing (id, server_url, server_name, replica, token, ca_pem, max_items, max_body_bytes,
                              item_limit, handheld_name, certificate_sha256)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET
             server_epoch = CASE WHEN server_url = excluded.server_url THEN server_epoch END,
             safe_commit = CASE WHEN server_url = excluded.server_url THEN safe_commit ELSE 0 END,
             server_url = excluded.server_url, server_name = excluded.server_name,
             replica = excluded.replica, token = excluded.token, ca_pem = excluded.ca_pem,
             handheld_name = excluded.handheld_name,
             certificate_sha256 = excluded.certificate_sha256, refused = NULL",
        params![
            server_url,
            answer.server_name,
            answer.replica.0,
            answer.token.expose(),
            ca_pem,
            MOST_ITEMS,
            1i64 << 20,
            handheld_name,
            certificate
        ],
    )?;
    Ok(())
}

/// Keeps what a hello said.
pub(crate) fn note_hello(tx: &Connection, server: ServerMark, hello: &Hello) -> Result<(), StoreError> {
    note_receipt(tx, server, hello.server_time)?;
    tx.prepare_cached("UPDATE pairing SET max_items = ?1, max_body_bytes = ?2")?
        .execute(params![hello.max_items, i64::try_from(hello.max_body_bytes).unwrap_or(i64::MAX)])?;
    Ok(())
}

/// Keeps how the two clocks compare.
pub(crate) fn note_clock(tx: &Connection, sample: &ClockSample) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE pairing SET clock_offset_ms = ?1")?
        .execute([sample.offset_ms.saturating_neg()])?;
    Ok(())
}

/// Keeps when the whole feed of tours was here.
pub(crate) fn note_pulled(tx: &Connection, now: Now) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE pairing SET pulled_at = ?1")?.execute([now.wall.as_millis()])?;
    Ok(())
}

/// Keeps when a receipt came.
pub(crate) fn note_receipt_at(tx: &Connection, now: Now) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE pairing SET receipt_at = ?1")?.execute([now.wall.as_millis()])?;
    Ok(())
}

/// Keeps what a receipt said of the server's database.
pub(crate) fn note_receipt(
    tx: &Connection,
    server: ServerMark,
    server_time: Timestamp,
) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE pairing SET server_epoch = ?1, safe_commit = ?2, server_time = ?3")?.execute(
        params![server.epoch.cast_signed(), server.safe_commit.cast_signed(), server_time.as_millis()],
    )?;
    Ok(())
}

/// Keeps that the server refused the token.
pub(crate) fn note_refused(tx: &Connection, code: ProblemCode) -> Result<(), StoreError> {
    tx.execute("UPDATE pairing SET refused = ?1", [code.as_str()])?;
    Ok(())
}

/// Keeps that the server takes the token, and that the line bears that many items and, it may be hoped,
/// twice as many.
pub(crate) fn note_taken(tx: &Connection, items: u32) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE pairing SET refused = NULL, item_limit = min(?2, max(item_limit, 2 * ?1))
         WHERE refused IS NOT NULL OR item_limit < min(?2, 2 * ?1)",
    )?
    .execute([items, MOST_ITEMS])?;
    Ok(())
}

/// Sets how many items the line bears.
pub(crate) fn note_item_limit(tx: &Connection, item_limit: u32) -> Result<(), StoreError> {
    tx.execute("UPDATE pairing SET item_limit = ?1", [item_limit.clamp(1, MOST_ITEMS)])?;
    Ok(())
}
