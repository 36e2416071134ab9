//! Why an exchange was not the end of the matter.

use sync_protocol::{Problem, ProblemCode};

use super::{Answer, NoAnswer};

/// One failed exchange. It costs time, never data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// There is no connection to the server.
    #[error("the server cannot be reached; check the network")]
    Unreachable,
    /// Whoever answered has no certificate that is trusted.
    #[error("the server's certificate is not trusted; check the clock, the address and the CA file")]
    Untrusted,
    /// The server did not answer in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// The connection broke before the answer was whole.
    #[error("the connection broke")]
    Broken,
    /// Somebody else answered, or what our server said was damaged on the way.
    #[error("status {status}, but not an answer of the sync server; a login page may be in between")]
    NotAnAnswer {
        /// The HTTP status.
        status: u16,
    },
    /// The server does not know this handheld's token, or revoked it.
    #[error("the server refuses this handheld ({code}); pair it again, its data is kept")]
    PairAgain {
        /// The server's code.
        code: ProblemCode,
    },
    /// The server cannot take anything now.
    #[error("the server asks to wait ({code})")]
    TryLater {
        /// The server's code.
        code: ProblemCode,
        /// How long to wait at least, in seconds.
        retry_after_s: Option<u64>,
    },
    /// The server reports another problem.
    #[error("the server reports {code}: {detail}")]
    Refused {
        /// The server's code.
        code: ProblemCode,
        /// The server's words.
        detail: String,
    },
    /// The server had another body under this batch id. The facts wait under a new one.
    #[error("the batch id was in use; the facts wait under a new one")]
    BatchIdReused,
    /// The answer comes from another life of the server's database than its hello did.
    #[error("the server's database was replaced during the sync")]
    ServerReplaced,
    /// The server reads other batch schemas than this app writes.
    #[error(
        "the server reads batch schemas {min} to {max}, this app writes {}; update the older one",
        sync_protocol::SCHEMA
    )]
    Schema {
        /// The oldest schema that the server reads.
        min: u32,
        /// The newest schema that the server reads.
        max: u32,
    },
}

impl Failure {
    /// Returns a stable code for the user interface.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Untrusted => "untrusted",
            Self::Timeout => "timeout",
            Self::Broken => "broken",
            Self::NotAnAnswer { .. } => "not_an_answer",
            Self::PairAgain { .. } => "pair_again",
            Self::TryLater { .. } => "try_later",
            Self::Refused { .. } => "refused",
            Self::BatchIdReused => "batch_id_reused",
            Self::ServerReplaced => "server_replaced",
            Self::Schema { .. } => "schema",
        }
    }

    /// Returns the server's own code, where it had one.
    pub fn server_code(&self) -> Option<ProblemCode> {
        match self {
            Self::PairAgain { code } | Self::TryLater { code, .. } | Self::Refused { code, .. } => {
                Some(*code)
            }
            _ => None,
        }
    }

    /// Returns how long the server asks to wait, in seconds.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TryLater { retry_after_s, .. } => *retry_after_s,
            _ => None,
        }
    }

    /// Says what an answer means that is not the success the endpoint gives.
    pub(super) fn of_answer(answer: &Answer) -> Self {
        let Some(Problem { code, detail, .. }) = answer.problem() else {
            return Self::NotAnAnswer { status: answer.status };
        };
        match answer.status {
            401 | 403 => Self::PairAgain { code },
            429 | 503 | 507 => Self::TryLater { code, retry_after_s: answer.retry_after_s },
            _ => Self::Refused { code, detail },
        }
    }
}

impl From<NoAnswer> for Failure {
    fn from(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::Unreachable => Self::Unreachable,
            NoAnswer::Untrusted => Self::Untrusted,
            NoAnswer::Timeout => Self::Timeout,
            NoAnswer::Broken => Self::Broken,
        }
    }
}
