//! From errors to what the window has words for.

use sync_protocol::ProblemCode;

use super::model::Problem;
use crate::randomness::RandomnessError;
use crate::store::StoreError;
use crate::sync::{Failure, LastError, SyncError};
use crate::walk::{EntryError, WalkError};

impl Problem {
    /// Returns a problem that the same request will meet again.
    pub fn lasting(code: &'static str, message: impl ToString) -> Self {
        Self { code, message: message.to_string(), retry: false }
    }

    /// Returns a problem that may be over the next time.
    pub fn passing(code: &'static str, message: impl ToString) -> Self {
        Self { code, message: message.to_string(), retry: true }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::NewerStore { .. } => "newer_store",
            StoreError::DiskFull => return Self::passing("disk_full", error),
            StoreError::File { source, .. } if is_full(source) => return Self::passing("disk_full", error),
            StoreError::WrongKey => return Self::passing("wrong_passphrase", error),
            StoreError::PassphraseNeeded => return Self::passing("passphrase_needed", error),
            StoreError::Keyring(_) => return Self::passing("no_keyring", error),
            StoreError::KeyMissing | StoreError::KeyParameters { .. } => "key_missing",
            StoreError::Damaged { .. } => "store_damaged",
            StoreError::NoSuchTour => "no_such_tour",
            StoreError::NoSuchMeter => "no_such_meter",
            StoreError::Database(database) => match database.sqlite_error_code() {
                Some(rusqlite::ErrorCode::DatabaseCorrupt) => "store_damaged",
                _ => "internal",
            },
            _ => "internal",
        };
        Self::lasting(code, error)
    }
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

impl From<RandomnessError> for Problem {
    fn from(error: RandomnessError) -> Self {
        Self::passing("internal", error)
    }
}

impl From<WalkError> for Problem {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Store(error) => error.into(),
            WalkError::Randomness(error) => error.into(),
            WalkError::TourWithdrawn => Self::lasting("tour_withdrawn", error),
            WalkError::TourIncomplete { .. } => Self::passing("tour_incomplete", error),
        }
    }
}

impl From<EntryError> for Problem {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::Store(error) => error.into(),
            EntryError::Randomness(error) => error.into(),
            EntryError::NoSuchMeter => Self::lasting("no_such_meter", error),
            EntryError::Value(_) => Self::lasting("not_a_number", error),
            EntryError::Unconfirmed { .. } => Self::lasting("not_confirmed", error),
            EntryError::UnitMissing => Self::lasting("unit_missing", error),
            error => Self::lasting("internal", error),
        }
    }
}

impl From<SyncError> for Problem {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Store(error) => error.into(),
            SyncError::NotPaired => Self::lasting("unauthorized", error),
            SyncError::Client(_) => Self::lasting("wrong_address", error),
            SyncError::Pairing(failure) => failure.into(),
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let server_code = failure.server_code();
        let code = code_of_failure(failure.code(), server_code.map(ProblemCode::as_str));
        Self { code, retry: may_pass(code), message: failure.to_string() }
    }
}

impl From<&LastError> for Problem {
    fn from(error: &LastError) -> Self {
        let code = code_of_failure(&error.code, error.server_code.as_deref());
        Self { code, retry: may_pass(code), message: error.message.clone() }
    }
}

/// Returns the window's code for a failure of the sync, of which the store keeps two codes.
fn code_of_failure(failure: &str, server_code: Option<&str>) -> &'static str {
    match (failure, server_code) {
        ("unreachable", _) => "unreachable",
        ("untrusted", _) => "untrusted_certificate",
        ("timeout", _) => "timeout",
        ("broken", _) => "connection_broken",
        ("not_an_answer", _) => "not_our_server",
        ("pair_again", Some("wrong_pairing_code")) => "wrong_pairing_code",
        ("pair_again", Some("revoked")) => "revoked",
        ("pair_again", _) => "unauthorized",
        ("try_later", Some("insufficient_storage")) => "server_full",
        ("try_later", Some("too_many_attempts")) => "too_many_attempts",
        ("try_later" | "server_replaced" | "batch_id_reused", _) => "unavailable",
        ("schema", _) => "update_app",
        _ => "refused",
    }
}

/// Whether the same again may succeed without anybody doing something.
fn may_pass(code: &str) -> bool {
    matches!(
        code,
        "unreachable"
            | "timeout"
            | "connection_broken"
            | "not_our_server"
            | "server_full"
            | "too_many_attempts"
            | "unavailable"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_of_the_sync_has_a_code_that_the_window_has_words_for() {
        let failures = [
            (Failure::Unreachable, "unreachable", true),
            (Failure::Untrusted, "untrusted_certificate", false),
            (Failure::Timeout, "timeout", true),
            (Failure::Broken, "connection_broken", true),
            (Failure::NotAnAnswer { status: 200 }, "not_our_server", true),
            (Failure::PairAgain { code: ProblemCode::WrongPairingCode }, "wrong_pairing_code", false),
            (Failure::PairAgain { code: ProblemCode::Revoked }, "revoked", false),
            (Failure::PairAgain { code: ProblemCode::Unauthorized }, "unauthorized", false),
            (later(ProblemCode::InsufficientStorage), "server_full", true),
            (later(ProblemCode::TooManyAttempts), "too_many_attempts", true),
            (later(ProblemCode::Unavailable), "unavailable", true),
            (Failure::BatchIdReused, "unavailable", true),
            (Failure::ServerReplaced, "unavailable", true),
            (Failure::Schema { min: 7, max: 9 }, "update_app", false),
            (Failure::Refused { code: ProblemCode::Internal, detail: String::new() }, "refused", false),
        ];
        for (failure, code, retry) in failures {
            let problem = Problem::from(failure);
            assert_eq!((problem.code, problem.retry), (code, retry));
        }
    }

    fn later(code: ProblemCode) -> Failure {
        Failure::TryLater { code, retry_after_s: None }
    }

    #[test]
    fn a_full_disk_is_told_whether_the_database_or_the_system_says_it() {
        let path = std::path::PathBuf::from("walkby.db");
        let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(Problem::from(StoreError::File { path, source }).code, "disk_full");
        assert_eq!(Problem::from(StoreError::DiskFull).code, "disk_full");
    }
}
