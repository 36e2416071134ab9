//! One transmission that several receivers heard.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use wmbus::Frame;

/// How long after a frame the same bytes are the same transmission. Ways from the air to here differ by less, and
/// a meter that repeats a telegram unchanged waits longer.
const SAME_TRANSMISSION: Duration = Duration::from_secs(1);

/// More than are on the air within that time; what is beyond counts as new.
const MOST: usize = 4096;

/// Tells transmissions apart from their second reception.
#[derive(Debug, Default)]
pub struct Duplicates {
    hasher: RandomState,
    /// When each frame came first, by its hash.
    first: HashMap<u64, Duration>,
    order: VecDeque<(Duration, u64)>,
}

impl Duplicates {
    /// Takes a frame and returns whether it is the first reception of its transmission. `at` is on the clock of
    /// [`Now::monotonic`](super::Now::monotonic).
    pub fn is_first(&mut self, frame: &Frame, at: Duration) -> bool {
        self.forget(at);
        let hash = self.hasher.hash_one(frame.bytes());
        if self.first.contains_key(&hash) {
            return false;
        }
        self.first.insert(hash, at);
        self.order.push_back((at, hash));
        true
    }

    fn forget(&mut self, at: Duration) {
        while let Some((first, hash)) = self.order.front() {
            if self.order.len() < MOST && at.saturating_sub(*first) < SAME_TRANSMISSION {
                return;
            }
            self.first.remove(hash);
            self.order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use wmbus::FrameFormat;

    use super::*;

    fn frame(hex: &str) -> Frame {
        Frame::parse(&crate::hex::parse(hex).unwrap(), FrameFormat::WithoutCrc).unwrap()
    }

    #[test]
    fn the_same_bytes_within_a_second_are_one_transmission_and_later_another() {
        let one = frame("0F44AE0C785634120107780B13436587");
        let other = frame("0F44AE0C785634120107780B13436588");
        let mut duplicates = Duplicates::default();
        let mut is_first =
            |frame, milliseconds| duplicates.is_first(frame, Duration::from_millis(milliseconds));
        assert!(is_first(&one, 0));
        assert!(is_first(&other, 10));
        assert!(!is_first(&one, 20));
        assert!(!is_first(&one, 999));
        assert!(is_first(&one, 1000));
        assert!(!is_first(&other, 1001));
    }

    #[test]
    fn a_flood_is_forgotten_from_its_beginning() {
        let mut duplicates = Duplicates::default();
        for number in 0..20_000u32 {
            let number = number.to_be_bytes().map(|byte| format!("{byte:02X}")).concat();
            duplicates.is_first(&frame(&format!("0F44AE0C785634120107780B{number}")), Duration::ZERO);
        }
        assert!(duplicates.first.len() <= MOST && duplicates.order.len() <= MOST);
    }
}
