//! How long to wait after a failure.

/// The first ceiling, in milliseconds.
const FIRST_MS: u64 = 1_000;
/// The last ceiling, in milliseconds.
const LAST_MS: u64 = 15 * 60 * 1_000;

/// Returns the longest wait after that many failures in a row: 1 s, doubling to 15 min.
pub fn ceiling_ms(failures: u32) -> u64 {
    let doublings = failures.saturating_sub(1).min(20);
    (FIRST_MS << doublings).min(LAST_MS)
}

/// Returns the wait in milliseconds: anywhere up to the ceiling (full jitter, so that a hundred
/// handhelds do not come back together), but never shorter than the server asked for, within the
/// longest ceiling.
pub fn delay_ms(failures: u32, random: [u8; 8], retry_after_s: Option<u64>) -> u64 {
    let jittered = u64::from_le_bytes(random) % (ceiling_ms(failures) + 1);
    let asked = retry_after_s.unwrap_or(0).saturating_mul(1_000).min(LAST_MS);
    jittered.max(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_from_one_second_to_fifteen_minutes() {
        let ceilings: Vec<u64> = [1, 2, 3, 10, 11, 12, u32::MAX].map(ceiling_ms).into();
        assert_eq!(ceilings, [1_000, 2_000, 4_000, 512_000, 900_000, 900_000, 900_000]);
    }

    #[test]
    fn the_delay_is_spread_up_to_the_ceiling_and_respects_the_server() {
        assert_eq!(delay_ms(1, [0; 8], None), 0);
        assert_eq!(delay_ms(1, 1_000u64.to_le_bytes(), None), 1_000);
        assert_eq!(delay_ms(1, 1_001u64.to_le_bytes(), None), 0);
        assert_eq!(delay_ms(1, [0; 8], Some(30)), 30_000);
        assert_eq!(delay_ms(1, [0; 8], Some(u64::MAX)), LAST_MS);
    }
}
