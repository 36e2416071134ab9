//! Opening the store, and what the window is to show first.

use std::collections::VecDeque;
use std::fmt;
use std::path::PathBuf;

use jiff::tz::TimeZone;
use radio_core::io::AttachedPort;

use super::changed::Changed;
use super::exchange::Exchange;
use super::listening::Listening;
use super::live::RadioOrders;
use super::model::{Event, Problem, Settings, Start};
use super::tours_at_hand::ToursAtHand;
use super::view::Clock;
use super::walks::ShownWalk;
use crate::clock::Now;
use crate::randomness::Randomness;
use crate::store::{DATABASE_FILE, KeySource, Keyring, PASSPHRASE_FILE, Passphrase, Store, StoreError, meta};

/// What an app is opened with.
#[derive(Clone)]
pub struct Options {
    /// Where the store is, or is to be.
    pub directory: PathBuf,
    /// A folder whose files are offered as recordings, such as a demonstration's.
    pub recordings: Option<PathBuf>,
    /// How many times faster than they were heard recordings are replayed; none as fast as they can be
    /// read.
    pub replay_speed: Option<u32>,
    /// The time zone of the place.
    pub zone: TimeZone,
    /// The platform's keyring, where there is one.
    pub keyring: fn() -> Option<Box<dyn Keyring>>,
}

impl Options {
    /// Returns the options of an ordinary day: the platform's keyring and time zone, recordings at the
    /// speed at which they were heard.
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, recordings: None, replay_speed: Some(1), zone: TimeZone::system(), keyring }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Options({})", self.directory.display())
    }
}

#[cfg(feature = "keyring")]
fn keyring() -> Option<Box<dyn Keyring>> {
    Some(Box::new(crate::store::PlatformKeyring))
}

#[cfg(not(feature = "keyring"))]
fn keyring() -> Option<Box<dyn Keyring>> {
    None
}

/// An app whose store is open.
#[derive(Debug)]
pub struct App {
    pub(super) options: Options,
    pub(super) store: Store,
    pub(super) tours: ToursAtHand,
    /// The walk that the window shows, listening or not.
    pub(super) shown: Option<ShownWalk>,
    pub(super) listening: Option<Listening>,
    pub(super) radio: RadioOrders,
    /// The serial ports that were there when someone looked last.
    pub(super) attached: Vec<AttachedPort>,
    pub(super) exchange: Option<Exchange>,
    /// How many requests went to the server.
    pub(super) tickets: u64,
    /// When a failed exchange is tried again, on the monotonic clock.
    pub(super) retry_at_ms: Option<u64>,
    pub(super) changed: Changed,
    pub(super) events: VecDeque<Event>,
}

impl App {
    /// Opens the store in the options' directory, or makes it. Without a passphrase the platform's keyring
    /// is asked.
    ///
    /// # Errors
    /// `passphrase_needed` where the store was made with one, `no_keyring` where one is to be chosen, and
    /// what else the store says; nothing was changed then.
    pub fn open(
        options: Options,
        passphrase: Option<Passphrase>,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Self, Problem> {
        // Nothing typed is no passphrase: it would protect nothing.
        let passphrase = passphrase.filter(|passphrase| !passphrase.is_blank());
        let is_typed = passphrase.is_some();
        let store = match passphrase {
            Some(passphrase) => {
                Store::open(&options.directory, &KeySource::Passphrase(passphrase), now, randomness)
                    .map_err(Problem::from)
            }
            None => open_with_keyring(&options, now, randomness),
        };
        let store = store.map_err(|problem| match problem.code {
            // No one typed anything: a key out of the keyring that does not fit means a damaged file.
            "wrong_passphrase" if !is_typed => Problem::lasting("store_damaged", problem),
            _ => problem,
        })?;
        let mut app = Self {
            options,
            store,
            tours: ToursAtHand::default(),
            shown: None,
            listening: None,
            radio: RadioOrders::default(),
            attached: Vec::new(),
            exchange: None,
            tickets: 0,
            retry_at_ms: None,
            changed: Changed::default(),
            events: VecDeque::new(),
        };
        app.shown = app.walk_of_last_time()?;
        app.arm_retry(now)?;
        Ok(app)
    }

    /// Returns what the window is to show first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn start(&mut self, now: Now) -> Result<Start, Problem> {
        Ok(Start {
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            pairing: self.pairing()?,
            settings: self.settings()?,
            open_walk: self.walk(now)?,
        })
    }

    fn settings(&self) -> Result<Settings, Problem> {
        let kept = meta::text(self.store.connection(), meta::SETTINGS)?;
        // Settings that a newer or older app wrote are no reason not to open.
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Keeps what the reader chose.
    ///
    /// # Errors
    /// When the store fails.
    pub fn save_settings(&mut self, settings: Settings) -> Result<(), Problem> {
        let text = serde_json::to_string(&settings).map_err(|error| Problem::lasting("internal", error))?;
        Ok(meta::set_text(self.store.connection(), meta::SETTINGS, &text)?)
    }

    /// Commits what was heard before the app ends. What a full disk refuses now is heard again, or lost as
    /// in a power cut; nothing of it was shown.
    pub fn close(&mut self, now: Now, randomness: &mut dyn Randomness) {
        if let Err(problem) = self.stop_listening(now, randomness) {
            self.events.push_back(Event::Problem { problem });
        }
    }

    pub(super) fn clock(&self, now: Now) -> Clock {
        Clock { wall: now.wall, zone: self.options.zone.clone() }
    }

    /// Returns what is to be said next.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }
}

fn open_with_keyring(options: &Options, now: Now, randomness: &mut dyn Randomness) -> Result<Store, Problem> {
    let is_there = |name| options.directory.join(name).exists();
    if is_there(PASSPHRASE_FILE) {
        return Err(StoreError::PassphraseNeeded.into());
    }
    let opened = match (options.keyring)() {
        Some(keyring) => Store::open(&options.directory, &KeySource::Keyring(keyring), now, randomness),
        None => return Err(Problem::passing("no_keyring", "this build knows no keyring")),
    };
    opened.map_err(|error| match error {
        // A passphrase would not open a store whose key is in the keyring.
        StoreError::Keyring(error) if is_there(DATABASE_FILE) => Problem::passing("key_missing", error),
        error => error.into(),
    })
}
