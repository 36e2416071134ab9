//! An app on a temporary folder, and a clock that jumps to whatever is due.

use std::path::Path;

use field_core::app::model::{Event, MeterDetail, MeterRow, Tour};
use field_core::app::{App, Options};
use field_core::store::{Keyring, KeyringError};
use field_core::{Now, StoreKey};
use sync_protocol::{TourMeter, TourMeterId};
use tempfile::TempDir;

use crate::common::{Clock, STORE_KEY, Seeded, load_tour, open, tour_id};

/// A keyring that has the key of the tests' stores.
#[derive(Debug)]
struct TestKeyring;

impl Keyring for TestKeyring {
    fn load(&self, _name: &str) -> Result<Option<StoreKey>, KeyringError> {
        Ok(Some(StoreKey::new(STORE_KEY)))
    }

    fn save(&self, _name: &str, _key: &StoreKey) -> Result<(), KeyringError> {
        Ok(())
    }
}

/// Returns the options of the tests: their own keyring, Berlin's time, recordings as they were heard.
pub(crate) fn options(directory: &Path) -> Options {
    let mut options = Options::new(directory.to_owned());
    options.keyring = || Some(Box::new(TestKeyring));
    options.zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    options
}

/// An app with everything around it.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) randomness: Seeded,
}

impl Bench {
    /// An app whose store holds a tour.
    pub(crate) fn with_tour(lines: &[TourMeter]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        load_tour(&mut open(folder.path()), lines);
        Self::open(folder, Clock::default(), Seeded(1))
    }

    fn open(folder: TempDir, clock: Clock, mut randomness: Seeded) -> Self {
        let app = App::open(options(folder.path()), None, clock.now(), &mut randomness).unwrap();
        Self { folder, app, clock, randomness }
    }

    /// Kills the app and opens it again.
    pub(crate) fn killed(self) -> Self {
        let Self { folder, app, mut clock, randomness } = self;
        drop(app);
        clock.advance(5_000);
        Self::open(folder, clock, randomness)
    }

    pub(crate) fn now(&self) -> Now {
        self.clock.now()
    }

    /// Adds a recording and starts the walk with it.
    pub(crate) fn start(&mut self, recording: &str) -> field_core::app::model::Walk {
        let source = self.app.add_recording("training", recording.as_bytes()).unwrap();
        self.app.start_walk(tour_id(), &source.id, self.clock.now(), &mut self.randomness).unwrap()
    }

    /// Does what is due until nothing is, or so many milliseconds passed. Returns what was said, and when.
    pub(crate) fn run(&mut self, for_ms: u64) -> Vec<(u64, Event)> {
        let end = self.now().monotonic_ms + for_ms;
        let mut said = Vec::new();
        loop {
            let now = self.now();
            self.app.handle_timeout(now, &mut self.randomness);
            said.extend(std::iter::from_fn(|| self.app.poll_event()).map(|event| (now.monotonic_ms, event)));
            match self.app.poll_timeout(now) {
                Some(due) if due <= end => self.clock.advance(due.saturating_sub(now.monotonic_ms)),
                _ => return said,
            }
        }
    }

    pub(crate) fn tour(&mut self) -> Tour {
        self.app.tour(tour_id(), self.clock.now()).unwrap()
    }

    pub(crate) fn row(&mut self, id: TourMeterId) -> MeterRow {
        self.tour().meters.into_iter().find(|row| row.id == id).unwrap()
    }

    pub(crate) fn meter(&mut self, id: TourMeterId) -> MeterDetail {
        self.app.meter(tour_id(), id, self.clock.now()).unwrap()
    }
}

/// Returns the lines of all `meters` events, with when they were said and what was new.
pub(crate) fn meters(said: &[(u64, Event)]) -> Vec<(u64, Vec<MeterRow>, Vec<TourMeterId>)> {
    said.iter()
        .filter_map(|(at, event)| match event {
            Event::Meters { meters, newly_heard, .. } => Some((*at, meters.clone(), newly_heard.clone())),
            _ => None,
        })
        .collect()
}
