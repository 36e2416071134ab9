//! Taking the feed of tours.
//!
//! Each page is applied in one transaction with its cursor, so that a cursor is never ahead of its
//! rows. When the server no longer knows the cursor, all pages from the beginning are first kept in a
//! shadow, and the last one puts them in the place of what was there, in one transaction.

use rusqlite::Connection;
use sync_protocol::{Change, ChangesPage, Cursor, ProblemCode};

use super::failure::Failure;
use super::{Answer, SyncError};
use crate::store::{Store, StoreError, meta, tours};

/// What became of an answer to `changes`.
#[derive(Debug)]
pub(super) enum Taken {
    /// A page was applied or kept.
    Page {
        /// Changes in it.
        changes: usize,
        /// Whether there is another one.
        more: bool,
    },
    /// Everything is fetched from the beginning.
    Refetching,
    /// It was no page.
    Failed(Failure),
}

/// How far a full refetch is; an empty text at its beginning.
const SHADOW: &str = "feed_shadow_cursor";

/// Returns the cursor to ask with.
pub(super) fn cursor(conn: &Connection) -> Result<Option<Cursor>, StoreError> {
    let cursor = match meta::text(conn, SHADOW)? {
        Some(shadow) => Some(shadow).filter(|cursor| !cursor.is_empty()),
        None => meta::text(conn, meta::CURSOR)?,
    };
    Ok(cursor.map(Cursor))
}

/// Takes an answer to `changes`.
pub(super) fn take(store: &mut Store, answer: &Answer) -> Result<Taken, SyncError> {
    let asked = cursor(store.connection())?;
    let Some(page) = answer.success::<ChangesPage>() else {
        let gone = answer.problem().is_some_and(|problem| problem.code == ProblemCode::CursorGone);
        // Without a cursor there is nothing that could be gone: such an answer is a fault of the server.
        if !gone || asked.is_none() {
            return Ok(Taken::Failed(Failure::of_answer(answer)));
        }
        let tx = store.transaction()?;
        let is_second = meta::text(&tx, SHADOW)?.is_some();
        begin_refetch(&tx)?;
        tx.commit()?;
        // A server that loses one cursor after the other is asked again later, not at once.
        return Ok(if is_second { Taken::Failed(Failure::of_answer(answer)) } else { Taken::Refetching });
    };
    if page.has_more && asked.as_ref() == Some(&page.cursor) {
        return Ok(Taken::Failed(Failure::NotAnAnswer { status: answer.status }));
    }
    if meta::text(store.connection(), SHADOW)?.is_none() {
        store.apply_changes(&page.changes, &page.cursor)?;
    } else {
        let tx = store.transaction()?;
        keep_in_shadow(&tx, &page)?;
        if !page.has_more {
            swap(&tx, &page.cursor)?;
        }
        tx.commit()?;
    }
    Ok(Taken::Page { changes: page.changes.len(), more: page.has_more })
}

/// Begins to fetch everything anew; what is here stays until all of it has come.
pub(super) fn begin_refetch(tx: &Connection) -> Result<(), StoreError> {
    tx.execute("DELETE FROM feed_shadow", [])?;
    meta::set_text(tx, SHADOW, "")
}

fn keep_in_shadow(tx: &Connection, page: &ChangesPage) -> Result<(), StoreError> {
    let damaged = |_| StoreError::Damaged { table: "feed_shadow", what: "a change" };
    let changes = serde_json::to_string(&page.changes).map_err(damaged)?;
    tx.execute("INSERT INTO feed_shadow (changes) VALUES (?1)", [changes])?;
    meta::set_text(tx, SHADOW, &page.cursor.0)
}

/// Puts the shadow in the place of the tours.
fn swap(tx: &Connection, cursor: &Cursor) -> Result<(), StoreError> {
    let pages: Vec<String> = tx
        .prepare("SELECT changes FROM feed_shadow ORDER BY page")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut changes: Vec<Change> = Vec::new();
    for page in &pages {
        let damaged = |_| StoreError::Damaged { table: "feed_shadow", what: "a change" };
        changes.extend(serde_json::from_str::<Vec<Change>>(page).map_err(damaged)?);
    }
    tours::replace_all(tx, &changes)?;
    tx.execute("DELETE FROM feed_shadow", [])?;
    meta::remove(tx, SHADOW)?;
    meta::set_text(tx, meta::CURSOR, &cursor.0)
}
