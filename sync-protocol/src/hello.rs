//! What the server says of itself before anything is sent.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The answer to `GET /api/v1/hello`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The server's clock.
    pub server_time: Timestamp,
    /// Which life of the server's database this is. Grows with each restore: what was not safe
    /// before must be offered again.
    pub server_epoch: u64,
    /// Everything up to this commit is in a verified backup.
    pub safe_commit: u64,
    /// The oldest batch schema that is read.
    pub min_schema: u32,
    /// The newest batch schema that is read.
    pub max_schema: u32,
    /// Most items in a batch.
    pub max_items: u32,
    /// Most bytes of a body as it travels.
    pub max_body_bytes: u64,
}
