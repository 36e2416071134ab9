//! The one row that says where the database stands.

use async_trait::async_trait;

use super::{Driver, Result, SqlTransaction};
use crate::store::rows::ServerState;
use crate::store::{State, StoreError};

const MISSING: StoreError = StoreError::Corrupt { place: "server_state" };

#[async_trait]
impl<D: Driver> State for SqlTransaction<D> {
    async fn state(&mut self) -> Result<ServerState> {
        let sql =
            "SELECT server_epoch, last_change, safe_commit, key_check, admin_password FROM server_state";
        let mut row = self.query_one(sql, Vec::new()).await?.ok_or(MISSING)?;
        Ok(ServerState {
            server_epoch: row.number()?,
            last_change: row.number()?,
            safe_commit: row.number()?,
            key_check: row.optional_blob()?,
            admin_password: row.optional_text()?,
        })
    }

    async fn advance(&mut self, by: u64) -> Result<u64> {
        let sql = "UPDATE server_state SET last_change = last_change + $1 RETURNING last_change";
        self.query_one(sql, vec![by.into()]).await?.ok_or(MISSING)?.number()
    }

    async fn set_server_epoch(&mut self, epoch: u64) -> Result<()> {
        self.driver.execute("UPDATE server_state SET server_epoch = $1", vec![epoch.into()]).await
    }

    async fn set_safe_commit(&mut self, commit: u64) -> Result<()> {
        self.driver.execute("UPDATE server_state SET safe_commit = $1", vec![commit.into()]).await
    }

    async fn set_key_check(&mut self, sealed: Vec<u8>) -> Result<()> {
        self.driver.execute("UPDATE server_state SET key_check = $1", vec![sealed.into()]).await
    }

    async fn set_admin_password(&mut self, hash: String) -> Result<()> {
        self.driver.execute("UPDATE server_state SET admin_password = $1", vec![hash.into()]).await
    }
}
