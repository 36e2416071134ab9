//! Listening, and saying what was heard once it is on the disk.

use radio_core::io::What;
use sync_protocol::TourId;

use super::frame_rate::FrameRate;
use super::live::{Live, Told};
use super::model::{Event, Problem, Receiver, ReceiverState};
use super::open::App;
use super::recorded::Recorded;
use super::view;
use crate::clock::Now;
use crate::meter::MeterState;
use crate::randomness::Randomness;
use crate::walk::{Walk, WalkUpdate};

/// Lines of a recording that are taken in before the app looks for what else is to be done.
const BURST: usize = 256;
/// A receiver that heard nothing for so long is said to hear nothing.
const SILENCE_MS: u64 = 60_000;

/// A walk that listens.
#[derive(Debug)]
pub(super) struct Listening {
    pub(super) tour: TourId,
    ear: Ear,
    rate: FrameRate,
    last_frame_ms: u64,
}

/// What hears.
#[derive(Debug)]
pub(super) enum Ear {
    /// A recording.
    Recorded(Box<Recorded>),
    /// A receiver.
    Live(Live),
}

impl Listening {
    pub(super) fn new(tour: TourId, ear: Ear, now: Now) -> Self {
        Self { tour, ear, rate: FrameRate::default(), last_frame_ms: now.monotonic_ms }
    }

    pub(super) fn receiver(&mut self, now: Now) -> Receiver {
        let frames_per_minute = self.rate.last_minute(now);
        match &mut self.ear {
            Ear::Recorded(_) => {
                let is_silent = now.monotonic_ms.saturating_sub(self.last_frame_ms) >= SILENCE_MS;
                let state = if is_silent { ReceiverState::NothingHeard } else { ReceiverState::Receiving };
                Receiver { state, frames_per_minute, ..Receiver::default() }
            }
            Ear::Live(live) => Receiver {
                state: live.state,
                frames_per_minute,
                damaged_per_minute: live.damaged.last_minute(now),
                model: live.model.clone(),
                link_modes: live.listening.map(|modes| modes.to_string()),
            },
        }
    }

    /// Returns the ticket of the order to listen to a receiver; none where a recording is heard.
    pub(super) fn live_ticket(&self) -> Option<u64> {
        match &self.ear {
            Ear::Recorded(_) => None,
            Ear::Live(live) => Some(live.ticket()),
        }
    }

    /// Takes in what the receiver told.
    pub(super) fn take_in_live(&mut self, what: What, walk: &mut Walk, now: Now) -> Option<Told> {
        let Ear::Live(live) = &mut self.ear else { return None };
        let told = live.take_in(what, walk, now);
        if matches!(told, Told::Frame) {
            self.rate.count(now);
            self.last_frame_ms = now.monotonic_ms;
        }
        Some(told)
    }

    /// Returns when the next line of a recording is due; none at its end, and for a receiver.
    fn due_ms(&mut self, now: Now) -> Option<u64> {
        match &mut self.ear {
            Ear::Recorded(recorded) => recorded.due_ms(now),
            Ear::Live(_) => None,
        }
    }

    fn is_over(&mut self, now: Now) -> bool {
        matches!(self.ear, Ear::Recorded(_)) && self.due_ms(now).is_none()
    }

    fn take_in(&mut self, walk: &mut Walk, now: Now) -> bool {
        let Ear::Recorded(recorded) = &mut self.ear else { return false };
        let Some(due) = recorded.take_due(now) else { return false };
        match due.heard {
            Ok(frame) => walk.handle_frame(frame, now),
            Err(error) => match error.sender() {
                Some(sender) => walk.handle_damaged(sender, now),
                None => walk.handle_rejected_line(now),
            },
        }
        walk.reached(due.position);
        self.rate.count(now);
        self.last_frame_ms = now.monotonic_ms;
        true
    }
}

impl App {
    /// Does what is due: takes in what was heard, commits it, says what is committed, tries the server
    /// again.
    pub fn handle_timeout(&mut self, now: Now, randomness: &mut dyn Randomness) {
        if let Err(problem) = self.listen(now, randomness) {
            // What is not committed is held and goes first the next time.
            if self.listening.take().is_some_and(|listening| listening.live_ticket().is_some()) {
                self.order_silence();
            }
            self.changed.walk.touch();
            self.events.push_back(Event::Problem { problem });
        }
        self.look_at_the_hour(now);
        if let Err(problem) = self.retry_exchange(now).and_then(|()| self.say_what_changed(now)) {
            self.events.push_back(Event::Problem { problem });
        }
    }

    /// Returns when [`Self::handle_timeout`] wants to be called, on the monotonic clock.
    pub fn poll_timeout(&mut self, now: Now) -> Option<u64> {
        let frame = self.listening.as_mut().and_then(|listening| listening.due_ms(now));
        let tour = self.listening.as_ref().map(|listening| listening.tour);
        let commit = tour.and_then(|tour| self.tours.walking(tour)?.poll_timeout());
        [frame, commit, self.changed.due_ms(), self.retry_at_ms].into_iter().flatten().min()
    }

    fn listen(&mut self, now: Now, randomness: &mut dyn Randomness) -> Result<(), Problem> {
        for _ in 0..BURST {
            let Some(listening) = &mut self.listening else { return Ok(()) };
            let tour = listening.tour;
            let walk = self.tours.walk(&mut self.store, tour, now, randomness)?;
            let took_in = listening.take_in(walk, now);
            let update = walk.handle_timeout(&mut self.store, now, randomness)?;
            if let Some(update) = update {
                self.take_update(tour, &update);
            }
            if !took_in {
                break;
            }
        }
        let is_over = self.listening.as_mut().is_some_and(|heard| heard.is_over(now));
        if is_over {
            self.stop_listening(now, randomness)?;
            if let Some(shown) = &mut self.shown {
                shown.finished = true;
            }
            self.say_walk(now)?;
        }
        Ok(())
    }

    /// Commits what was heard and listens no longer.
    pub(super) fn stop_listening(
        &mut self,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<(), Problem> {
        let Some(listening) = self.listening.take() else { return Ok(()) };
        if listening.live_ticket().is_some() {
            self.order_silence();
        }
        self.flush(listening.tour, now, randomness)?;
        Ok(())
    }

    /// Commits what the walk of a tour holds.
    pub(super) fn flush(
        &mut self,
        tour: TourId,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<(), Problem> {
        let update = match self.tours.walking(tour) {
            Some(walk) => walk.flush(&mut self.store, randomness)?,
            None => None,
        };
        if let Some(update) = update {
            self.take_update(tour, &update);
        }
        self.say_what_changed(now)
    }

    /// Notes what a commit brought.
    pub(super) fn take_update(&mut self, tour: TourId, update: &WalkUpdate) {
        for line in update.shown.iter().flat_map(|shown| &shown.lines) {
            self.changed.line(tour, line.index, line.is_first.then_some(line.tour_meter));
        }
        for index in update.damaged.iter().chain(&update.read_late) {
            self.changed.line(tour, *index, None);
        }
        self.changed.walk.touch();
        if !update.shown.is_empty() {
            self.changed.sync.touch();
        }
    }

    /// Notes the silent meters of the walk that send at some hours only: whether they can be heard now is a
    /// part of what is shown of them.
    fn look_at_the_hour(&mut self, now: Now) {
        let tour = self.listening.as_ref().map(|listening| listening.tour);
        if !self.changed.begins_hour(now) {
            return;
        }
        let Some((tour, view)) = tour.and_then(|tour| Some((tour, self.tours.get(tour)?))) else { return };
        for (index, line) in view.lines.iter().enumerate() {
            if line.line.sends.is_some() && line.assessment.state == MeterState::Open {
                self.changed.line(tour, index, None);
            }
        }
    }

    fn say_what_changed(&mut self, now: Now) -> Result<(), Problem> {
        if self.changed.lines.take(now) {
            self.say_lines(now);
        }
        if self.changed.walk.take(now) {
            self.say_walk(now)?;
        }
        if self.changed.sync.take(now) {
            self.say_sync(now)?;
        }
        Ok(())
    }

    fn say_lines(&mut self, now: Now) {
        let clock = self.clock(now);
        for (tour, changed) in self.changed.take_lines() {
            let Some(view) = self.tours.get(tour) else { continue };
            let lines = changed.lines.iter().filter_map(|index| view.lines.get(*index));
            self.events.push_back(Event::Meters {
                tour,
                meters: lines.map(|line| view::row(line, &clock)).collect(),
                progress: view.progress.into(),
                newly_heard: changed.newly_heard,
            });
        }
    }
}
