//! Who may come in.

use async_trait::async_trait;
use sync_protocol::{ReplicaId, Timestamp};

use super::MemoryTransaction;
use crate::store::rows::{AdminSession, Handheld, PairingCodeRow, SecretHash};
use crate::store::{Access, StoreError};

#[async_trait]
impl Access for MemoryTransaction {
    async fn put_admin_session(&mut self, session: AdminSession) -> Result<(), StoreError> {
        self.put(|tables| &mut tables.admin_sessions, session.token_hash, session);
        Ok(())
    }

    async fn admin_session(&mut self, token_hash: SecretHash) -> Result<Option<AdminSession>, StoreError> {
        Ok(self.tables.admin_sessions.get(&token_hash).cloned())
    }

    async fn delete_admin_session(&mut self, token_hash: SecretHash) -> Result<(), StoreError> {
        self.remove(|tables| &mut tables.admin_sessions, |key, _| *key == token_hash);
        Ok(())
    }

    async fn delete_admin_sessions_before(&mut self, at: Timestamp) -> Result<(), StoreError> {
        self.remove(|tables| &mut tables.admin_sessions, |_, session| session.expires_at < at);
        Ok(())
    }

    async fn put_pairing_code(&mut self, code: PairingCodeRow) -> Result<(), StoreError> {
        self.put(|tables| &mut tables.pairing_codes, code.code_hash, code);
        Ok(())
    }

    async fn pairing_code(&mut self, code_hash: SecretHash) -> Result<Option<PairingCodeRow>, StoreError> {
        Ok(self.tables.pairing_codes.get(&code_hash).cloned())
    }

    async fn put_handheld(&mut self, handheld: Handheld) -> Result<(), StoreError> {
        self.put(|tables| &mut tables.handhelds, handheld.replica, handheld);
        Ok(())
    }

    async fn handheld(&mut self, replica: ReplicaId) -> Result<Option<Handheld>, StoreError> {
        Ok(self.tables.handhelds.get(&replica).cloned())
    }

    async fn handheld_of_token(&mut self, token_hash: SecretHash) -> Result<Option<Handheld>, StoreError> {
        Ok(self.tables.handhelds.values().find(|handheld| handheld.token_hash == token_hash).cloned())
    }

    async fn handhelds(&mut self) -> Result<Vec<Handheld>, StoreError> {
        Ok(self.tables.handhelds.values().cloned().collect())
    }
}
