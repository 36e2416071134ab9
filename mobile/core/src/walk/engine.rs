//! The walk itself.

use std::collections::HashSet;

use radio_core::ReceivedFrame;
use sync_protocol::{
    Digest, ReadingSessionId, Reception, ReceptionId, Telegram, TelegramId, TimeSource, Timestamp, TourId,
    TourMeterId,
};
use wmbus::{Addresses, FormatStore, KeyRing, MeterAddress};

use super::derive::derive_again;
use super::deriving::{Derived, Deriving};
use super::pending::{Pending, PendingDamage, PendingReception, ReplayPosition};
use super::view::TourView;
use crate::clock::Now;
use crate::meter::{Assessment, Damaged, Decoding, HeardSummary, MeterState, Progress, key_ring};
use crate::randomness::{Randomness, RandomnessError, mint_uuid};
use crate::store::{Store, StoreError, damaged, facts, formats, meta, readings, sessions};

/// Why a walk cannot begin or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalkError {
    /// The store failed. Frames that were not committed are still held and are tried again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no randomness to mint identities from.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// The office took the tour back.
    #[error("the office took this tour back; its keys are gone")]
    TourWithdrawn,
    /// Not every line of the tour has arrived.
    #[error("only {lines} of the tour's {meters} meters have arrived; pull again")]
    TourIncomplete {
        /// Lines that have arrived.
        lines: u32,
        /// Lines that the tour has.
        meters: u32,
    },
}

/// A telegram of an own meter, committed.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Position in the order in which facts were taken in.
    pub sequence: u64,
    /// This reception.
    pub reception: ReceptionId,
    /// The telegram.
    pub telegram: TelegramId,
    /// The time of reception as the handheld knew it.
    pub received_at: Timestamp,
    /// Signal strength, where the receiver tells it.
    pub rssi_dbm: Option<i16>,
    /// How often this telegram was heard on the tour's walks, this time included.
    pub times_heard: u64,
    /// Whether it was heard for the first time.
    pub is_new: bool,
    /// The lines it belongs to.
    pub lines: Vec<ShownLine>,
}

/// What a telegram did to a line of the tour.
#[derive(Debug, Clone)]
pub struct ShownLine {
    /// Index of the line.
    pub index: usize,
    /// Identity of the line.
    pub tour_meter: TourMeterId,
    /// Whether this walk had not heard the meter before.
    pub is_first: bool,
    /// The state before.
    pub before: MeterState,
    /// What there is to show now.
    pub assessment: Assessment,
}

/// What a commit brought. Everything in it is on the disk.
#[derive(Debug, Clone)]
pub struct WalkUpdate {
    /// Own telegrams, in the order in which they were heard.
    pub shown: Vec<Shown>,
    /// Indexes of the lines whose meters were heard damaged.
    pub damaged: Vec<usize>,
    /// Indexes of the lines of which an earlier telegram can be read now.
    pub read_late: Vec<usize>,
    /// How far the tour is.
    pub progress: Progress,
    /// Frames of foreign meters on all walks of the tour.
    pub foreign_frames: u64,
}

/// A walk that goes on.
#[derive(Debug)]
pub struct Walk {
    pub(super) session: ReadingSessionId,
    pub(super) view: TourView,
    keys: KeyRing,
    formats: FormatStore,
    pending: Pending,
    resumed: bool,
    /// The lines whose meters this walk has heard.
    heard: HashSet<usize>,
}

impl Walk {
    /// Goes on with the open walk of a tour, or begins one.
    ///
    /// # Errors
    /// When the tour is not here, not whole or withdrawn, or the store fails.
    pub fn open(
        store: &mut Store,
        tour: TourId,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Self, WalkError> {
        let stored = store.tour(tour)?;
        if stored.withdrawn {
            return Err(WalkError::TourWithdrawn);
        }
        if !stored.is_whole() {
            return Err(WalkError::TourIncomplete { lines: stored.lines, meters: stored.tour.meters });
        }
        derive_again(store, tour)?;
        let id = ReadingSessionId(mint_uuid(now.wall, randomness)?);
        let transaction = store.transaction()?;
        let open = sessions::open(&transaction, tour)?;
        if open.is_none() {
            sessions::start(&transaction, id, tour, now)?;
        }
        transaction.commit().map_err(StoreError::from)?;
        let view = TourView::load(store, tour)?;
        let keys = key_ring(&store.tour_meters(tour)?);
        let formats = formats::load(store.connection())?;
        let session = open.as_ref().map_or(id, |open| open.id);
        let heard = facts::heard_on_walk(store.connection(), session)?
            .iter()
            .flat_map(|addresses| view.own.lines_of(addresses))
            .collect();
        Ok(Self { session, heard, resumed: open.is_some(), view, keys, formats, pending: Pending::default() })
    }

    /// Returns the identity of the walk.
    pub fn session(&self) -> ReadingSessionId {
        self.session
    }

    /// Returns whether the walk had begun before this object was made.
    pub fn is_resumed(&self) -> bool {
        self.resumed
    }

    /// Returns the tour as it stands, without what is not committed yet.
    pub fn view(&self) -> &TourView {
        &self.view
    }

    /// Takes in a frame. Nothing is shown of it before [`Self::handle_timeout`] has committed it.
    pub fn handle_frame(&mut self, received: ReceivedFrame, now: Now) {
        self.pending.touch(now);
        // A frame whose addresses cannot be read is nobody's.
        let Ok(addresses) = Addresses::read(&received.frame) else {
            self.pending.foreign_frames += 1;
            return;
        };
        let lines: Vec<usize> = self.view.own.lines_of(&addresses).collect();
        if lines.is_empty() {
            self.pending.foreign_frames += 1;
        } else {
            self.pending.receptions.push(PendingReception { received, addresses, lines, now });
        }
    }

    /// Counts a frame that came damaged, where it still tells whose it is. Of an own meter that is worth
    /// knowing; of anybody else's it is a rejected line.
    pub fn handle_damaged(&mut self, sender: MeterAddress, now: Now) {
        self.handle_rejected_line(now);
        let addresses = Addresses { link: sender, meter: sender };
        let lines: Vec<usize> = self.view.own.lines_of(&addresses).collect();
        if !lines.is_empty() {
            self.pending.damaged.push(PendingDamage { lines, now });
        }
    }

    /// Counts a line of a recording that holds no usable frame.
    pub fn handle_rejected_line(&mut self, now: Now) {
        self.pending.touch(now);
        self.pending.rejected_lines += 1;
    }

    /// Notes how far a recording is, after its line was taken in. The place is kept in the same commit
    /// as the line, so that a killed replay neither loses a line nor takes one twice.
    pub fn reached(&mut self, position: ReplayPosition) {
        self.pending.position = Some(position);
    }

    /// Returns the last line of a recording that this walk has committed; 0 when none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn replayed_lines(&self, store: &Store, recording: Digest) -> Result<u64, StoreError> {
        sessions::replay_position(store.connection(), self.session, recording)
    }

    /// Returns when [`Self::handle_timeout`] wants to be called, on the monotonic clock.
    pub fn poll_timeout(&self) -> Option<u64> {
        self.pending.deadline_ms()
    }

    /// Commits the group if it is due, and returns what may be shown now.
    ///
    /// # Errors
    /// When the store fails. The group is kept and tried again with the next call.
    pub fn handle_timeout(
        &mut self,
        store: &mut Store,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Option<WalkUpdate>, WalkError> {
        match self.pending.deadline_ms() {
            Some(deadline) if deadline <= now.monotonic_ms => self.flush(store, randomness),
            _ => Ok(None),
        }
    }

    /// Commits whatever is held, due or not.
    ///
    /// # Errors
    /// As [`Self::handle_timeout`].
    pub fn flush(
        &mut self,
        store: &mut Store,
        randomness: &mut dyn Randomness,
    ) -> Result<Option<WalkUpdate>, WalkError> {
        if self.pending.is_empty() {
            return Ok(None);
        }
        let Group { committed, read_late, formats } = self.commit(store, randomness)?;
        let pending = std::mem::take(&mut self.pending);
        self.formats = formats;
        self.view.foreign_frames += pending.foreign_frames;
        let shown = pending
            .receptions
            .into_iter()
            .zip(committed)
            .map(|(pending, committed)| self.show(pending, committed))
            .collect();
        let damaged = pending.damaged.into_iter().flat_map(|damage| self.show_damage(damage)).collect();
        let read_late = read_late.into_iter().flat_map(|late| self.show_late(&late)).collect();
        Ok(Some(WalkUpdate {
            shown,
            damaged,
            read_late,
            progress: self.view.progress,
            foreign_frames: self.view.foreign_frames,
        }))
    }

    /// Commits and ends the walk.
    ///
    /// # Errors
    /// As [`Self::handle_timeout`].
    pub fn end(
        mut self,
        store: &mut Store,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Option<WalkUpdate>, WalkError> {
        let update = self.flush(store, randomness)?;
        let transaction = store.transaction()?;
        sessions::end(&transaction, self.session, now)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(update)
    }

    /// Writes the group in one transaction. What this object knows changes only after it.
    fn commit(&self, store: &mut Store, randomness: &mut dyn Randomness) -> Result<Group, WalkError> {
        let pending = &self.pending;
        let tour = self.view.tour.tour.id;
        let transaction = store.transaction()?;
        let count = u64::try_from(pending.receptions.len()).unwrap_or(u64::MAX);
        let first = meta::take_sequence(&transaction, count)?;
        let mut deriving = Deriving::new(&transaction, &self.keys, self.formats.clone());
        let mut receptions: Vec<(Reception, bool)> = Vec::with_capacity(pending.receptions.len());
        let mut new = HashSet::new();
        for (sequence, item) in (first..).zip(&pending.receptions) {
            let telegram = Telegram::new(item.received.frame.bytes().to_vec());
            let is_new = !self.view.times_heard.contains_key(&telegram.id) && new.insert(telegram.id);
            if is_new {
                facts::insert_telegram(&transaction, &telegram, &item.addresses)?;
                deriving.take(telegram.id, &item.received.frame)?;
            }
            let reception = Reception {
                id: ReceptionId(mint_uuid(item.now.wall, randomness)?),
                telegram: telegram.id,
                session: self.session,
                tour,
                received_at: item.received.received_at.map_or(item.now.wall, Timestamp::from),
                time_source: match item.received.received_at {
                    Some(_) => TimeSource::Receiver,
                    None => TimeSource::Handheld,
                },
                boot: item.now.boot,
                monotonic_ms: item.now.monotonic_ms,
                sequence,
                rssi_dbm: item.received.rssi_dbm,
                link_mode: item.received.link_mode.map(|mode| mode.to_string()),
                receiver: item.received.receiver.clone(),
            };
            facts::insert_reception(&transaction, &reception, item.now.wall)?;
            receptions.push((reception, is_new));
        }
        let Derived { formats, gained } = deriving.finish()?;
        let mut committed = Vec::with_capacity(receptions.len());
        for (reception, is_new) in receptions {
            // What is kept may be more than this walk made out: another tour's key may have told it before.
            let decoding = if is_new { readings::get(&transaction, reception.telegram)? } else { None };
            committed.push(Committed { reception, decoding });
        }
        let mut read_late = Vec::new();
        for telegram in gained.into_iter().filter(|telegram| !new.contains(telegram)) {
            let heard = facts::first_heard(&transaction, tour, telegram)?;
            let decoding = readings::get(&transaction, telegram)?;
            read_late.extend(heard.zip(decoding).map(|((addresses, first_sequence), decoding)| ReadLate {
                telegram,
                addresses,
                first_sequence,
                decoding,
            }));
        }
        for damage in &pending.damaged {
            for line in damage.lines.iter().filter_map(|index| self.view.lines.get(*index)) {
                damaged::count(&transaction, tour, line.line.id, damage.now.wall)?;
            }
        }
        sessions::count(&transaction, self.session, pending.foreign_frames, pending.rejected_lines)?;
        if let Some(ReplayPosition { recording, line }) = pending.position {
            sessions::set_replay_position(&transaction, self.session, recording, line)?;
        }
        transaction.commit().map_err(StoreError::from)?;
        Ok(Group { committed, read_late, formats })
    }

    /// Shows what an earlier telegram says now, and returns its lines.
    fn show_late(&mut self, late: &ReadLate) -> Vec<usize> {
        let lines: Vec<usize> = self.view.own.lines_of(&late.addresses).collect();
        for index in &lines {
            let Some(line) = self.view.lines.get_mut(*index) else { continue };
            line.radio.add_decoding(
                late.telegram,
                late.addresses.meter.device_type,
                &late.decoding,
                late.first_sequence,
                &line.line,
                TourView::due_date(&self.view.tour, &line.line),
            );
            let before = line.assessment.state.clone();
            line.reassess();
            self.view.progress.moved(&before, &line.assessment.state);
        }
        lines
    }

    fn show_damage(&mut self, damage: PendingDamage) -> Vec<usize> {
        for line in &damage.lines {
            let Some(line) = self.view.lines.get_mut(*line) else { continue };
            line.radio.add_damaged(Damaged { times: 1, last_at: damage.now.wall });
            let before = line.assessment.state.clone();
            line.reassess();
            self.view.progress.moved(&before, &line.assessment.state);
        }
        damage.lines
    }

    fn show(&mut self, pending: PendingReception, committed: Committed) -> Shown {
        let Committed { reception, decoding } = committed;
        let heard = HeardSummary::once(reception.sequence, pending.now.wall, reception.rssi_dbm);
        let times_heard = self.view.times_heard.entry(reception.telegram).or_insert(0);
        *times_heard += 1;
        let times_heard = *times_heard;
        let mut lines = Vec::with_capacity(pending.lines.len());
        for index in pending.lines {
            let Some(line) = self.view.lines.get_mut(index) else { continue };
            match &decoding {
                Some(decoding) => {
                    line.telegrams.push(reception.telegram);
                    line.radio.add_telegram(
                        reception.telegram,
                        pending.addresses.meter.device_type,
                        decoding,
                        heard,
                        &line.line,
                        TourView::due_date(&self.view.tour, &line.line),
                    )
                }
                None => line.radio.add_reception(heard),
            }
            let before = line.assessment.state.clone();
            line.reassess();
            self.view.progress.moved(&before, &line.assessment.state);
            lines.push(ShownLine {
                index,
                tour_meter: line.line.id,
                is_first: self.heard.insert(index),
                before,
                assessment: line.assessment.clone(),
            });
        }
        Shown {
            sequence: reception.sequence,
            reception: reception.id,
            telegram: reception.telegram,
            received_at: reception.received_at,
            rssi_dbm: reception.rssi_dbm,
            times_heard,
            is_new: decoding.is_some(),
            lines,
        }
    }
}

/// What a commit wrote, and what it told.
struct Group {
    committed: Vec<Committed>,
    read_late: Vec<ReadLate>,
    formats: FormatStore,
}

/// An earlier telegram that can be read now: its format came, or the rest of its message.
struct ReadLate {
    telegram: TelegramId,
    addresses: Addresses,
    first_sequence: u64,
    decoding: Decoding,
}

/// A reception on the disk, with what its telegram means if it was not known before.
struct Committed {
    reception: Reception,
    decoding: Option<Decoding>,
}
