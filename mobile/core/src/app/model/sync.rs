//! How the sync stands, and what failed.

use serde::Serialize;
use sync_protocol::Timestamp;

/// How the sync stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sync {
    /// What is being done.
    pub phase: SyncPhase,
    /// Facts that wait on this handheld.
    pub waiting: u64,
    /// Facts that are on their way, without a receipt.
    pub in_flight: u64,
    /// Facts with a receipt that the server's backup does not cover yet.
    pub receipted: u64,
    /// Facts that the server's backup covers.
    pub safe: u64,
    /// Facts that the server keeps apart, for the office to look at.
    pub quarantined: u64,
    /// The last failure, until a receipt comes.
    pub failure: Option<SyncFailure>,
    /// When the last receipt came, by the handheld's clock.
    pub last_receipt_at: Option<Timestamp>,
    /// When the tours were last fetched, by the handheld's clock.
    pub last_pulled_at: Option<Timestamp>,
    /// This handheld's clock less the server's, in milliseconds.
    pub clock_offset_ms: Option<i64>,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// Nothing.
    Idle,
    /// The server is greeted.
    Connecting,
    /// Tours are fetched.
    Pulling,
    /// Facts are offered.
    Pushing,
}

/// A failure that stays until a receipt comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncFailure {
    /// What failed last.
    pub error: Problem,
    /// When the first attempt failed, by the handheld's clock.
    pub since: Timestamp,
    /// How many attempts failed.
    pub attempts: u32,
}

/// What went wrong: a code for the window, words for a log, and whether the same again may succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// A stable code; `mobile/ui/src/backend/problem.ts` lists those that the window has words for.
    pub code: &'static str,
    /// Words for a log.
    pub message: String,
    /// Whether the same again may succeed.
    pub retry: bool,
}
