//! What can go wrong on this side. What goes wrong on the way is a [`super::Failure`], and no error.

use crate::randomness::RandomnessError;
use crate::store::StoreError;

use super::{ClientError, Failure};

/// Why a sync could not be tried. Completes "failed to …".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// No server was paired with.
    #[error("this handheld is not paired; pair it with a code of the office first")]
    NotPaired,
    /// The office's code or the way to the server was not right. Nothing was changed.
    #[error("the server did not pair this handheld: {0}")]
    Pairing(Failure),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address or the CA file cannot be used.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl From<rusqlite::Error> for SyncError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<RandomnessError> for SyncError {
    fn from(error: RandomnessError) -> Self {
        Self::Store(error.into())
    }
}
