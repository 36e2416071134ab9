//! A tour as it stands: its lines with what the store's facts make of them.

use std::collections::HashMap;

use sync_protocol::{Event, TelegramId, TourId, TourMeter, TourMeterId};

use crate::meter::{
    Assessment, HouseProgress, MeterState, OwnMeters, Progress, RadioFacts, assess, by_house, usual_unit,
};
use crate::store::{Store, StoreError, StoredTour, damaged, facts, readings};

/// One line with everything that is known of it.
#[derive(Debug, Clone)]
pub struct LineView {
    /// What the tour says.
    pub line: TourMeter,
    /// What the facts make of it.
    pub assessment: Assessment,
    pub(super) radio: RadioFacts,
    pub(super) events: Vec<Event>,
    pub(super) telegrams: Vec<TelegramId>,
}

impl LineView {
    /// Returns what people did here, in the order in which it was taken in.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Returns the telegrams that were heard of the meter, in the order in which each was first heard.
    pub fn telegrams(&self) -> &[TelegramId] {
        &self.telegrams
    }

    pub(super) fn reassess(&mut self) {
        self.assessment = assess(&self.line, &self.radio, &self.events);
    }
}

/// Returns the unit in which a line counts: the tour's, else that of the meter's telegrams, else the usual
/// one of its medium.
pub fn unit_of(view: &LineView) -> Option<String> {
    let told = || view.assessment.candidate.as_ref().map(|candidate| candidate.unit.clone());
    view.line.unit.clone().or_else(told).or_else(|| usual_unit(&view.line).map(str::to_owned))
}

/// A tour as it stands.
#[derive(Debug)]
pub struct TourView {
    /// The tour.
    pub tour: StoredTour,
    /// Its lines in walking order.
    pub lines: Vec<LineView>,
    /// How far it is.
    pub progress: Progress,
    /// Frames of foreign meters on all walks of the tour.
    pub foreign_frames: u64,
    /// How often each telegram was heard.
    pub(super) times_heard: HashMap<TelegramId, u64>,
    pub(super) own: OwnMeters,
}

impl TourView {
    /// Loads a tour and all that was heard and done on its walks.
    ///
    /// # Errors
    /// When there is no such tour, or the database fails.
    pub fn load(store: &Store, id: TourId) -> Result<Self, StoreError> {
        let tour = store.tour(id)?;
        let lines = store.tour_meters(id)?;
        let own = OwnMeters::new(&lines);
        let mut view = Self {
            own,
            lines: lines.into_iter().map(untouched).collect(),
            progress: Progress::default(),
            foreign_frames: foreign_frames(store, id)?,
            times_heard: HashMap::new(),
            tour,
        };
        view.add_events(facts::events_of_tour(store.connection(), id)?);
        view.add_telegrams(store)?;
        view.add_damaged(store)?;
        for line in &mut view.lines {
            line.reassess();
        }
        view.progress = Progress::of(view.states());
        Ok(view)
    }

    /// Returns the states of the lines.
    pub fn states(&self) -> impl Iterator<Item = &MeterState> {
        self.lines.iter().map(|line| &line.assessment.state)
    }

    /// Returns the houses of the tour, each with its missing lines first.
    pub fn houses(&self) -> Vec<HouseProgress> {
        by_house(self.lines.iter().map(|line| (&line.line, &line.assessment.state)))
    }

    /// Returns the index of a line.
    pub fn index_of(&self, id: TourMeterId) -> Option<usize> {
        self.lines.iter().position(|line| line.line.id == id)
    }

    /// Returns how many lines have no number that a radio could send: they can only be read by hand.
    pub fn without_radio_number(&self) -> usize {
        self.own.without_number()
    }

    /// Returns the due date of a line: its own, else the tour's.
    pub(super) fn due_date<'d>(tour: &'d StoredTour, line: &'d TourMeter) -> Option<&'d str> {
        line.due_date.as_deref().or(tour.tour.due_date.as_deref())
    }

    fn add_events(&mut self, events: Vec<Event>) {
        let places: HashMap<TourMeterId, usize> =
            self.lines.iter().enumerate().map(|(index, line)| (line.line.id, index)).collect();
        for event in events {
            let line = places.get(&event.tour_meter).and_then(|index| self.lines.get_mut(*index));
            if let Some(line) = line {
                line.events.push(event);
            }
        }
    }

    fn add_damaged(&mut self, store: &Store) -> Result<(), StoreError> {
        let damaged = damaged::of_tour(store.connection(), self.tour.tour.id)?;
        if damaged.is_empty() {
            return Ok(());
        }
        for line in &mut self.lines {
            if let Some(damaged) = damaged.get(&line.line.id) {
                line.radio.add_damaged(*damaged);
            }
        }
        Ok(())
    }

    fn add_telegrams(&mut self, store: &Store) -> Result<(), StoreError> {
        let mut decodings = readings::of_tour(store.connection(), self.tour.tour.id)?;
        for telegram in facts::heard_of_tour(store.connection(), self.tour.tour.id)? {
            self.times_heard.insert(telegram.id, telegram.heard.times);
            let Some(decoding) = decodings.remove(&telegram.id) else { continue };
            for index in self.own.lines_of(&telegram.addresses) {
                if let Some(line) = self.lines.get_mut(index) {
                    line.telegrams.push(telegram.id);
                    line.radio.add_telegram(
                        telegram.id,
                        telegram.addresses.meter.device_type,
                        &decoding,
                        telegram.heard,
                        &line.line,
                        Self::due_date(&self.tour, &line.line),
                    );
                }
            }
        }
        Ok(())
    }
}

fn untouched(line: TourMeter) -> LineView {
    let radio = RadioFacts::default();
    let assessment = assess(&line, &radio, &[]);
    LineView { line, assessment, radio, events: Vec::new(), telegrams: Vec::new() }
}

fn foreign_frames(store: &Store, tour: TourId) -> Result<u64, StoreError> {
    let sessions = store.sessions()?;
    Ok(sessions.iter().filter(|session| session.tour == tour).map(|session| session.foreign_frames).sum())
}
