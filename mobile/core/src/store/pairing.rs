//! Which server this replica belongs to, and how far the two have come with one another.

use std::fmt;

use rusqlite::{Connection, OptionalExtension as _, params};
use sync_protocol::{Cursor, Hello, PairAnswer, ProblemCode, ReplicaId, Timestamp, Token};
use uuid::Uuid;

use super::StoreError;
use crate::sync::ServerMark;

/// Items in a batch while the line is good.
pub const MOST_ITEMS: u32 = 5_000;

/// The pairing with a server. Its token is in the encrypted store only, and hidden from `Debug`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// The server's address, such as `https://walkby.example`.
    pub server_url: String,
    /// What the server calls itself.
    pub server_name: String,
    /// The handheld's identity.
    pub replica: ReplicaId,
    /// The bearer token.
    pub token: Token,
    /// Certificates (PEM) that alone are trusted for this server; none trusts the public ones.
    pub ca_pem: Option<String>,
    /// The server's code when it last refused the token; none while it is taken.
    pub refused: Option<RefusedToken>,
    /// What the server last said of its database; none before the first hello.
    pub server: Option<ServerMark>,
    /// The server's clock when it was last heard.
    pub server_time: Option<Timestamp>,
    /// Most items that the server takes in a batch.
    pub max_items: u32,
    /// Most bytes that the server takes in a body.
    pub max_body_bytes: u64,
    /// Items in a batch that the line bears: halved by timeouts, doubled by receipts.
    pub item_limit: u32,
}

impl Pairing {
    /// Returns how many items the next batch may have.
    pub fn items_per_batch(&self) -> u32 {
        self.item_limit.min(self.max_items).clamp(1, MOST_ITEMS)
    }
}

/// The stable code with which a server refused the token.
#[derive(Clone, PartialEq, Eq)]
pub struct RefusedToken(pub String);

impl fmt::Debug for RefusedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the pairing, if there is one.
///
/// # Errors
/// When the store fails.
pub fn read(conn: &Connection) -> Result<Option<Pairing>, StoreError> {
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
                refused: row.get::<_, Option<String>>(5)?.map(RefusedToken),
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
/// first hello makes everything that is not safe be offered again. The feed of tours is the new
/// identity's, so it is read from the beginning.
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
             refused = NULL, cursor = NULL",
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

/// Keeps what a hello said. A token that is heard is not refused.
pub(crate) fn note_hello(tx: &Connection, server: ServerMark, hello: &Hello) -> Result<(), StoreError> {
    note_receipt(tx, server, hello.server_time)?;
    tx.prepare_cached("UPDATE pairing SET refused = NULL, max_items = ?1, max_body_bytes = ?2")?
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

/// Sets how many items the line bears.
pub(crate) fn note_item_limit(tx: &Connection, item_limit: u32) -> Result<(), StoreError> {
    tx.execute("UPDATE pairing SET item_limit = ?1", [item_limit.clamp(1, MOST_ITEMS)])?;
    Ok(())
}

/// Returns how far the feed of tours has been read.
pub(crate) fn cursor(conn: &Connection) -> Result<Option<Cursor>, StoreError> {
    let cursor = conn
        .query_row("SELECT cursor FROM pairing", [], |row| row.get::<_, Option<String>>(0))
        .optional()?
        .flatten();
    Ok(cursor.map(Cursor))
}

/// Sets how far the feed has been read, in the transaction that applies what was read.
pub(crate) fn note_cursor(tx: &Connection, cursor: &Cursor) -> Result<(), StoreError> {
    tx.execute("UPDATE pairing SET cursor = ?1", [&cursor.0])?;
    Ok(())
}
