//! A limit on attempts, counted for each client.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sync_protocol::Timestamp;

use super::ServiceError;

/// Clients that are counted one by one; beyond them all new ones share a count, so that a flood of
/// addresses does not fill the memory.
const CLIENTS: usize = 10_000;

/// Attempts of one client since the begin of its window.
#[derive(Debug, Clone, Copy)]
struct Count {
    since: Timestamp,
    attempts: u32,
}

/// Allows some attempts in a window of time.
#[derive(Debug)]
pub(super) struct AttemptLimiter {
    attempts: u32,
    window_ms: i64,
    counts: Mutex<HashMap<String, Count>>,
}

impl AttemptLimiter {
    pub(super) fn new(attempts: u32, window_ms: i64) -> Self {
        Self { attempts, window_ms, counts: Mutex::default() }
    }

    /// Counts an attempt before it is made, so that many at once do not slip through. Returns how many
    /// are left after it.
    pub(super) fn begin(&self, client: &str, now: Timestamp) -> Result<u32, ServiceError> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let window_ms = self.window_ms;
        let is_over = move |count: &Count| !(0..window_ms).contains(&elapsed_ms(count.since, now));
        if counts.len() >= CLIENTS {
            counts.retain(|_, count| !is_over(count));
        }
        let known = counts.contains_key(client) || counts.len() < CLIENTS;
        let count = counts
            .entry(if known { client.to_owned() } else { String::new() })
            .or_insert(Count { since: now, attempts: 0 });
        if is_over(count) {
            *count = Count { since: now, attempts: 0 };
        }
        if count.attempts >= self.attempts {
            let left_ms = window_ms.saturating_sub(elapsed_ms(count.since, now));
            let retry_after_seconds = u64::try_from(left_ms).unwrap_or(0).div_ceil(1_000).max(1);
            return Err(ServiceError::TooManyAttempts { retry_after_seconds });
        }
        count.attempts += 1;
        Ok(self.attempts - count.attempts)
    }

    /// Forgets the attempts of a client that succeeded.
    pub(super) fn succeed(&self, client: &str) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).remove(client);
    }
}

fn elapsed_ms(since: Timestamp, now: Timestamp) -> i64 {
    now.as_millis().saturating_sub(since.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn attempts_beyond_the_limit_wait_for_the_window_to_end() {
        let limiter = AttemptLimiter::new(2, 60_000);
        assert_eq!(limiter.begin("a", at(0)).unwrap(), 1);
        assert_eq!(limiter.begin("a", at(10)).unwrap(), 0);
        let refused = limiter.begin("a", at(20)).unwrap_err();
        assert!(matches!(refused, ServiceError::TooManyAttempts { retry_after_seconds: 40 }));
        assert!(limiter.begin("b", at(20)).is_ok(), "another client is not held up");
        assert!(limiter.begin("a", at(60)).is_ok());
    }

    #[test]
    fn a_success_clears_the_count_and_a_clock_that_jumps_back_locks_nobody_out() {
        let limiter = AttemptLimiter::new(1, 60_000);
        assert!(limiter.begin("a", at(1_000)).is_ok());
        limiter.succeed("a");
        assert!(limiter.begin("a", at(1_000)).is_ok());
        assert!(limiter.begin("a", at(10)).is_ok());
    }

    #[test]
    fn a_flood_of_clients_shares_one_count() {
        let limiter = AttemptLimiter::new(1, 60_000);
        for client in 0..CLIENTS {
            assert!(limiter.begin(&client.to_string(), at(0)).is_ok());
        }
        assert!(limiter.begin("one more", at(0)).is_ok());
        assert!(limiter.begin("yet another", at(0)).is_err());
    }
}
