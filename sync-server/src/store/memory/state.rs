//! The one row that says where the database stands.

use async_trait::async_trait;

use super::MemoryTransaction;
use crate::store::rows::ServerState;
use crate::store::{State, StoreError};

impl MemoryTransaction {
    /// Changes the row.
    fn change_state(&mut self, change: impl FnOnce(&mut ServerState)) {
        let earlier = self.tables.state.clone();
        change(&mut self.tables.state);
        self.undo.push(Box::new(move |tables| tables.state = earlier));
    }
}

#[async_trait]
impl State for MemoryTransaction {
    async fn state(&mut self) -> Result<ServerState, StoreError> {
        Ok(self.tables.state.clone())
    }

    async fn advance(&mut self, by: u64) -> Result<u64, StoreError> {
        self.change_state(|state| state.last_change += by);
        Ok(self.tables.state.last_change)
    }

    async fn set_server_epoch(&mut self, epoch: u64) -> Result<(), StoreError> {
        self.change_state(|state| state.server_epoch = epoch);
        Ok(())
    }

    async fn set_safe_commit(&mut self, commit: u64) -> Result<(), StoreError> {
        self.change_state(|state| state.safe_commit = commit);
        Ok(())
    }

    async fn set_key_check(&mut self, sealed: Vec<u8>) -> Result<(), StoreError> {
        self.change_state(|state| state.key_check = Some(sealed));
        Ok(())
    }

    async fn set_admin_password(&mut self, hash: String) -> Result<(), StoreError> {
        self.change_state(|state| state.admin_password = Some(hash));
        Ok(())
    }
}
