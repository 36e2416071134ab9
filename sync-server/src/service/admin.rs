//! The office's password.

use super::live::Notice;
use super::session::SESSION_MS;
use super::{Actor, Result, Service, ServiceError};
use crate::crypto::{hash_password, verify_password};

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
        self.commit_and_tell(tx, vec![Notice::Sessions]).await
    }

    /// Checks the password. Attempts are counted against `client`.
    ///
    /// # Errors
    /// `WrongPassword` or `TooManyAttempts`; `Conflict` when no password was set.
    pub(super) async fn check_password(&self, password: &str, client: &str) -> Result<()> {
        let attempts_left = self.logins.begin(client, self.now())?;
        let state = self.begin_read().await?.state().await?;
        let Some(hash) = state.admin_password else {
            return Err(ServiceError::Conflict("no admin password was set yet; set it on the server"));
        };
        let password = zeroize::Zeroizing::new(password.to_owned());
        if !self.work_on_password(move || verify_password(&hash, &password)).await? {
            let mut tx = self.begin().await?;
            self.record(&mut *tx, Actor::Admin, "login_failed", "admin", client).await?;
            tx.commit().await?;
            return Err(ServiceError::WrongPassword { attempts_left });
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
