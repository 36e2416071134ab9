//! What can go wrong when the service is asked for something.

use sync_protocol::{BodyError, ProblemCode};

use crate::store::StoreError;

/// The result of a service call.
pub type Result<T, E = ServiceError> = std::result::Result<T, E>;

/// Why the service did not do what it was asked for.
///
/// [`Self::code`] is what the wire says; the message is for people and holds no secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// No token, or one that is not known or too old.
    #[error("the token is not known or too old; log in or pair again")]
    Unauthorized,
    /// The password is wrong.
    #[error("the password is wrong")]
    WrongPassword {
        /// How often the client may try before it has to wait.
        attempts_left: u32,
    },
    /// The pairing code is wrong, used or too old.
    #[error("the pairing code is wrong, used or too old; ask the office for a new one")]
    WrongPairingCode,
    /// The token is known but may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The handheld was revoked.
    #[error("this handheld was revoked; its data stays on it until the office pairs it again")]
    Revoked,
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What was asked for does not fit the present state.
    #[error("{0}")]
    Conflict(&'static str),
    /// The request is well-formed but not what it should be.
    #[error("{0}")]
    Unprocessable(String),
    /// The batch id was used for other bytes.
    #[error("this batch id was used for another body; cut the facts into a batch with a new id")]
    BatchIdReused,
    /// The body is not the one that its digest names.
    #[error("the body's digest is not the one that the request names; send it again")]
    DigestMismatch,
    /// The body as a whole cannot be read.
    #[error("{0}")]
    Body(#[from] BodyError),
    /// The cursor belongs to another life of the database, or to no life.
    #[error("the cursor is no longer valid; start again without one")]
    CursorGone,
    /// Too many attempts.
    #[error("too many attempts; wait {retry_after_seconds} s")]
    TooManyAttempts {
        /// When the next attempt may be made.
        retry_after_seconds: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored secret cannot be opened, or the operating system gives no randomness.
    #[error("{0}")]
    Crypto(#[from] crate::crypto::CryptoError),
    /// An own bug: a state that the code excludes.
    #[error("internal fault: {0}")]
    Internal(&'static str),
}

impl ServiceError {
    /// Returns the code that the wire carries.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::Unauthorized => ProblemCode::Unauthorized,
            Self::WrongPassword { .. } => ProblemCode::WrongPassword,
            Self::WrongPairingCode => ProblemCode::WrongPairingCode,
            Self::Forbidden(_) => ProblemCode::Forbidden,
            Self::Revoked => ProblemCode::Revoked,
            Self::NotFound(_) => ProblemCode::NotFound,
            Self::Conflict(_) => ProblemCode::Conflict,
            Self::Unprocessable(_) => ProblemCode::Unprocessable,
            Self::BatchIdReused => ProblemCode::BatchIdReused,
            Self::DigestMismatch => ProblemCode::DigestMismatch,
            Self::Body(BodyError::TooLarge { .. } | BodyError::TooManyItems { .. }) => ProblemCode::TooLarge,
            Self::Body(_) => ProblemCode::Unprocessable,
            Self::CursorGone => ProblemCode::CursorGone,
            Self::TooManyAttempts { .. } => ProblemCode::TooManyAttempts,
            Self::Store(StoreError::BackupUnsupported) => ProblemCode::Conflict,
            Self::Store(StoreError::Full) => ProblemCode::InsufficientStorage,
            Self::Store(StoreError::Unavailable { .. }) => ProblemCode::Unavailable,
            Self::Store(_) | Self::Crypto(_) | Self::Internal(_) => ProblemCode::Internal,
        }
    }
}
