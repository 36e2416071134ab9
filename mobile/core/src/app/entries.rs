//! What the reader does at a meter.

use sync_protocol::{EventId, EventKind, TourId, TourMeterId};

use super::model::{ManualCheck, ManualEntry, MeterDetail, Problem, ReasonCodes};
use super::open::App;
use super::tours::line_of;
use crate::clock::Now;
use crate::meter::{Verdict, judge_typed, parse_value};
use crate::randomness::Randomness;
use crate::store::Store;
use crate::walk::{
    self, EntryError, LineView, MANUAL_REASONS, PhotoEntry, Recorded, SKIP_REASONS, Walk, unit_of,
};

/// A larger file is no photo of a meter.
const LARGEST_PICTURE: usize = 32 << 20;

impl App {
    /// Returns why a value may be typed or a meter skipped.
    ///
    /// # Errors
    /// `no_such_tour`, or when the store fails.
    pub fn reason_codes(&mut self, tour: TourId) -> Result<ReasonCodes, Problem> {
        self.tours.view(&self.store, tour)?;
        let codes = |reasons: &[walk::Reason]| reasons.iter().map(|reason| reason.code.to_owned()).collect();
        Ok(ReasonCodes { manual: codes(MANUAL_REASONS), skip: codes(SKIP_REASONS) })
    }

    /// Judges what was typed, without storing it.
    ///
    /// # Errors
    /// `not_a_number`, `no_such_meter`, or when the store fails.
    pub fn check_manual(
        &mut self,
        tour: TourId,
        meter: TourMeterId,
        typed: &str,
    ) -> Result<ManualCheck, Problem> {
        let line = line_of(self.tours.view(&self.store, tour)?, meter)?;
        let value = parse_value(typed).map_err(EntryError::from)?;
        let unit = unit_of(line).ok_or(EntryError::UnitMissing)?;
        let verdicts = judge_typed(value, &unit, &line.line).into_iter().map(Verdict::as_str).collect();
        Ok(ManualCheck { value: value.to_string(), verdicts })
    }

    /// Keeps a value that the reader typed. It takes the place of what was typed before.
    ///
    /// # Errors
    /// `not_confirmed` where the value is odd in a way that the reader did not see, and as
    /// [`Self::check_manual`].
    pub fn enter_manual(
        &mut self,
        entry: &ManualEntry,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<MeterDetail, Problem> {
        let confirmed = entry.confirmed.iter().filter_map(|code| code.parse().ok()).collect();
        let at = (entry.tour, entry.meter);
        self.record(at, now, randomness, |walk, store, line, corrects, randomness| {
            let entry = walk::ManualEntry {
                value: entry.typed.clone(),
                unit: line.unit,
                reason: entry.reason.clone(),
                confirmed,
                note: entry.note.clone(),
                corrects,
            };
            walk.enter_manual(store, line.id, &entry, now, randomness)
        })
    }

    /// Keeps why a meter is not read. It takes the place of what was said before.
    ///
    /// # Errors
    /// `no_such_meter`, or when the store fails.
    pub fn skip(
        &mut self,
        at: (TourId, TourMeterId),
        reason: &str,
        note: Option<&str>,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<MeterDetail, Problem> {
        self.record(at, now, randomness, |walk, store, line, corrects, randomness| {
            walk.skip(store, line.id, reason, note, corrects, now, randomness)
        })
    }

    /// Keeps words for the office.
    ///
    /// # Errors
    /// `no_such_meter`, or when the store fails.
    pub fn add_note(
        &mut self,
        at: (TourId, TourMeterId),
        text: &str,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<MeterDetail, Problem> {
        self.record(at, now, randomness, |walk, store, line, _, randomness| {
            walk.note(store, line.id, text, now, randomness)
        })
    }

    /// Keeps a photo, in the encrypted store.
    ///
    /// # Errors
    /// `not_a_picture`, `no_such_meter`, or when the store fails.
    pub fn add_photo(
        &mut self,
        at: (TourId, TourMeterId),
        media_type: &str,
        picture: Vec<u8>,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<MeterDetail, Problem> {
        if !media_type.starts_with("image/") || picture.is_empty() {
            return Err(Problem::lasting("not_a_picture", "the file is not a picture"));
        }
        if picture.len() > LARGEST_PICTURE {
            return Err(Problem::lasting("not_a_picture", "the picture is larger than 32 MiB"));
        }
        let photo = PhotoEntry { picture, media_type: media_type.to_owned() };
        self.record(at, now, randomness, |walk, store, line, _, randomness| {
            walk.photo(store, line.id, &photo, now, randomness)
        })
    }

    fn record(
        &mut self,
        (tour, meter): (TourId, TourMeterId),
        now: Now,
        randomness: &mut dyn Randomness,
        entry: impl FnOnce(
            &mut Walk,
            &mut Store,
            At,
            Option<EventId>,
            &mut dyn Randomness,
        ) -> Result<Recorded, EntryError>,
    ) -> Result<MeterDetail, Problem> {
        let line = line_of(self.tours.view(&self.store, tour)?, meter)?;
        let (at, corrects) = (At { id: meter, unit: unit_of(line) }, standing(line));
        let walk = self.tours.walk(&mut self.store, tour, now, randomness)?;
        entry(walk, &mut self.store, at, corrects, randomness)?;
        if let Some(index) = walk.view().index_of(meter) {
            self.changed.line(tour, index, None);
        }
        // A person's own entry is no crowd: how much waits for the server is right before the answer is shown.
        self.say_sync(now)?;
        self.meter(tour, meter, now)
    }
}

/// Where something is entered.
struct At {
    id: TourMeterId,
    unit: Option<String>,
}

/// Returns the value or the reason that stands; the next one takes its place.
fn standing(line: &LineView) -> Option<EventId> {
    let events = line.events();
    let stands = |id: EventId| events.iter().all(|event| event.supersedes != Some(id));
    let is_replaced =
        |kind: &EventKind| matches!(kind, EventKind::ManualReading { .. } | EventKind::Skip { .. });
    events.iter().rev().find(|event| is_replaced(&event.kind) && stands(event.id)).map(|event| event.id)
}
