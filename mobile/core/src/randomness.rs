//! Where random bytes come from, and identities made of them.

use sync_protocol::Timestamp;
use uuid::Uuid;

/// The source gave no random bytes. Nothing is minted without them: two equal identities would be a
/// lost fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct RandomnessError;

/// A source of random bytes; an argument everywhere, so that tests repeat.
pub trait Randomness {
    /// Fills the whole buffer.
    ///
    /// # Errors
    /// When the source has none to give.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessError>;
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandomness;

impl Randomness for OsRandomness {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        getrandom::fill(bytes).map_err(|_| RandomnessError)
    }
}

/// Mints a UUIDv7. Its time part only helps indexes; nothing interprets it.
///
/// # Errors
/// When there is no randomness.
pub fn mint_uuid(wall: Timestamp, randomness: &mut dyn Randomness) -> Result<Uuid, RandomnessError> {
    let mut random = [0; 10];
    randomness.fill(&mut random)?;
    let millis = u64::try_from(wall.as_millis()).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}
