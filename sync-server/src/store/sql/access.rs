//! Who may come in.

use async_trait::async_trait;
use sync_protocol::{ReplicaId, Timestamp};

use super::{Driver, Insert, Kind, OnConflict, Result, Row, SqlTransaction};
use crate::store::rows::{AdminSession, Handheld, PairingCodeRow, SecretHash, SessionKind};
use crate::store::{Access, StoreError};

static ADMIN_SESSIONS: Insert = Insert {
    table: "admin_sessions",
    columns: &[
        ("token_hash", Kind::Blob),
        ("kind", Kind::Text),
        ("created_at", Kind::Integer),
        ("expires_at", Kind::Integer),
    ],
    key: 1,
    on_conflict: OnConflict::Replace,
};

static PAIRING_CODES: Insert = Insert {
    table: "pairing_codes",
    columns: &[
        ("code_hash", Kind::Blob),
        ("created_at", Kind::Integer),
        ("expires_at", Kind::Integer),
        ("used_by", Kind::Uuid),
    ],
    key: 1,
    on_conflict: OnConflict::Replace,
};

static HANDHELDS: Insert = Insert {
    table: "handhelds",
    columns: &[
        ("replica", Kind::Uuid),
        ("name", Kind::Text),
        ("app_version", Kind::Text),
        ("token_hash", Kind::Blob),
        ("paired_at", Kind::Integer),
        ("revoked_at", Kind::Integer),
        ("last_seen", Kind::Integer),
        ("clock_offset_ms", Kind::Integer),
        ("pulled_change", Kind::Integer),
        ("waiting_items", Kind::Integer),
    ],
    key: 1,
    on_conflict: OnConflict::Replace,
};

fn handheld(mut row: Row) -> Result<Handheld> {
    Ok(Handheld {
        replica: ReplicaId(row.uuid()?),
        name: row.text()?,
        app_version: row.text()?,
        token_hash: row.bytes()?,
        paired_at: row.timestamp()?,
        revoked_at: row.optional_timestamp()?,
        last_seen: row.optional_timestamp()?,
        clock_offset_ms: row.optional_integer()?,
        pulled_change: row.number()?,
        waiting_items: row.optional_number()?,
    })
}

#[async_trait]
impl<D: Driver> Access for SqlTransaction<D> {
    async fn put_admin_session(&mut self, session: AdminSession) -> Result<()> {
        let row = vec![
            session.token_hash.into(),
            session.kind.as_str().into(),
            session.created_at.into(),
            session.expires_at.into(),
        ];
        self.insert(&ADMIN_SESSIONS, vec![row]).await.map(drop)
    }

    async fn admin_session(&mut self, token_hash: SecretHash) -> Result<Option<AdminSession>> {
        let sql = "SELECT kind, created_at, expires_at FROM admin_sessions WHERE token_hash = $1";
        let Some(mut row) = self.query_one(sql, vec![token_hash.into()]).await? else { return Ok(None) };
        Ok(Some(AdminSession {
            token_hash,
            kind: SessionKind::parse(&row.text()?)
                .ok_or(StoreError::Corrupt { place: "admin_sessions.kind" })?,
            created_at: row.timestamp()?,
            expires_at: row.timestamp()?,
        }))
    }

    async fn delete_admin_session(&mut self, token_hash: SecretHash) -> Result<()> {
        let sql = "DELETE FROM admin_sessions WHERE token_hash = $1";
        self.driver.execute(sql, vec![token_hash.into()]).await
    }

    async fn delete_admin_sessions_before(&mut self, at: Timestamp) -> Result<()> {
        self.driver.execute("DELETE FROM admin_sessions WHERE expires_at < $1", vec![at.into()]).await
    }

    async fn put_pairing_code(&mut self, code: PairingCodeRow) -> Result<()> {
        let row = vec![
            code.code_hash.into(),
            code.created_at.into(),
            code.expires_at.into(),
            code.used_by.map(|replica| replica.0).into(),
        ];
        self.insert(&PAIRING_CODES, vec![row]).await.map(drop)
    }

    async fn pairing_code(&mut self, code_hash: SecretHash) -> Result<Option<PairingCodeRow>> {
        let sql = "SELECT created_at, expires_at, used_by FROM pairing_codes WHERE code_hash = $1";
        let Some(mut row) = self.query_one(sql, vec![code_hash.into()]).await? else { return Ok(None) };
        Ok(Some(PairingCodeRow {
            code_hash,
            created_at: row.timestamp()?,
            expires_at: row.timestamp()?,
            used_by: row.optional_uuid()?.map(ReplicaId),
        }))
    }

    async fn put_handheld(&mut self, handheld: Handheld) -> Result<()> {
        let row = vec![
            handheld.replica.0.into(),
            handheld.name.into(),
            handheld.app_version.into(),
            handheld.token_hash.into(),
            handheld.paired_at.into(),
            handheld.revoked_at.into(),
            handheld.last_seen.into(),
            handheld.clock_offset_ms.into(),
            handheld.pulled_change.into(),
            handheld.waiting_items.into(),
        ];
        self.insert(&HANDHELDS, vec![row]).await.map(drop)
    }

    async fn handheld(&mut self, replica: ReplicaId) -> Result<Option<Handheld>> {
        let sql = "SELECT replica, name, app_version, token_hash, paired_at, revoked_at, last_seen, \
                   clock_offset_ms, pulled_change, waiting_items FROM handhelds WHERE replica = $1";
        self.query_one(sql, vec![replica.0.into()]).await?.map(handheld).transpose()
    }

    async fn handheld_of_token(&mut self, token_hash: SecretHash) -> Result<Option<Handheld>> {
        let sql = "SELECT replica, name, app_version, token_hash, paired_at, revoked_at, last_seen, \
                   clock_offset_ms, pulled_change, waiting_items FROM handhelds WHERE token_hash = $1";
        self.query_one(sql, vec![token_hash.into()]).await?.map(handheld).transpose()
    }

    async fn handhelds(&mut self) -> Result<Vec<Handheld>> {
        let sql = "SELECT replica, name, app_version, token_hash, paired_at, revoked_at, last_seen, \
                   clock_offset_ms, pulled_change, waiting_items FROM handhelds ORDER BY replica";
        self.query_all(sql, Vec::new(), handheld).await
    }
}
