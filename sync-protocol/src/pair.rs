//! Pairing of a handheld with the server.

use serde::{Deserialize, Serialize};

use crate::{ReplicaId, Token};

/// The body of `POST /api/v1/pair`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PairRequest {
    /// The one-time code that the office shows. Letter case, spaces and dashes do not matter.
    pub code: Token,
    /// What the office shall call the handheld.
    pub name: String,
    /// Version of the app.
    pub app_version: String,
}

/// The answer to a right code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PairAnswer {
    /// The handheld's identity from now on.
    pub replica: ReplicaId,
    /// The bearer token of every later request. Shown this once; the server keeps only its hash.
    pub token: Token,
    /// What the server calls itself.
    pub server_name: String,
}
