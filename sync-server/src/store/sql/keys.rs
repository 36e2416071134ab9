//! Sealed keys of meters.

use async_trait::async_trait;
use sync_protocol::Timestamp;

use super::{Driver, Insert, Kind, Lookup, OnConflict, Result, Row, SqlTransaction};
use crate::store::Keys;
use crate::store::rows::SealedKey;

static METER_KEYS: Insert = Insert {
    table: "meter_keys",
    columns: &[
        ("radio_id", Kind::Text),
        ("fingerprint", Kind::Blob),
        ("sealed", Kind::Blob),
        ("imported_at", Kind::Integer),
    ],
    key: 2,
    on_conflict: OnConflict::Keep,
};

static BY_RADIO_ID: Lookup = Lookup {
    select: "SELECT radio_id, fingerprint, sealed, imported_at FROM meter_keys",
    keys: &[("radio_id", Kind::Text)],
};

fn sealed_key(mut row: Row) -> Result<SealedKey> {
    Ok(SealedKey {
        radio_id: row.text()?,
        fingerprint: row.bytes()?,
        sealed: row.blob()?,
        imported_at: row.timestamp()?,
    })
}

#[async_trait]
impl<D: Driver> Keys for SqlTransaction<D> {
    async fn insert_keys(&mut self, keys: Vec<SealedKey>) -> Result<Vec<bool>> {
        let rows = keys.into_iter().map(|key| {
            vec![key.radio_id.into(), key.fingerprint.into(), key.sealed.into(), key.imported_at.into()]
        });
        self.insert(&METER_KEYS, rows.collect()).await
    }

    async fn key_imports(&mut self) -> Result<Vec<(String, Timestamp)>> {
        let sql = "SELECT radio_id, MAX(imported_at) FROM meter_keys GROUP BY radio_id ORDER BY radio_id";
        self.query_all(sql, Vec::new(), |mut row| Ok((row.text()?, row.timestamp()?))).await
    }

    async fn keys(&mut self, radio_ids: Vec<String>) -> Result<Vec<SealedKey>> {
        let keys = radio_ids.into_iter().map(|id| vec![id.into()]).collect();
        self.look_up(&BY_RADIO_ID, keys, sealed_key, |key| (key.radio_id.clone(), key.fingerprint)).await
    }
}
