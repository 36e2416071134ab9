//! A listener with a list of what it told.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use radio_core::ReceivedFrame;
use radio_core::io::{Listener, Notice, ReceiverId, What};
use radio_core::receiver::{Event, LinkModes};

/// Long enough for any machine; an event that comes is taken at once.
const DEADLINE: Duration = Duration::from_secs(120);

/// Listens at real ports and remembers all that was told.
pub(crate) struct Ears {
    listener: Listener,
    notices: Receiver<Notice>,
    told: Vec<(ReceiverId, What)>,
}

impl Ears {
    pub(crate) fn new(modes: &str) -> Self {
        let modes: LinkModes = modes.parse().unwrap();
        let (listener, notices) = Listener::new(modes);
        Self { listener, notices, told: Vec::new() }
    }

    pub(crate) fn add(&mut self, address: &str) -> ReceiverId {
        self.listener.add(address.parse().unwrap()).unwrap()
    }

    /// Waits until all that was told until now fulfils a condition.
    pub(crate) fn wait_until(&mut self, what: &str, mut is_fulfilled: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + DEADLINE;
        while !is_fulfilled(self) {
            let rest = end.saturating_duration_since(Instant::now());
            let Ok(notice) = self.notices.recv_timeout(rest) else {
                panic!("waited for {what}, told were {:?}", self.told)
            };
            self.told.push((notice.receiver, notice.what));
        }
    }

    /// Takes what was told until now, or is told in a moment.
    pub(crate) fn take_what_is_told(&mut self) {
        let moment = Duration::from_millis(50);
        self.told.extend(self.notices.recv_timeout(moment).map(|notice| (notice.receiver, notice.what)));
        self.told.extend(self.notices.try_iter().map(|notice| (notice.receiver, notice.what)));
    }

    /// Waits until a receiver told an event for the `count`th time.
    pub(crate) fn wait_for(
        &mut self,
        receiver: ReceiverId,
        what: &str,
        count: usize,
        is_it: impl Fn(&Event) -> bool,
    ) {
        self.wait_until(what, |ears| ears.events(receiver).filter(|event| is_it(event)).count() >= count);
    }

    pub(crate) fn events(&self, receiver: ReceiverId) -> impl Iterator<Item = &Event> {
        self.told.iter().filter_map(move |(id, what)| match what {
            What::Event(event) if *id == receiver => Some(event),
            _ => None,
        })
    }

    pub(crate) fn frames(&self, receiver: ReceiverId) -> Vec<&ReceivedFrame> {
        let mut frames = Vec::new();
        for event in self.events(receiver) {
            if let Event::Frame(frame) = event {
                frames.push(frame.as_ref());
            }
        }
        frames
    }

    /// Returns the bytes of all frames of a receiver.
    pub(crate) fn heard(&self, receiver: ReceiverId) -> Vec<Vec<u8>> {
        self.frames(receiver).into_iter().map(|frame| frame.frame.bytes().to_vec()).collect()
    }
}
