//! What goes to the server and what comes back, as values: the session never opens a connection.

use sync_protocol::{BatchId, Cursor, Digest, Problem, ReplicaId};

/// One request that the shell is to carry to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Asks for the server's clock, epoch and safe commit.
    Hello,
    /// Asks for the changes after the cursor.
    Changes {
        /// How far the replica has read; none from the beginning.
        cursor: Option<Cursor>,
    },
    /// Offers one batch.
    Push(Push),
}

/// A batch on its way. The same on every attempt.
#[derive(Clone, PartialEq, Eq)]
pub struct Push {
    /// The replica that cut the batch.
    pub replica: ReplicaId,
    /// Identity of the batch.
    pub batch: BatchId,
    /// Digest of the body.
    pub digest: Digest,
    /// The body, byte for byte as it was cut.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Push({}, {} bytes)", self.batch, self.body.len())
    }
}

/// What came back, from whomever: a captive portal answers, too.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type without parameters, in lower case.
    pub media_type: Option<String>,
    /// `Retry-After` in seconds.
    pub retry_after_s: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    /// Leaves the body out: a page of changes carries meter keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {:?}, {} bytes)", self.status, self.media_type, self.body.len())
    }
}

impl Answer {
    /// Reads the answer as what the endpoint gives when all went well, or nothing: anybody can answer
    /// 200, so status, media type and content must all be right.
    pub fn success<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        let ours = self.status == 200 && self.media_type.as_deref() == Some("application/json");
        if ours { serde_json::from_slice(&self.body).ok() } else { None }
    }

    /// Reads the answer as a problem that our server reports, or nothing.
    pub fn problem(&self) -> Option<Problem> {
        if self.media_type.as_deref() != Some(sync_protocol::problem::MEDIA_TYPE) {
            return None;
        }
        serde_json::from_slice(&self.body).ok().filter(|problem: &Problem| problem.status == self.status)
    }
}

/// Why nothing came back that could be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoAnswer {
    /// No connection to the server.
    Unreachable,
    /// The server's certificate is not trusted.
    Untrusted,
    /// The server did not answer in time. It may have taken the batch all the same.
    Timeout,
    /// The connection broke. The server may have taken the batch all the same.
    Broken,
}
