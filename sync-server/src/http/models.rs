//! What travels beside the types of `sync_protocol` and of the service.

use std::fmt;

use serde::{Deserialize, Serialize};
use sync_protocol::{Digest, ReplicaId, Timestamp};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::service::{AuditEntry, HandheldDetail, PairingCode, TourSummary};

/// A password. `Debug` hides it.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Wraps a password.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the password, to be checked or hashed only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

/// The body of `POST /api/v1/login`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogIn {
    /// The office's password.
    pub password: Password,
}

/// The body of `PUT /api/v1/password`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangePassword {
    /// The present password.
    pub old: Password,
    /// The next one.
    pub new: Password,
}

/// The body of `PUT /api/v1/tours/{tour}/assignment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The handheld that gets the tour.
    pub replica: ReplicaId,
}

/// The answer to `GET /api/v1/handhelds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handhelds {
    /// Every handheld, oldest first.
    pub handhelds: Vec<HandheldDetail>,
}

/// The answer to `POST /api/v1/pairing-codes`.
#[derive(Debug, Clone, Serialize)]
pub struct PairingInvitation {
    /// The code and how long it is valid.
    #[serde(flatten)]
    pub code: PairingCode,
    /// SHA-256 of the server's certificate (DER), by which a handheld trusts a server that signed its
    /// own; none without TLS.
    pub certificate_sha256: Option<Digest>,
}

/// A page of tours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TourPage {
    /// The tours, newest first.
    pub tours: Vec<TourSummary>,
    /// Where the next page begins; none when this is the last one.
    pub cursor: Option<String>,
}

/// A page of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditPage {
    /// The entries, newest first.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins; none when this is the last one.
    pub cursor: Option<String>,
}

/// A backup that was taken and verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Name of the file in the server's backup directory.
    pub file: String,
    /// Everything up to this commit is in a verified backup.
    pub safe_commit: u64,
}

/// The answer to `GET /api/v1/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `ok`: the server and its database answer.
    pub status: String,
    /// Version of the server.
    pub version: String,
    /// The server's clock.
    pub server_time: Timestamp,
}
