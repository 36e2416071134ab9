//! The walk that the window shows: starting, stopping, and finding it again.

use radio_core::io::ReceiverAddress;
use serde::{Deserialize, Serialize};
use sync_protocol::{Digest, ReadingSessionId, TourId};

use super::listening::{Ear, Listening};
use super::model::{Event, Problem, Receiver, Source, Walk};
use super::open::App;
use super::receivers::{self, RECEIVER};
use super::recorded::Recorded;
use crate::clock::Now;
use crate::randomness::Randomness;
use crate::store::{StoreError, meta};
use crate::walk::Pace;

/// The walk that the window shows.
#[derive(Debug, Clone)]
pub(super) struct ShownWalk {
    pub(super) session: ReadingSessionId,
    pub(super) tour: TourId,
    pub(super) source: Option<Source>,
    pub(super) finished: bool,
}

/// What of it outlives the app.
#[derive(Serialize, Deserialize)]
struct Kept {
    session: ReadingSessionId,
    tour: TourId,
    source: String,
}

/// What a walk is to hear.
enum Heard {
    Recording(Vec<u8>),
    Receiver(ReceiverAddress),
}

impl App {
    /// Goes on with the tour's open walk, or begins one, and listens.
    ///
    /// # Errors
    /// `no_receiver` where the source is gone, `bad_receiver` where it cannot be listened to, `no_such_tour`, `tour_withdrawn`, `tour_incomplete`, or when
    /// the store fails.
    pub fn start_walk(
        &mut self,
        tour: TourId,
        source: &str,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Walk, Problem> {
        let heard = match source.strip_prefix(RECEIVER) {
            Some(address) => Heard::Receiver(receivers::parse(address)?),
            None => Heard::Recording(self.recording(source)?),
        };
        let source = self.source(source)?;
        self.stop_listening(now, randomness)?;
        let walk = self.tours.walk(&mut self.store, tour, now, randomness)?;
        // What a full disk refused the last time goes first.
        let held = walk.flush(&mut self.store, randomness)?;
        let session = walk.session();
        let ear = match heard {
            Heard::Recording(bytes) => {
                let digest = Digest::of(&bytes);
                let done = walk.replayed_lines(&self.store, digest)?;
                let pace = Pace::new(self.options.replay_speed);
                Ear::Recorded(Box::new(Recorded::new(bytes, digest, pace, done)))
            }
            Heard::Receiver(address) => {
                let modes = receivers::needed_modes(walk.view());
                Ear::Live(self.order_radio(address, modes))
            }
        };
        if let Some(update) = held {
            self.take_update(tour, &update);
        }
        self.keep_shown(&Kept { session, tour, source: source.id.clone() })?;
        self.listening = Some(Listening::new(tour, ear, now));
        self.shown = Some(ShownWalk { session, tour, source: Some(source), finished: false });
        self.say_walk(now)?.ok_or_else(|| StoreError::NoSuchTour.into())
    }

    /// Stops listening. What was heard stays, and the walk can be started again, unless nothing is missing
    /// any more: then it has ended.
    ///
    /// # Errors
    /// When the store fails.
    pub fn stop_walk(&mut self, now: Now, randomness: &mut dyn Randomness) -> Result<Option<Walk>, Problem> {
        self.stop_listening(now, randomness)?;
        let tour = self.shown.as_ref().map(|shown| shown.tour);
        let is_done = |tour| self.tours.get(tour).is_some_and(|view| view.progress.missing() == 0);
        if let Some(tour) = tour.filter(|tour| is_done(*tour))
            && let Some(walk) = self.tours.forget(tour)
        {
            walk.end(&mut self.store, now, randomness)?;
        }
        self.say_walk(now)
    }

    /// Returns the walk that is shown.
    ///
    /// # Errors
    /// When the store fails.
    pub fn walk(&mut self, now: Now) -> Result<Option<Walk>, Problem> {
        let Some(shown) = &self.shown else { return Ok(None) };
        let Some(session) = self.store.session(shown.session)? else { return Ok(None) };
        let receiver = match &mut self.listening {
            Some(listening) => listening.receiver(now),
            None => Receiver::default(),
        };
        Ok(Some(Walk {
            tour: shown.tour,
            started_at: session.started_at,
            listening: self.listening.is_some(),
            source: shown.source.clone(),
            receiver,
            foreign_frames: session.foreign_frames,
            rejected_lines: session.rejected_lines,
            finished: shown.finished,
        }))
    }

    /// Says how the walk stands, and returns it.
    pub(super) fn say_walk(&mut self, now: Now) -> Result<Option<Walk>, Problem> {
        self.changed.walk.touch();
        self.changed.walk.take(now);
        let walk = self.walk(now)?;
        if let Some(walk) = walk.clone() {
            self.events.push_back(Event::Walk { walk });
        }
        Ok(walk)
    }

    /// Returns the walk that was shown when the app was last closed or killed, if it goes on.
    pub(super) fn walk_of_last_time(&self) -> Result<Option<ShownWalk>, Problem> {
        let kept = meta::text(self.store.connection(), meta::SHOWN_WALK)?;
        let Some(kept) = kept.and_then(|text| serde_json::from_str::<Kept>(&text).ok()) else {
            return Ok(None);
        };
        let goes_on = self.store.open_session(kept.tour)?.is_some_and(|open| open.id == kept.session);
        let is_here = self.store.tour(kept.tour).is_ok_and(|stored| !stored.withdrawn);
        if !goes_on || !is_here {
            return Ok(None);
        }
        let source = self.sources()?.into_iter().find(|source| source.id == kept.source);
        Ok(Some(ShownWalk { session: kept.session, tour: kept.tour, source, finished: false }))
    }

    fn keep_shown(&self, kept: &Kept) -> Result<(), Problem> {
        let text = serde_json::to_string(kept).map_err(|error| Problem::lasting("internal", error))?;
        Ok(meta::set_text(self.store.connection(), meta::SHOWN_WALK, &text)?)
    }
}
