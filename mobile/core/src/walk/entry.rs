//! What the reader does at a meter: a typed value, a reason, a note, a photo.
//!
//! Each is one event, committed before it is reported. Nothing is ever changed: a correction is a new
//! event that names the one it supersedes.

use std::fmt;

use sync_protocol::{Digest, Event, EventId, EventKind, TourMeterId};

use super::engine::Walk;
use super::reason::{MANUAL_REASONS, SKIP_REASONS, knows};
use crate::clock::Now;
use crate::meter::{Assessment, MeterState, ParseValueError, Verdict, judge_typed, parse_value};
use crate::randomness::{Randomness, RandomnessError, mint_uuid};
use crate::store::{Store, StoreError, facts, meta};

/// Why an entry was not taken. Nothing was kept of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// The tour has no such line.
    #[error("there is no such meter in the tour")]
    NoSuchMeter,
    /// The value cannot be read.
    #[error(transparent)]
    Value(#[from] ParseValueError),
    /// The tour does not say in which unit the meter counts.
    #[error("the tour names no unit for this meter; say in which unit it counts")]
    UnitMissing,
    /// The reason is not on the list.
    #[error("unknown reason; known are {}", known.join(", "))]
    UnknownReason {
        /// The codes of the list.
        known: Vec<&'static str>,
    },
    /// The value is odd, and the reader has not confirmed it.
    #[error("{}; look again and confirm", sentences(verdicts))]
    Unconfirmed {
        /// What is odd and not confirmed.
        verdicts: Vec<Verdict>,
    },
    /// The event that is to be corrected is not one of this meter.
    #[error("there is no such entry at this meter to correct")]
    NothingToCorrect,
    /// The text is empty.
    #[error("a note needs words")]
    EmptyNote,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no randomness to mint an identity from.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

fn sentences(verdicts: &[Verdict]) -> String {
    verdicts.iter().map(|verdict| verdict.sentence()).collect::<Vec<_>>().join("; ")
}

/// A value that the reader typed.
#[derive(Debug, Clone, Default)]
pub struct ManualEntry {
    /// The digits of the display, with comma or point.
    pub value: String,
    /// The unit; none takes the tour's.
    pub unit: Option<String>,
    /// A code of [`MANUAL_REASONS`].
    pub reason: String,
    /// The verdicts that the reader has seen and confirms.
    pub confirmed: Vec<Verdict>,
    /// What the reader wrote beside it.
    pub note: Option<String>,
    /// An earlier entry that this one corrects.
    pub corrects: Option<EventId>,
}

/// A photo that the reader took.
#[derive(Clone)]
pub struct PhotoEntry {
    /// The picture file.
    pub picture: Vec<u8>,
    /// Media type, such as `image/jpeg`.
    pub media_type: String,
}

impl fmt::Debug for PhotoEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhotoEntry({}, {} bytes)", self.media_type, self.picture.len())
    }
}

/// An entry that is on the disk.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The event.
    pub event: EventId,
    /// Position in the order in which facts were taken in.
    pub sequence: u64,
    /// The line.
    pub tour_meter: TourMeterId,
    /// The state before.
    pub before: MeterState,
    /// What there is to show now.
    pub assessment: Assessment,
}

impl Walk {
    /// Keeps a value that the reader typed.
    ///
    /// # Errors
    /// [`EntryError::Unconfirmed`] when the value is odd: show why, then try again with what the
    /// reader confirms.
    pub fn enter_manual(
        &mut self,
        store: &mut Store,
        at: TourMeterId,
        entry: &ManualEntry,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Recorded, EntryError> {
        require_reason(MANUAL_REASONS, &entry.reason)?;
        let line = self.line(at)?;
        let digits = parse_value(&entry.value)?;
        let unit = entry.unit.clone().or_else(|| line.unit.clone()).ok_or(EntryError::UnitMissing)?;
        let verdicts = judge_typed(digits, &unit, line);
        let unconfirmed: Vec<Verdict> =
            verdicts.iter().copied().filter(|verdict| !entry.confirmed.contains(verdict)).collect();
        if !unconfirmed.is_empty() {
            return Err(EntryError::Unconfirmed { verdicts: unconfirmed });
        }
        let kind = EventKind::ManualReading {
            value: digits.to_string(),
            unit,
            reason: entry.reason.clone(),
            confirmed: verdicts.iter().map(|verdict| verdict.as_str().to_owned()).collect(),
            note: entry.note.clone(),
        };
        self.record(store, at, kind, entry.corrects, None, now, randomness)
    }

    /// Keeps why a meter was not read: a code of [`SKIP_REASONS`].
    ///
    /// # Errors
    /// When the code is not known or the store fails.
    #[expect(clippy::too_many_arguments, reason = "each is something that the reader or the shell gives")]
    pub fn skip(
        &mut self,
        store: &mut Store,
        at: TourMeterId,
        reason: &str,
        note: Option<&str>,
        corrects: Option<EventId>,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Recorded, EntryError> {
        require_reason(SKIP_REASONS, reason)?;
        let kind = EventKind::Skip { reason: reason.to_owned(), note: note.map(str::to_owned) };
        self.record(store, at, kind, corrects, None, now, randomness)
    }

    /// Keeps words for the office.
    ///
    /// # Errors
    /// When there are none, or the store fails.
    pub fn note(
        &mut self,
        store: &mut Store,
        at: TourMeterId,
        text: &str,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Recorded, EntryError> {
        if text.trim().is_empty() {
            return Err(EntryError::EmptyNote);
        }
        let kind = EventKind::Note { text: text.trim().to_owned() };
        self.record(store, at, kind, None, None, now, randomness)
    }

    /// Keeps a photo. The picture itself travels apart.
    ///
    /// # Errors
    /// When the store fails.
    pub fn photo(
        &mut self,
        store: &mut Store,
        at: TourMeterId,
        photo: &PhotoEntry,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Recorded, EntryError> {
        let sha256 = Digest::of(&photo.picture).0;
        let kind = EventKind::Photo { sha256, media_type: photo.media_type.clone() };
        self.record(store, at, kind, None, Some(&photo.picture), now, randomness)
    }

    fn line(&self, at: TourMeterId) -> Result<&sync_protocol::TourMeter, EntryError> {
        let index = self.view.index_of(at).ok_or(EntryError::NoSuchMeter)?;
        self.view.lines.get(index).map(|line| &line.line).ok_or(EntryError::NoSuchMeter)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one event")]
    fn record(
        &mut self,
        store: &mut Store,
        at: TourMeterId,
        kind: EventKind,
        corrects: Option<EventId>,
        picture: Option<&[u8]>,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Recorded, EntryError> {
        let index = self.view.index_of(at).ok_or(EntryError::NoSuchMeter)?;
        let line = self.view.lines.get_mut(index).ok_or(EntryError::NoSuchMeter)?;
        if corrects.is_some_and(|corrected| line.events.iter().all(|event| event.id != corrected)) {
            return Err(EntryError::NothingToCorrect);
        }
        let id = EventId(mint_uuid(now.wall, randomness)?);
        let transaction = store.transaction()?;
        let event = Event {
            id,
            session: self.session,
            tour: self.view.tour.tour.id,
            tour_meter: at,
            at: now.wall,
            boot: now.boot,
            monotonic_ms: now.monotonic_ms,
            sequence: meta::take_sequence(&transaction, 1)?,
            supersedes: corrects,
            kind,
        };
        facts::insert_event(&transaction, &event)?;
        if let Some(picture) = picture {
            facts::insert_picture(&transaction, id, picture)?;
        }
        transaction.commit().map_err(StoreError::from)?;
        let sequence = event.sequence;
        line.events.push(event);
        let before = line.assessment.state.clone();
        line.reassess();
        self.view.progress.moved(&before, &line.assessment.state);
        Ok(Recorded { event: id, sequence, tour_meter: at, before, assessment: line.assessment.clone() })
    }
}

fn require_reason(reasons: &[super::Reason], code: &str) -> Result<(), EntryError> {
    if knows(reasons, code) {
        return Ok(());
    }
    Err(EntryError::UnknownReason { known: reasons.iter().map(|reason| reason.code).collect() })
}
