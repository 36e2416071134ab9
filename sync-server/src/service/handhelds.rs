//! Handhelds: pairing, tokens, revocation.

use std::collections::BTreeMap;

use sync_protocol::{PairAnswer, PairRequest, ReplicaId, Timestamp, Token};

use super::environment::mint_uuid;
use super::live::Notice;
use super::{Actor, HandheldSummary, PairingCode, Result, Service, ServiceError};
use crate::crypto::{bearer_token, hash_pairing_code, hash_token, is_same_hash, pairing_code};
use crate::store::Transaction;
use crate::store::rows::{Handheld, PairingCodeRow};

/// How long a pairing code can be used.
const PAIRING_CODE_MS: i64 = 15 * 60 * 1_000;

/// `last_seen` is written once a minute at most, so that asking for changes is not a write each time.
const LAST_SEEN_MS: i64 = 60 * 1_000;

/// Characters of a handheld's name or version at most.
const NAME_CHARACTERS: usize = 100;

impl Service {
    /// Makes a code with which one handheld can be paired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_pairing_code(&self, actor: Actor) -> Result<PairingCode> {
        let code = pairing_code(self.random()?);
        let now = self.now();
        let expires_at = now.plus_millis(PAIRING_CODE_MS);
        let mut tx = self.begin().await?;
        let code_hash = hash_pairing_code(&code);
        tx.put_pairing_code(PairingCodeRow { code_hash, created_at: now, expires_at, used_by: None }).await?;
        self.record(&mut *tx, actor, "pairing_code", "", "").await?;
        tx.commit().await?;
        Ok(PairingCode { code, expires_at })
    }

    /// Pairs a handheld: it gets an identity and a token, and the code is used up. Attempts are
    /// counted against `client`, such as an IP address.
    ///
    /// # Errors
    /// `WrongPairingCode` or `TooManyAttempts`.
    pub async fn pair(&self, request: &PairRequest, client: &str) -> Result<PairAnswer> {
        let now = self.now();
        self.pairings.begin(client, now)?;
        let mut tx = self.begin().await?;
        let code_hash = hash_pairing_code(&request.code);
        let code = tx.pairing_code(code_hash).await?.filter(|code| {
            is_same_hash(&code.code_hash, &code_hash) && code.used_by.is_none() && code.expires_at > now
        });
        let Some(code) = code else { return Err(ServiceError::WrongPairingCode) };
        let replica = ReplicaId(mint_uuid(&*self.environment)?);
        let token = bearer_token(self.random()?);
        let handheld = Handheld {
            replica,
            name: printable(&request.name),
            app_version: printable(&request.app_version),
            token_hash: hash_token(&token),
            paired_at: now,
            revoked_at: None,
            last_seen: None,
            clock_offset_ms: None,
            pulled_change: 0,
            waiting_items: None,
        };
        let name = handheld.name.clone();
        tx.put_handheld(handheld).await?;
        tx.put_pairing_code(PairingCodeRow { used_by: Some(replica), ..code }).await?;
        self.record(&mut *tx, Actor::Handheld(replica), "handheld_pair", replica.to_string(), name).await?;
        self.commit_and_tell(tx, vec![Notice::Handheld(replica)]).await?;
        self.pairings.succeed(client);
        Ok(PairAnswer { replica, token, server_name: self.config.server_name.clone() })
    }

    /// Checks the token of a handheld.
    ///
    /// # Errors
    /// `Unauthorized` when it is not known, `Revoked` when the handheld was revoked.
    pub async fn authenticate_handheld(&self, token: &Token) -> Result<ReplicaId> {
        let hash = hash_token(token);
        let handheld = self.begin_read().await?.handheld_of_token(hash).await?;
        match handheld {
            Some(handheld) if !is_same_hash(&handheld.token_hash, &hash) => Err(ServiceError::Unauthorized),
            Some(handheld) if handheld.revoked_at.is_some() => Err(ServiceError::Revoked),
            Some(handheld) => Ok(handheld.replica),
            None => Err(ServiceError::Unauthorized),
        }
    }

    /// Notes that a handheld spoke, and what it told of its outbox. Never fails: what a handheld asks
    /// for does not depend on it.
    pub async fn note_contact(&self, replica: ReplicaId, waiting_items: Option<u32>) {
        if let Err(error) = self.keep_contact(replica, waiting_items).await {
            tracing::warn!("failed to note that a handheld spoke: {error}");
        }
    }

    async fn keep_contact(&self, replica: ReplicaId, waiting_items: Option<u32>) -> Result<()> {
        let now = self.now();
        let is_news = |handheld: &Handheld| {
            is_stale(handheld, now) || waiting_items.is_some() && waiting_items != handheld.waiting_items
        };
        if !self.begin_read().await?.handheld(replica).await?.as_ref().is_some_and(is_news) {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        // Read again: it may have been revoked since.
        if let Some(handheld) = tx.handheld(replica).await? {
            let waiting_items = waiting_items.or(handheld.waiting_items);
            tx.put_handheld(Handheld { last_seen: Some(now), waiting_items, ..handheld }).await?;
        }
        self.commit_and_tell(tx, vec![Notice::Handheld(replica)]).await
    }

    /// Returns every handheld, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handhelds(&self) -> Result<Vec<HandheldSummary>> {
        let mut tx = self.begin_read().await?;
        let mut handhelds = tx.handhelds().await?;
        let latest: BTreeMap<ReplicaId, Timestamp> = tx.latest_batches().await?.into_iter().collect();
        handhelds.sort_by_key(|handheld| (handheld.paired_at, handheld.replica));
        Ok(handhelds
            .iter()
            .map(|handheld| summary(handheld, latest.get(&handheld.replica).copied()))
            .collect())
    }

    /// Revokes a handheld: its token is dead from now on. Revoking it again changes nothing.
    ///
    /// # Errors
    /// `NotFound` when there is no such handheld.
    pub async fn revoke(&self, actor: Actor, replica: ReplicaId) -> Result<()> {
        let mut tx = self.begin().await?;
        let handheld = tx.handheld(replica).await?.ok_or(ServiceError::NotFound("handheld"))?;
        if handheld.revoked_at.is_some() {
            return Ok(());
        }
        tx.put_handheld(Handheld { revoked_at: Some(self.now()), ..handheld }).await?;
        self.record(&mut *tx, actor, "handheld_revoke", replica.to_string(), "").await?;
        self.commit_and_tell(tx, vec![Notice::Handheld(replica)]).await
    }

    /// Returns a handheld that may still talk to the server.
    pub(super) async fn live_handheld(
        &self,
        tx: &mut dyn Transaction,
        replica: ReplicaId,
    ) -> Result<Handheld> {
        let handheld = tx.handheld(replica).await?.ok_or(ServiceError::Unauthorized)?;
        if handheld.revoked_at.is_some() { Err(ServiceError::Revoked) } else { Ok(handheld) }
    }
}

/// Says whether `last_seen` is old enough to be written again.
pub(super) fn is_stale(handheld: &Handheld, now: Timestamp) -> bool {
    handheld
        .last_seen
        .is_none_or(|seen| !(0..LAST_SEEN_MS).contains(&now.as_millis().saturating_sub(seen.as_millis())))
}

pub(super) fn summary(handheld: &Handheld, last_push_at: Option<Timestamp>) -> HandheldSummary {
    HandheldSummary {
        replica: handheld.replica,
        name: handheld.name.clone(),
        app_version: handheld.app_version.clone(),
        paired_at: handheld.paired_at,
        revoked_at: handheld.revoked_at,
        last_seen: handheld.last_seen,
        last_push_at,
        clock_offset_ms: handheld.clock_offset_ms,
    }
}

/// Takes what a stranger calls itself without control characters and without end.
fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(NAME_CHARACTERS).collect()
}
