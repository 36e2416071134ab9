//! What the handheld knows of the time.

use std::time::Instant;

use sync_protocol::{BootId, Timestamp};
use uuid::Uuid;

use crate::randomness::{Randomness, RandomnessError};

/// One look at the handheld's clocks. An argument of everything that happens in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The wall clock: what people call the time, set forward and back at will. Orders nothing.
    pub wall: Timestamp,
    /// Milliseconds on a clock that never goes back within one boot.
    pub monotonic_ms: u64,
    /// The start of the operating system that `monotonic_ms` counts from.
    pub boot: BootId,
}

/// The clocks of the machine that the app runs on.
#[derive(Debug)]
pub struct SystemClock {
    boot: BootId,
    started: Instant,
}

impl SystemClock {
    /// Finds the machine's clocks.
    ///
    /// # Errors
    /// Where the system does not name its boots, each start of the app counts as one and needs an
    /// identity; without randomness there is none.
    pub fn new(randomness: &mut dyn Randomness) -> Result<Self, RandomnessError> {
        let boot = match boot_id() {
            Some(boot) => boot,
            None => BootId(crate::randomness::mint_uuid(jiff::Timestamp::now().into(), randomness)?),
        };
        Ok(Self { boot, started: Instant::now() })
    }

    /// Reads the clocks.
    pub fn now(&self) -> Now {
        Now { wall: jiff::Timestamp::now().into(), monotonic_ms: self.monotonic_ms(), boot: self.boot }
    }

    /// Linux counts from the boot, sleep included, for every process alike; elsewhere the count is
    /// that of this process, which `boot_id` then takes for a boot.
    fn monotonic_ms(&self) -> u64 {
        let since_start = || u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        uptime_ms().unwrap_or_else(since_start)
    }
}

/// Returns the identity of the running boot as Linux tells it, where the uptime is told, too.
fn boot_id() -> Option<BootId> {
    uptime_ms()?;
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    text.trim().parse::<Uuid>().ok().map(BootId)
}

/// Returns the milliseconds since boot: `12345.67 …` has exactly two decimals.
fn uptime_ms() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    let (seconds, hundredths) = text.split_whitespace().next()?.split_once('.')?;
    let (seconds, hundredths) = (seconds.parse::<u64>().ok()?, hundredths.parse::<u64>().ok()?);
    Some(seconds.saturating_mul(1000).saturating_add(hundredths.saturating_mul(10)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::OsRandomness;

    #[test]
    fn the_monotonic_clock_does_not_go_back_and_the_boot_stays() {
        let clock = SystemClock::new(&mut OsRandomness).unwrap();
        let readings: Vec<Now> = (0..1_000).map(|_| clock.now()).collect();
        assert!(readings.is_sorted_by_key(|now| now.monotonic_ms));
        assert!(readings.iter().all(|now| now.boot == readings[0].boot));
    }
}
