//! Which server this replica belongs to, and how far the two have come with one another.

use rusqlite::{Connection, OptionalExtension as _, params};
use sync_protocol::{Hello, PairAnswer, ProblemCode, ReplicaId, Timestamp, Token};
use uuid::Uuid;

use super::StoreError;
use crate::sync::ServerMark;

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
    /// Certificates (PEM) that alone are trusted for this server; none trusts the public ones.
    pub(crate) ca_pem: Option<String>,
    /// The server's code when it last refused the token; none while it is taken.
    pub(crate) refused: Option<String>,
    /// What the server last said of its database; none before the first hello.
    pub(crate) server: Option<ServerMark>,
    /// The server's clock when it was last heard.
    pub(crate) server_time: Option<Timestamp>,
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
                server_time, max_items, max_body_bytes, item_limit
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
                ca_pem: row.get(4)?,
                refused: row.get(5)?,
                server: epoch.map(|epoch| ServerMark {
                    epoch: epoch.cast_unsigned(),
                    safe_commit: safe_commit.cast_unsigned(),
                }),
                server_time: row.get::<_, Option<i64>>(8)?.map(Timestamp::from_millis),
                max_items: row.get(9)?,
                max_body_bytes: row.get::<_, i64>(10)?.cast_unsigned(),
                item_limit: row.get(11)?,
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
    ca_pem: Option<&str>,
    answer: &PairAnswer,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO pairing (id, server_url, server_name, replica, token, ca_pem, max_items, max_body_bytes,
                              item_limit)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6)
         ON CONFLICT (id) DO UPDATE SET
             server_epoch = CASE WHEN server_url = excluded.server_url THEN server_epoch END,
             safe_commit = CASE WHEN server_url = excluded.server_url THEN safe_commit ELSE 0 END,
             server_url = excluded.server_url, server_name = excluded.server_name,
             replica = excluded.replica, token = excluded.token, ca_pem = excluded.ca_pem,
             refused = NULL",
        params![
            server_url,
            answer.server_name,
            answer.replica.0,
            answer.token.expose(),
            ca_pem,
            MOST_ITEMS,
            1i64 << 20
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
