//! The office's way in: one password, sessions with tokens.

use sync_protocol::Token;

use super::{Actor, AdminLogin, Result, Service, ServiceError};
use crate::crypto::{bearer_token, hash_password, hash_token, is_same_hash, verify_password};
use crate::store::rows::AdminSession;

/// How long a session of the office lasts.
const SESSION_MS: i64 = 12 * 60 * 60 * 1_000;

/// A password guards the readings and keys of whole towns.
const PASSWORD_CHARACTERS: usize = 10;

impl Service {
    /// Says whether an admin password was set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_admin_password(&self) -> Result<bool> {
        Ok(self.begin_read().await?.state().await?.admin_password.is_some())
    }

    /// Sets the first admin password.
    ///
    /// # Errors
    /// `Conflict` when there is one, `Unprocessable` when it is shorter than 10 characters.
    pub async fn set_admin_password(&self, password: &str) -> Result<()> {
        let hash = self.hash_new_password(password).await?;
        let mut tx = self.begin().await?;
        if tx.state().await?.admin_password.is_some() {
            return Err(ServiceError::Conflict("an admin password was set before; change it instead"));
        }
        tx.set_admin_password(hash).await?;
        self.record(&mut *tx, Actor::Operator, "password_set", "admin", "").await?;
        Ok(tx.commit().await?)
    }

    /// Changes the admin password and ends every session. Attempts are counted against `client`, such
    /// as an IP address.
    ///
    /// # Errors
    /// `WrongPassword`, `TooManyAttempts`, or `Unprocessable` when the new one is too short.
    pub async fn change_admin_password(&self, old: &str, new: &str, client: &str) -> Result<()> {
        self.check_password(old, client).await?;
        let hash = self.hash_new_password(new).await?;
        let mut tx = self.begin().await?;
        tx.set_admin_password(hash).await?;
        tx.delete_admin_sessions_before(self.now().plus_millis(SESSION_MS + 1)).await?;
        self.record(&mut *tx, Actor::Admin, "password_changed", "admin", client).await?;
        Ok(tx.commit().await?)
    }

    /// Logs the office in. Attempts are counted against `client`, such as an IP address.
    ///
    /// # Errors
    /// `WrongPassword` or `TooManyAttempts`.
    pub async fn log_in(&self, password: &str, client: &str) -> Result<AdminLogin> {
        self.check_password(password, client).await?;
        let token = bearer_token(self.random()?);
        let now = self.now();
        let expires_at = now.plus_millis(SESSION_MS);
        let mut tx = self.begin().await?;
        tx.delete_admin_sessions_before(now).await?;
        let session = AdminSession { token_hash: hash_token(&token), created_at: now, expires_at };
        tx.insert_admin_session(session).await?;
        self.record(&mut *tx, Actor::Admin, "login", "admin", client).await?;
        tx.commit().await?;
        Ok(AdminLogin { token, expires_at })
    }

    /// Checks the token of the office.
    ///
    /// # Errors
    /// `Unauthorized` when it is not known or too old.
    pub async fn authenticate_admin(&self, token: &Token) -> Result<Actor> {
        let hash = hash_token(token);
        let session = self.begin_read().await?.admin_session(hash).await?;
        match session {
            Some(session) if is_same_hash(&session.token_hash, &hash) && session.expires_at > self.now() => {
                Ok(Actor::Admin)
            }
            _ => Err(ServiceError::Unauthorized),
        }
    }

    /// Ends a session of the office.
    ///
    /// # Errors
    /// When the database fails; a session that is not known is ended already.
    pub async fn log_out(&self, token: &Token) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.delete_admin_session(hash_token(token)).await?;
        Ok(tx.commit().await?)
    }

    async fn check_password(&self, password: &str, client: &str) -> Result<()> {
        self.logins.begin(client, self.now())?;
        let state = self.begin_read().await?.state().await?;
        let Some(hash) = state.admin_password else {
            return Err(ServiceError::Conflict("no admin password was set yet; set it on the server"));
        };
        let password = zeroize::Zeroizing::new(password.to_owned());
        if !self.work_on_password(move || verify_password(&hash, &password)).await? {
            let mut tx = self.begin().await?;
            self.record(&mut *tx, Actor::Admin, "login_failed", "admin", client).await?;
            tx.commit().await?;
            return Err(ServiceError::WrongPassword);
        }
        self.logins.succeed(client);
        Ok(())
    }

    async fn hash_new_password(&self, password: &str) -> Result<String> {
        if password.chars().count() < PASSWORD_CHARACTERS {
            let what = format!("the password needs {PASSWORD_CHARACTERS} characters or more");
            return Err(ServiceError::Unprocessable(what));
        }
        let (cost, salt) = (self.config.password_cost, self.random()?);
        let password = zeroize::Zeroizing::new(password.to_owned());
        self.work_on_password(move || hash_password(cost, &password, salt)).await
    }

    /// Hashes away from the threads that serve requests, and only one at a time.
    async fn work_on_password<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, crate::crypto::CryptoError> + Send + 'static,
    ) -> Result<T> {
        const GONE: ServiceError = ServiceError::Internal("hashing a password ended early");
        let _turn = self.password_work.acquire().await.map_err(|_| GONE)?;
        Ok(tokio::task::spawn_blocking(work).await.map_err(|_| GONE)??)
    }
}
