//! A handheld: its real store, walk and sync session, and its unreliable clock.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

use field_core::store::DATABASE_FILE;
use field_core::sync::{
    FactKind, Plan, Progress, Request, SyncError, SyncSession, Trust, facts, keep_pairing, purge_with, status,
};
use field_core::{KeySource, Now, Randomness, RandomnessError, Store, Walk};
use sync_protocol::{
    BootId, EventId, PairAnswer, ReceptionId, ReplicaId, TelegramId, Timestamp, Token, TourId,
};
use tempfile::TempDir;
use uuid::Uuid;

use super::air;
use super::dice::Dice;
use super::mutant::{Mutant, Rules};
use super::network::{Network, Reply};
use super::office::Office;
use super::truth::{Deed, FactId, Truth};

/// Where a sync is.
enum Sync {
    /// No session.
    None,
    /// A session that may be polled.
    Ready(SyncSession<Rules>),
    /// A request that is to be sent.
    Asking(SyncSession<Rules>, Request),
    /// A reply that is to be taken.
    Told(SyncSession<Rules>, Reply),
}

/// A copy of the database file, and what was in it.
struct Backup {
    file: Vec<u8>,
    deeds: BTreeSet<(FactId, Deed)>,
    sequence: u64,
    minted: u64,
    replica: ReplicaId,
}

/// One handheld.
pub(super) struct Handheld {
    number: usize,
    folder: TempDir,
    store: Option<Store>,
    walk: Option<(TourId, Walk)>,
    sync: Sync,
    backup: Option<Backup>,
    /// What is durable here: deeds under their facts.
    pub(super) deeds: BTreeSet<(FactId, Deed)>,
    sequence: u64,
    rules: Rules,
    pub(super) token: Token,
    pub(super) replica: ReplicaId,
    wall_offset_ms: i64,
    boot: BootId,
    booted_ms: i64,
    now_ms: i64,
}

/// A folder in memory where there is one: the simulation tests no disk.
fn folder() -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    let mut builder = tempfile::Builder::new();
    builder.prefix("walkby-simulation-");
    if memory.is_dir() { builder.tempdir_in(memory) } else { builder.tempdir() }.unwrap()
}

impl Handheld {
    /// Takes a new handheld out of its box and pairs it.
    pub(super) fn new(
        number: usize,
        pairing: &PairAnswer,
        mutant: Option<Mutant>,
        dice: &mut Dice,
        truth: &mut Truth,
    ) -> Self {
        let mut handheld = Self {
            number,
            folder: folder(),
            store: None,
            walk: None,
            sync: Sync::None,
            backup: None,
            deeds: BTreeSet::new(),
            sequence: 0,
            rules: Rules { mutant, acknowledged: Rc::default(), minted: Rc::default() },
            token: pairing.token.clone(),
            replica: pairing.replica,
            wall_offset_ms: 0,
            boot: BootId(Uuid::from_u128(u128::from(dice.bits()))),
            booted_ms: 0,
            now_ms: 0,
        };
        handheld.open(dice);
        let store = handheld.store.as_mut().unwrap();
        keep_pairing(store, "https://office.example", "handheld", &Trust::Platform, pairing).unwrap();
        truth.note_epoch(number, store.epoch().unwrap());
        handheld
    }

    /// Sets the true time.
    pub(super) fn set_clock(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
    }

    /// Sets the handheld's wall clock wrong.
    pub(super) fn jump(&mut self, dice: &mut Dice) {
        let places = ["1970-01-01T00:00:30Z", "2099-12-31T00:00:00Z", "2026-03-01T00:00:00Z"];
        let place = Timestamp::parse(places[dice.below(places.len())]).unwrap();
        self.wall_offset_ms = place.as_millis() - self.now_ms;
    }

    fn now(&self) -> Now {
        Now {
            wall: Timestamp::from_millis(self.now_ms + self.wall_offset_ms),
            monotonic_ms: u64::try_from(self.now_ms - self.booted_ms).unwrap(),
            boot: self.boot,
        }
    }

    fn open(&mut self, dice: &mut Dice) {
        let key = KeySource::Raw(field_core::StoreKey::new([9; 32]));
        self.store = Some(Store::open(self.folder.path(), &key, self.now(), dice).unwrap());
    }

    /// Takes a new identity, as after it was revoked.
    pub(super) fn pair_again(&mut self, pairing: &PairAnswer) {
        self.walk = None;
        self.sync = Sync::None;
        keep_pairing(
            self.store.as_mut().unwrap(),
            "https://office.example",
            "handheld",
            &Trust::Platform,
            pairing,
        )
        .unwrap();
        self.token = pairing.token.clone();
        self.replica = pairing.replica;
    }

    /// Ends the process at whatever it was doing and starts it again.
    pub(super) fn kill(&mut self, dice: &mut Dice) {
        self.walk = None;
        self.sync = Sync::None;
        self.store = None;
        self.open(dice);
    }

    /// Switches the handheld off and on.
    pub(super) fn reboot(&mut self, dice: &mut Dice) {
        self.boot = BootId(Uuid::from_u128(u128::from(dice.bits())));
        self.booted_ms = self.now_ms;
        self.kill(dice);
    }

    /// Copies the database.
    pub(super) fn back_up(&mut self, dice: &mut Dice) {
        self.walk = None;
        self.sync = Sync::None;
        // The last one to close the database folds its log into the file.
        self.store = None;
        let file = std::fs::read(self.folder.path().join(DATABASE_FILE)).unwrap();
        self.backup = Some(Backup {
            file,
            deeds: self.deeds.clone(),
            sequence: self.sequence,
            minted: self.rules.minted.get(),
            replica: self.replica,
        });
        self.open(dice);
    }

    /// Puts the copy in the place of the database, if there is one. Returns whether the identity in it
    /// is still the handheld's.
    pub(super) fn restore(&mut self, dice: &mut Dice, truth: &mut Truth) -> Option<bool> {
        let backup = self.backup.as_ref()?;
        let is_known = backup.replica == self.replica;
        self.walk = None;
        self.sync = Sync::None;
        self.store = None;
        std::fs::write(self.folder.path().join(DATABASE_FILE), &backup.file).unwrap();
        truth.rolled_back.extend(self.deeds.difference(&backup.deeds).copied());
        self.deeds = backup.deeds.clone();
        self.sequence = backup.sequence;
        self.rules.minted.set(backup.minted);
        self.open(dice);
        let now = self.now();
        let epoch = self.store.as_mut().unwrap().new_epoch(now, dice).unwrap();
        truth.note_epoch(self.number, epoch);
        Some(is_known)
    }

    /// Returns the tours that may be walked.
    pub(super) fn tours(&self) -> Vec<TourId> {
        let tours = self.store.as_ref().unwrap().tours().unwrap();
        tours.into_iter().filter(|tour| !tour.withdrawn).map(|tour| tour.tour.id).collect()
    }

    fn walk(&mut self, dice: &mut Dice) -> Option<(&mut Walk, &mut Store)> {
        let now = self.now();
        if self.walk.is_none() {
            let tours = self.tours();
            if tours.is_empty() {
                return None;
            }
            let tour = tours[dice.below(tours.len())];
            // A tour whose lines have not all arrived cannot be walked yet.
            let walk = Walk::open(self.store.as_mut().unwrap(), tour, now, dice).ok()?;
            self.walk = Some((tour, walk));
        }
        Some((&mut self.walk.as_mut().unwrap().1, self.store.as_mut().unwrap()))
    }

    /// Ends the walk, if one is under way.
    pub(super) fn end_walk(&mut self, dice: &mut Dice) {
        let now = self.now();
        if let Some((_, walk)) = self.walk.take() {
            walk.end(self.store.as_mut().unwrap(), now, dice).unwrap();
        }
    }

    /// Hears telegrams, given as meter and value. Returns how many were committed.
    pub(super) fn hear(&mut self, telegrams: &[(u32, u32)], dice: &mut Dice, truth: &mut Truth) -> usize {
        let (number, mut now) = (self.number, self.now());
        let mut identities: Box<dyn Randomness> = Box::new(Dice::new(dice.bits()));
        if self.rules.mutant == Some(Mutant::SequenceAsIdentity) {
            now.wall = Timestamp::EPOCH;
            identities = Box::new(Sequence { handheld: number, next: self.sequence });
        }
        let wall = self.now().wall;
        let Some((walk, store)) = self.walk(dice) else { return 0 };
        for (meter, value) in telegrams {
            walk.handle_frame(air::received(air::frame(*meter, *value), wall), now);
        }
        let Some(update) = walk.flush(store, identities.as_mut()).unwrap() else { return 0 };
        let epoch = store.epoch().unwrap();
        for shown in &update.shown {
            let deed = Deed {
                handheld: number,
                epoch,
                sequence: shown.sequence,
                telegram: Some(shown.telegram),
                at: shown.received_at,
            };
            truth.note(FactId::Reception(shown.reception), deed);
            self.deeds.insert((FactId::Reception(shown.reception), deed));
            self.sequence = self.sequence.max(shown.sequence);
        }
        update.shown.len()
    }

    /// Writes a note at a meter.
    pub(super) fn write(&mut self, dice: &mut Dice, truth: &mut Truth) {
        let (number, now) = (self.number, self.now());
        let mut identities = Dice::new(dice.bits());
        let Some((walk, store)) = self.walk(dice) else { return };
        let line = walk.view().lines[0].line.id;
        let recorded = walk.note(store, line, "the cellar is locked", now, &mut identities).unwrap();
        let deed = Deed {
            handheld: number,
            epoch: store.epoch().unwrap(),
            sequence: recorded.sequence,
            telegram: None,
            at: now.wall,
        };
        truth.note(FactId::Event(recorded.event), deed);
        self.deeds.insert((FactId::Event(recorded.event), deed));
        self.sequence = self.sequence.max(recorded.sequence);
    }

    /// Deletes what may be deleted.
    pub(super) fn purge(&mut self, truth: &mut Truth) {
        self.walk = None;
        let before = self.held();
        purge_with(self.store.as_mut().unwrap(), &self.rules, 0).unwrap();
        let after = self.held();
        for gone in before.difference(&after) {
            truth.purged.insert(*gone);
            self.deeds.retain(|(fact, _)| fact != gone);
        }
    }

    /// Returns the facts that are in the store.
    pub(super) fn held(&self) -> BTreeSet<FactId> {
        facts(self.store.as_ref().unwrap())
            .unwrap()
            .into_iter()
            .map(|fact| match fact.kind {
                FactKind::Telegram => FactId::Telegram(TelegramId(fact.id.try_into().unwrap())),
                FactKind::Reception => FactId::Reception(ReceptionId(Uuid::from_slice(&fact.id).unwrap())),
                FactKind::Event => FactId::Event(EventId(Uuid::from_slice(&fact.id).unwrap())),
            })
            .collect()
    }

    /// Whether the server has everything, by what the handheld shows.
    pub(super) fn is_done(&self) -> bool {
        status(self.store.as_ref().unwrap()).unwrap().is_done()
    }

    /// Returns what the handheld shows of its sync.
    pub(super) fn shows(&self) -> String {
        format!("{:?}", status(self.store.as_ref().unwrap()).unwrap())
    }

    /// Takes one step of a sync: polls, asks by way of `exchange`, or takes what came back. Returns what
    /// it was, for the trace; none when the session is over.
    ///
    /// Only a mutant makes the store fail.
    pub(super) fn sync_step(
        &mut self,
        dice: &mut Dice,
        exchange: &mut dyn FnMut(&Token, &Request, &mut Dice) -> (Reply, String),
    ) -> Result<Option<String>, SyncError> {
        let now = self.now();
        let store = self.store.as_mut().unwrap();
        if self.rules.mutant == Some(Mutant::CounterBatchIds) {
            self.rules.acknowledged.set(status(store).unwrap().receipted);
        }
        let (sync, said) = match std::mem::replace(&mut self.sync, Sync::None) {
            Sync::None => {
                (Sync::Ready(SyncSession::new(self.rules.clone(), Plan::Both)), Some("begins to sync".into()))
            }
            Sync::Ready(mut session) => match session.poll_transmit(store, now, dice)? {
                Some(request) => {
                    let said = format!("asks {request:?}");
                    (Sync::Asking(session, request), Some(said))
                }
                None => (Sync::None, None),
            },
            Sync::Asking(session, request) => {
                let (reply, said) = exchange(&self.token, &request, dice);
                (Sync::Told(session, reply), Some(format!("{said} -> {}", self.number)))
            }
            Sync::Told(mut session, reply) => {
                let progress = match reply {
                    Ok(answer) => session.handle_answer(store, &answer, now, dice),
                    Err(no_answer) => session.handle_no_answer(store, no_answer, now, dice),
                }?;
                if let Progress::Pulled { .. } = progress {
                    // The office may have changed what is walked.
                    self.walk = None;
                }
                (Sync::Ready(session), Some(format!("has {progress:?}")))
            }
        };
        self.sync = sync;
        Ok(said)
    }

    /// Takes one step of a sync; says whether a session ended and left nothing to do.
    pub(super) fn is_synced(&mut self, network: &mut Network, office: &mut Office, dice: &mut Dice) -> bool {
        let mut exchange = |token: &Token, request: &Request, dice: &mut Dice| {
            network.exchange(office, token, request, dice)
        };
        let goes_on = self.sync_step(dice, &mut exchange).unwrap().is_some();
        !goes_on && self.is_done()
    }

    /// Returns the bytes of every file of the store.
    pub(super) fn files(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            bytes.extend_from_slice(&std::fs::read(entry.unwrap().path()).unwrap());
        }
        bytes
    }
}

/// Identities made of sequence numbers ([`Mutant::SequenceAsIdentity`]).
struct Sequence {
    handheld: usize,
    next: u64,
}

impl Randomness for Sequence {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        self.next += 1;
        bytes.fill(0);
        bytes[0] = u8::try_from(self.handheld).unwrap();
        let place = bytes.len() - 8;
        bytes[place..].copy_from_slice(&self.next.to_be_bytes());
        Ok(())
    }
}
