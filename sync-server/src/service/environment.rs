//! What the service takes from outside besides requests: the time and randomness.

use sync_protocol::Timestamp;
use uuid::Uuid;

use crate::crypto::CryptoError;

/// The clock and the randomness of the service, so that tests and simulations can be repeated.
pub trait Environment: Send + Sync {
    /// Returns the server's wall clock.
    fn now(&self) -> Timestamp;

    /// Fills `bytes` with unpredictable bytes.
    ///
    /// # Errors
    /// When the source of randomness fails.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), CryptoError>;
}

/// The clock and the randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEnvironment;

impl Environment for SystemEnvironment {
    fn now(&self) -> Timestamp {
        jiff::Timestamp::now().into()
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), CryptoError> {
        getrandom::fill(bytes).map_err(|_| CryptoError::Randomness)
    }
}

/// Mints a random UUID of version 4.
pub(crate) fn mint_uuid(environment: &dyn Environment) -> Result<Uuid, CryptoError> {
    let mut bytes = [0; 16];
    environment.fill(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}
