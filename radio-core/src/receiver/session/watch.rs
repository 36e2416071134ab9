//! How a receiver is, by what came from it.

use std::time::Duration;

use crate::receiver::State;

/// Faults and load are judged over this time.
const WINDOW: Duration = Duration::from_secs(10);
/// Fewer faults in a window than this mean nothing: the first ones may be the rest of what was sent before.
const FEW_FAULTS: u32 = 10;
/// A link that was in use for so much of a window, in percent, has lost something.
const FULL_PERCENT: u64 = 90;
/// Bits on a wire for each byte: start, 8 data bits, stop.
const BITS_PER_BYTE: u64 = 10;
/// So long may no frame come before that is told. Most meters send every few minutes at most, many of them
/// every few seconds; where houses are, a minute of silence is worth a look at the antenna.
const HEARS_NOTHING_AFTER: Duration = Duration::from_secs(60);

/// Judges a receiver that listens.
#[derive(Debug)]
pub(super) struct Watch {
    /// When the last frame came, or listening began.
    heard_at: Duration,
    window: Window,
    is_overloaded: bool,
    /// How many bytes a window can carry; none where the port sets no limit.
    most_bytes: Option<u64>,
}

#[derive(Debug, Default)]
struct Window {
    /// When it began; none while there is nothing to count.
    since: Option<Duration>,
    bytes: u64,
    frames: u32,
    faults: u32,
}

impl Watch {
    pub(super) fn new(baud_rate: u32, is_uart: bool) -> Self {
        let full = u64::from(baud_rate) / BITS_PER_BYTE * WINDOW.as_secs() * FULL_PERCENT / 100;
        Self {
            heard_at: Duration::ZERO,
            window: Window::default(),
            is_overloaded: false,
            most_bytes: is_uart.then_some(full),
        }
    }

    /// Begins anew: the receiver listens from now on.
    pub(super) fn begin(&mut self, at: Duration) {
        self.heard_at = at;
        self.window = Window::default();
        self.is_overloaded = false;
    }

    pub(super) fn bytes(&mut self, count: usize, at: Duration) {
        let window = self.window(at);
        window.bytes = window.bytes.saturating_add(count as u64);
    }

    pub(super) fn frame(&mut self, at: Duration) {
        self.heard_at = at;
        let window = self.window(at);
        window.frames = window.frames.saturating_add(1);
    }

    pub(super) fn fault(&mut self, at: Duration) {
        let window = self.window(at);
        window.faults = window.faults.saturating_add(1);
        if self.is_too_much() {
            self.is_overloaded = true;
        }
    }

    /// Returns how the receiver is.
    pub(super) fn state(&mut self, at: Duration) -> State {
        if self.window.since.is_some_and(|since| at >= since.saturating_add(WINDOW)) {
            self.is_overloaded = self.is_too_much();
            // Only a window without much in it ends being overloaded.
            self.window = Window { since: self.is_overloaded.then_some(at), ..Window::default() };
        }
        if self.is_overloaded {
            State::Overloaded
        } else if self.hears_nothing(at) {
            State::NothingHeard
        } else {
            State::Receiving
        }
    }

    /// Returns when the state may be another one without anything having arrived.
    pub(super) fn poll_timeout(&self, at: Duration) -> Option<Duration> {
        let window = self.window.since.map(|since| since.saturating_add(WINDOW));
        let silence = (!self.hears_nothing(at)).then(|| self.heard_at.saturating_add(HEARS_NOTHING_AFTER));
        [window, silence].into_iter().flatten().min()
    }

    fn hears_nothing(&self, at: Duration) -> bool {
        at >= self.heard_at.saturating_add(HEARS_NOTHING_AFTER)
    }

    fn is_too_much(&self) -> bool {
        let Window { bytes, frames, faults, .. } = self.window;
        (faults >= FEW_FAULTS && faults > frames) || self.most_bytes.is_some_and(|most| bytes >= most)
    }

    fn window(&mut self, at: Duration) -> &mut Window {
        self.window.since.get_or_insert(at);
        &mut self.window
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_minute_without_a_frame_is_told_and_the_next_frame_ends_it() {
        let mut watch = Watch::new(57_600, true);
        watch.begin(seconds(5));
        assert_eq!(watch.state(seconds(64)), State::Receiving);
        assert_eq!(watch.poll_timeout(seconds(64)), Some(seconds(65)));
        assert_eq!(watch.state(seconds(65)), State::NothingHeard);
        assert_eq!(watch.poll_timeout(seconds(65)), None);
        watch.frame(seconds(70));
        assert_eq!(watch.state(seconds(70)), State::Receiving);
    }

    #[test]
    fn a_receiver_most_of_whose_messages_are_damaged_is_overloaded_until_a_window_is_better() {
        let mut watch = Watch::new(57_600, true);
        watch.begin(Duration::ZERO);
        for _ in 0..9 {
            watch.fault(seconds(1));
        }
        assert_eq!(watch.state(seconds(1)), State::Receiving);
        watch.fault(seconds(2));
        assert_eq!(watch.state(seconds(2)), State::Overloaded);
        assert_eq!(watch.state(seconds(11)), State::Overloaded);
        watch.frame(seconds(12));
        assert_eq!(watch.state(seconds(21)), State::Receiving);
    }

    #[test]
    fn a_few_damaged_messages_among_many_good_ones_are_no_overload() {
        let mut watch = Watch::new(57_600, true);
        watch.begin(Duration::ZERO);
        for _ in 0..20 {
            watch.frame(seconds(1));
            watch.frame(seconds(1));
            watch.fault(seconds(1));
        }
        assert_eq!(watch.state(seconds(1)), State::Receiving);
    }

    #[test]
    fn a_uart_that_is_full_is_overloaded_and_a_socket_never_is() {
        for (is_uart, state) in [(true, State::Overloaded), (false, State::Receiving)] {
            let mut watch = Watch::new(9_600, is_uart);
            watch.begin(Duration::ZERO);
            watch.bytes(8_640, seconds(1));
            watch.frame(seconds(1));
            assert_eq!(watch.state(seconds(11)), state);
        }
    }
}
