//! How lines of tours stand, and what it follows from: derived, kept, and counted where it lies.

use async_trait::async_trait;
use sync_protocol::{ReplicaEpoch, ReplicaId, TelegramId, Timestamp, TourId, TourMeterId};

use super::StoreError;
use super::rows::{Assignment, Derivation, EventRow, PlacedReading, ReceptionRow};

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// How a line of a tour stands. A line without a row is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRow {
    /// The tour.
    pub tour: TourId,
    /// The line.
    pub tour_meter: TourMeterId,
    /// Its state, such as `read`.
    pub state: String,
    /// Whether it has an alarm.
    pub has_alarm: bool,
    /// Everything else of it, as JSON.
    pub standing: String,
}

/// How many lines of a tour have a row with this state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingCount {
    /// The tour.
    pub tour: TourId,
    /// The state.
    pub state: String,
    /// Lines in it.
    pub lines: u64,
    /// Those of them that have an alarm.
    pub alarms: u64,
}

/// When a handheld had to do with a tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TourContact {
    /// The tour.
    pub tour: TourId,
    /// The handheld.
    pub replica: ReplicaId,
    /// When it was given the tour, or more of it.
    pub pulled_at: Option<Timestamp>,
    /// When its latest facts of the tour arrived.
    pub pushed_at: Option<Timestamp>,
}

/// What counts on and is billed: exported and plotted. Everything else that meters send stays in the
/// readings.
pub const BILLED: [&str; 6] = ["apparent_energy", "energy", "hca_units", "mass", "reactive_energy", "volume"];

/// Totals of a meter at most: a plot shows no more.
pub const MOST_TOTALS: u32 = 10_000;

/// A reception or event that was told, by its place in the handheld's own count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToldSequence {
    /// The life of the handheld's database that counted.
    pub epoch: ReplicaEpoch,
    /// The place.
    pub sequence: u64,
    /// The first commit that holds it.
    pub commit: u64,
}

/// The verbs of a transaction that speak of how lines stand.
#[async_trait]
pub trait Standings {
    /// Notes lines whose standing is to be derived again.
    async fn mark_stale(&mut self, lines: Vec<TourMeterId>) -> Result<()>;
    /// Returns lines whose standing is to be derived again.
    async fn stale_lines(&mut self, limit: u32) -> Result<Vec<TourMeterId>>;
    /// Ends that the standing of lines is to be derived again.
    async fn clear_stale(&mut self, lines: Vec<TourMeterId>) -> Result<()>;
    /// Keeps standings in place of earlier ones.
    async fn put_standings(&mut self, rows: Vec<StandingRow>) -> Result<()>;
    /// Returns the standings of a tour's lines, by line.
    async fn standings(&mut self, tour: TourId) -> Result<Vec<StandingRow>>;
    /// Returns the standings of lines.
    async fn standings_of(&mut self, lines: Vec<(TourId, TourMeterId)>) -> Result<Vec<StandingRow>>;
    /// Counts the lines of one tour, or of each, by state.
    async fn standing_counts(&mut self, tour: Option<TourId>) -> Result<Vec<StandingCount>>;
    /// Counts the lines of one tour, or of each, that name a radio whose key is not held.
    async fn missing_keys(&mut self, tour: Option<TourId>) -> Result<Vec<(TourId, u64)>>;
    /// Keeps when handhelds had to do with tours.
    async fn put_tour_contacts(&mut self, contacts: Vec<TourContact>) -> Result<()>;
    /// Returns when handhelds had to do with one tour, or with each.
    async fn tour_contacts(&mut self, tour: Option<TourId>) -> Result<Vec<TourContact>>;
    /// Returns the assignments of every tour, withdrawn ones too.
    async fn all_assignments(&mut self) -> Result<Vec<Assignment>>;
    /// Notes when something of a tour changed; never back.
    async fn touch_tour(&mut self, tour: TourId, at: Timestamp) -> Result<()>;
    /// Returns the receptions of meters on tours.
    async fn receptions_of_meters(&mut self, meters: Vec<(TourId, String)>) -> Result<Vec<ReceptionRow>>;
    /// Returns the derivations of telegrams, with their readings.
    async fn derivations_of(&mut self, telegrams: Vec<(String, TelegramId)>) -> Result<Vec<Derivation>>;
    /// Returns the totals of a meter that are plotted: plain numbers of all that is billed, of all
    /// storage numbers, in the order in which their telegrams came, the latest thousands of them.
    async fn totals_of_meter(&mut self, meter: String) -> Result<Vec<PlacedReading>>;
    /// Returns the places of all receptions and events of the lives of a handheld's database, whoever
    /// told them: one that is paired again tells the same life under another name.
    async fn told_sequences(&mut self, replica: ReplicaId) -> Result<Vec<ToldSequence>>;
    /// Returns the events of lines.
    async fn events_of_lines(&mut self, lines: Vec<(TourId, TourMeterId)>) -> Result<Vec<EventRow>>;
}
