//! Sessions of the office: opened by a password, carried on by a token or a cookie.

use serde::Serialize;
use sync_protocol::{Timestamp, Token};

use super::live::Notice;
use super::{Actor, AdminLogin, Result, Service, ServiceError};
use crate::crypto::{bearer_token, hash_token, is_same_hash};
use crate::store::rows::{AdminSession, SessionKind};

/// How long a session lasts: one of a program from its begin, one of a browser from its last request.
pub(crate) const SESSION_MS: i64 = 12 * 60 * 60 * 1_000;

/// A browser's session is carried on once a minute at most, so that looking is not a write each time.
const CARRY_ON_MS: i64 = 60 * 1_000;

/// What a request of the office shows.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The secret. Its `Debug` hides it.
    pub token: Token,
    /// Where it stood in the request: a session opens to what it was given as only.
    pub kind: SessionKind,
}

/// A session that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSession {
    /// Who asks.
    pub actor: Actor,
    /// When the session ends if nothing more is asked.
    pub expires_at: Timestamp,
    /// Whether the end was just moved, so that the browser is to hear of it.
    pub is_carried_on: bool,
}

/// What the office's page learns about its session. The secret is in the cookie only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfficeSession {
    /// What the server calls itself.
    pub server_name: String,
    /// The server's version.
    pub server_version: String,
    /// When the session ends if nothing more is asked.
    pub expires_at: Timestamp,
}

impl Service {
    /// Begins a session of the office. Attempts are counted against `client`, such as an IP address.
    ///
    /// # Errors
    /// `WrongPassword` or `TooManyAttempts`.
    pub async fn log_in(&self, password: &str, kind: SessionKind, client: &str) -> Result<AdminLogin> {
        self.check_password(password, client).await?;
        let token = bearer_token(self.random()?);
        let now = self.now();
        let expires_at = now.plus_millis(SESSION_MS);
        let mut tx = self.begin().await?;
        tx.delete_admin_sessions_before(now).await?;
        let session = AdminSession { token_hash: hash_token(&token), kind, created_at: now, expires_at };
        tx.put_admin_session(session).await?;
        self.record(&mut *tx, Actor::Admin, "login", "admin", client).await?;
        tx.commit().await?;
        Ok(AdminLogin { token, expires_at })
    }

    /// Checks what a request of the office shows. The end of a browser's session moves on with it.
    ///
    /// # Errors
    /// `Unauthorized` when it is not known, too old, or of the other kind.
    pub async fn authenticate_admin(&self, credentials: &Credentials) -> Result<OpenSession> {
        let session = self.open_session(credentials).await?;
        let expires_at = self.now().plus_millis(SESSION_MS);
        let gained_ms = expires_at.as_millis().saturating_sub(session.expires_at.as_millis());
        let opened =
            OpenSession { actor: Actor::Admin, expires_at: session.expires_at, is_carried_on: false };
        if session.kind == SessionKind::Token || gained_ms < CARRY_ON_MS {
            return Ok(opened);
        }
        match self.carry_on(AdminSession { expires_at, ..session }).await {
            Ok(()) => Ok(OpenSession { expires_at, is_carried_on: true, ..opened }),
            Err(ServiceError::Unauthorized) => Err(ServiceError::Unauthorized),
            Err(error) => {
                // A full disk is no reason to show the office nothing.
                tracing::warn!("failed to carry on a session: {error}");
                Ok(opened)
            }
        }
    }

    async fn carry_on(&self, session: AdminSession) -> Result<()> {
        let mut tx = self.begin().await?;
        // Read again: it may have been ended since, and must not come back.
        if tx.admin_session(session.token_hash).await?.is_none() {
            return Err(ServiceError::Unauthorized);
        }
        tx.put_admin_session(session).await?;
        Ok(tx.commit().await?)
    }

    /// Returns what the office's page learns about its session.
    ///
    /// # Errors
    /// `Unauthorized` when it is not known, too old, or of the other kind.
    pub async fn office_session(&self, credentials: &Credentials) -> Result<OfficeSession> {
        let session = self.open_session(credentials).await?;
        Ok(self.describe_session(session.expires_at))
    }

    /// Returns what the office's page learns about a session that ends at an instant.
    pub fn describe_session(&self, expires_at: Timestamp) -> OfficeSession {
        OfficeSession {
            server_name: self.config.server_name.clone(),
            server_version: env!("CARGO_PKG_VERSION").to_owned(),
            expires_at,
        }
    }

    /// Ends a session of the office. Ending it again changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out(&self, actor: Actor, credentials: &Credentials) -> Result<()> {
        let mut tx = self.begin().await?;
        let token_hash = hash_token(&credentials.token);
        if tx.admin_session(token_hash).await?.is_none() {
            return Ok(());
        }
        tx.delete_admin_session(token_hash).await?;
        self.record(&mut *tx, actor, "logout", "admin", "").await?;
        self.commit_and_tell(tx, vec![Notice::Sessions]).await
    }

    async fn open_session(&self, credentials: &Credentials) -> Result<AdminSession> {
        let hash = hash_token(&credentials.token);
        let now = self.now();
        self.begin_read()
            .await?
            .admin_session(hash)
            .await?
            .filter(|session| is_same_hash(&session.token_hash, &hash))
            .filter(|session| session.kind == credentials.kind && session.expires_at > now)
            .ok_or(ServiceError::Unauthorized)
    }
}
