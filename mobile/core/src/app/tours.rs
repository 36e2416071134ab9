//! Tours, their lines, and their telegrams.

use sync_protocol::{TelegramId, TourId, TourMeterId};
use wmbus::explain::Parts;
use wmbus::{Frame, FrameFormat};

use super::model::{MeterDetail, Problem, TelegramExplanation, Tour, TourSummary};
use super::open::App;
use super::view::{self, Heard};
use crate::clock::Now;
use crate::meter::{Decoding, Outcome, key_ring};
use crate::store::{StoreError, facts};
use crate::walk::LineView;

/// Of a meter that was heard more often than this, the older telegrams are not shown.
const MOST_TELEGRAMS: usize = 50;

impl App {
    /// Returns all tours, withdrawn ones last.
    ///
    /// # Errors
    /// When the store fails.
    pub fn tours(&mut self) -> Result<Vec<TourSummary>, Problem> {
        let stored = self.store.tours()?;
        stored.iter().map(|stored| Ok(view::summary(self.tours.view(&self.store, stored.tour.id)?))).collect()
    }

    /// Returns a tour with its lines in walking order.
    ///
    /// # Errors
    /// `no_such_tour`, or when the store fails.
    pub fn tour(&mut self, tour: TourId, now: Now) -> Result<Tour, Problem> {
        let clock = self.clock(now);
        let view = self.tours.view(&self.store, tour)?;
        let meters = view.lines.iter().map(|line| view::row(line, &clock)).collect();
        Ok(Tour { summary: view::summary(view), meters })
    }

    /// Returns one line with all that is known of it.
    ///
    /// # Errors
    /// `no_such_tour`, `no_such_meter`, or when the store fails.
    pub fn meter(&mut self, tour: TourId, meter: TourMeterId, now: Now) -> Result<MeterDetail, Problem> {
        let clock = self.clock(now);
        let same_meter = {
            let line = line_of(self.tours.view(&self.store, tour)?, meter)?;
            self.store.same_meter(&line.line)?
        };
        for (earlier, _) in &same_meter {
            self.tours.view(&self.store, *earlier)?;
        }
        let of_earlier = |(tour, meter): &(TourId, TourMeterId)| {
            let view = self.tours.get(*tour)?;
            view.lines.get(view.index_of(*meter)?)
        };
        let earlier: Vec<&LineView> = same_meter.iter().filter_map(of_earlier).collect();
        let view = self.tours.get(tour).ok_or(StoreError::NoSuchTour)?;
        let line = line_of(view, meter)?;
        let heard = self.heard(tour, line)?;
        Ok(view::detail(view, line, &heard, &earlier, &clock))
    }

    /// Returns the newest telegrams of a line, newest first.
    fn heard(&self, tour: TourId, line: &LineView) -> Result<Vec<Heard>, StoreError> {
        let mut heard = Vec::new();
        for id in line.telegrams().iter().rev().take(MOST_TELEGRAMS) {
            let Some(heard_as) = facts::heard_as(self.store.connection(), tour, *id)? else { continue };
            let decoding = self.store.decoding(*id)?.unwrap_or_else(undecoded);
            heard.push(Heard { id: *id, heard_as, decoding });
        }
        heard.sort_by_key(|heard| std::cmp::Reverse(heard.heard_as.summary.last_sequence));
        Ok(heard)
    }

    /// Returns a telegram with every byte accounted for, opened with the keys of the tours that heard it.
    ///
    /// # Errors
    /// When there is no such telegram, or the store fails.
    pub fn telegram(&self, telegram: TelegramId) -> Result<TelegramExplanation, Problem> {
        let gone = || Problem::lasting("no_such_telegram", "the telegram is not on this handheld");
        let bytes = facts::frame(self.store.connection(), telegram)?.ok_or_else(gone)?;
        let frame = Frame::parse(&bytes, FrameFormat::WithoutCrc)
            .map_err(|_| StoreError::Damaged { table: "telegrams", what: "a frame" })?;
        let mut lines = Vec::new();
        for tour in facts::tours_of_telegram(self.store.connection(), telegram)? {
            lines.extend(self.store.tour_meters(tour)?);
        }
        Ok(view::explanation(&Parts::of(&frame, &key_ring(&lines))))
    }
}

pub(super) fn line_of(view: &crate::TourView, meter: TourMeterId) -> Result<&LineView, StoreError> {
    view.index_of(meter).and_then(|index| view.lines.get(index)).ok_or(StoreError::NoSuchMeter)
}

/// A telegram of which nothing is derived at present.
fn undecoded() -> Decoding {
    Decoding { decoder_version: 0, outcome: Outcome::Unsupported, readings: Vec::new(), alarms: Vec::new() }
}
