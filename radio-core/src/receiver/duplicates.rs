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

/// Tells the first reception of a transmission from those of other receivers.
///
/// What the same receiver hears twice was sent twice. `R` names a receiver.
#[derive(Debug)]
pub struct Duplicates<R> {
    hasher: RandomState,
    /// Who heard each frame first, and when, by its hash.
    first: HashMap<u64, (R, Duration)>,
    order: VecDeque<(Duration, u64)>,
}

impl<R> Default for Duplicates<R> {
    fn default() -> Self {
        Self { hasher: RandomState::new(), first: HashMap::new(), order: VecDeque::new() }
    }
}

impl<R: Copy + Eq> Duplicates<R> {
    /// Takes a frame and returns whether it is the first reception of its transmission. `at` is on the clock of
    /// [`Now::monotonic`](super::Now::monotonic).
    pub fn is_first(&mut self, frame: &Frame, receiver: R, at: Duration) -> bool {
        self.forget(at);
        let hash = self.hasher.hash_one(frame.bytes());
        if self.first.get(&hash).is_some_and(|(first, _)| *first != receiver) {
            return false;
        }
        self.first.insert(hash, (receiver, at));
        self.order.push_back((at, hash));
        true
    }

    fn forget(&mut self, at: Duration) {
        while let Some((first, hash)) = self.order.front() {
            if self.order.len() < MOST && at.saturating_sub(*first) < SAME_TRANSMISSION {
                return;
            }
            // The same receiver may have heard it again since.
            if self.first.get(hash).is_some_and(|(_, latest)| latest == first) {
                self.first.remove(hash);
            }
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
    fn what_another_receiver_hears_within_a_second_is_the_same_transmission() {
        let one = frame("0F44AE0C785634120107780B13436587");
        let other = frame("0F44AE0C785634120107780B13436588");
        let mut duplicates = Duplicates::default();
        let mut is_first = |frame, receiver, milliseconds| {
            duplicates.is_first(frame, receiver, Duration::from_millis(milliseconds))
        };
        assert!(is_first(&one, 'a', 0));
        assert!(is_first(&other, 'b', 10));
        assert!(!is_first(&one, 'b', 20));
        assert!(!is_first(&one, 'b', 999));
        assert!(is_first(&one, 'b', 1000));
        assert!(!is_first(&other, 'a', 1001));
    }

    #[test]
    fn what_the_same_receiver_hears_again_was_sent_again() {
        let one = frame("0F44AE0C785634120107780B13436587");
        let mut duplicates = Duplicates::default();
        let mut is_first =
            |receiver, milliseconds| duplicates.is_first(&one, receiver, Duration::from_millis(milliseconds));
        assert!(is_first('a', 0) && !is_first('b', 1));
        assert!(is_first('a', 600) && !is_first('b', 601));
        assert!(!is_first('b', 1500));
        assert!(is_first('b', 1600));
    }

    #[test]
    fn a_flood_is_forgotten_from_its_beginning() {
        let mut duplicates = Duplicates::default();
        for number in 0..20_000u32 {
            let number = number.to_be_bytes().map(|byte| format!("{byte:02X}")).concat();
            duplicates.is_first(&frame(&format!("0F44AE0C785634120107780B{number}")), 'a', Duration::ZERO);
        }
        assert!(duplicates.first.len() <= MOST && duplicates.order.len() <= MOST);
    }
}
