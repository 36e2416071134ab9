//! The verbs of a transaction, grouped by what they speak of.
//!
//! Verbs that take several rows return one `bool` a row: whether it was new. Rows of one call must
//! have different keys. Reads return rows in the order of their keys.

use async_trait::async_trait;
use sync_protocol::{BatchId, EventId, ReceptionId, ReplicaId, TelegramId, Timestamp, TourId, TourMeterId};

use super::rows::{
    AdminSession, Assignment, AuditRow, BatchRow, ClockSampleRow, CorrectionRow, Counts, Derivation,
    EventRow, FeedEntry, FormatRow, Handheld, HeardCount, HeardMeter, OpenedMeter, PairingCodeRow,
    PlacedReading, QuarantineRow, ReceptionRow, SealedKey, SecretHash, ServerState, TelegramRow,
    ToldReception, TourMeterRow, TourRow,
};
use super::{Standings, StoreError};

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// One transaction. Dropped without [`Self::commit`], it leaves no trace.
#[async_trait]
pub trait Transaction: State + Access + Tours + Keys + Facts + Derived + Standings + Journal + Send {
    /// Makes everything that was written durable, or nothing.
    async fn commit(self: Box<Self>) -> Result<()>;
}

/// The one row that says where the database stands.
#[async_trait]
pub trait State {
    /// Returns the row.
    async fn state(&mut self) -> Result<ServerState>;
    /// Takes the next `by` change numbers and returns the last of them.
    async fn advance(&mut self, by: u64) -> Result<u64>;
    /// Sets which life of the database this is.
    async fn set_server_epoch(&mut self, epoch: u64) -> Result<()>;
    /// Sets up to which change a verified backup reaches.
    async fn set_safe_commit(&mut self, commit: u64) -> Result<()>;
    /// Sets the text that the master key must open.
    async fn set_key_check(&mut self, sealed: Vec<u8>) -> Result<()>;
    /// Sets the hash of the admin password.
    async fn set_admin_password(&mut self, hash: String) -> Result<()>;
}

/// Who may come in.
#[async_trait]
pub trait Access {
    /// Keeps a session of the office as it now is.
    async fn put_admin_session(&mut self, session: AdminSession) -> Result<()>;
    /// Returns the session of a token.
    async fn admin_session(&mut self, token_hash: SecretHash) -> Result<Option<AdminSession>>;
    /// Ends the session of a token.
    async fn delete_admin_session(&mut self, token_hash: SecretHash) -> Result<()>;
    /// Ends all sessions that expire before an instant.
    async fn delete_admin_sessions_before(&mut self, at: Timestamp) -> Result<()>;
    /// Keeps a pairing code, or that it was used.
    async fn put_pairing_code(&mut self, code: PairingCodeRow) -> Result<()>;
    /// Returns a pairing code.
    async fn pairing_code(&mut self, code_hash: SecretHash) -> Result<Option<PairingCodeRow>>;
    /// Keeps a handheld as it now is.
    async fn put_handheld(&mut self, handheld: Handheld) -> Result<()>;
    /// Returns a handheld.
    async fn handheld(&mut self, replica: ReplicaId) -> Result<Option<Handheld>>;
    /// Returns the handheld of a token.
    async fn handheld_of_token(&mut self, token_hash: SecretHash) -> Result<Option<Handheld>>;
    /// Returns every handheld.
    async fn handhelds(&mut self) -> Result<Vec<Handheld>>;
}

/// Tours, who has them, and the feed of their changes.
#[async_trait]
pub trait Tours {
    /// Keeps a tour as it now is.
    async fn put_tour(&mut self, tour: TourRow) -> Result<()>;
    /// Returns a tour.
    async fn tour(&mut self, tour: TourId) -> Result<Option<TourRow>>;
    /// Returns every tour.
    async fn tours(&mut self) -> Result<Vec<TourRow>>;
    /// Keeps lines of tours.
    async fn insert_tour_meters(&mut self, rows: Vec<TourMeterRow>) -> Result<()>;
    /// Returns the lines of a tour in walking order.
    async fn tour_meters(&mut self, tour: TourId) -> Result<Vec<TourMeterRow>>;
    /// Returns lines by their identities; those that are not known are left out.
    async fn tour_meters_by_id(&mut self, ids: Vec<TourMeterId>) -> Result<Vec<TourMeterRow>>;
    /// Returns the lines that name one of these radio ids.
    async fn tour_meters_of_radio_ids(&mut self, radio_ids: Vec<String>) -> Result<Vec<TourMeterRow>>;
    /// Keeps an assignment as it now is.
    async fn put_assignment(&mut self, assignment: Assignment) -> Result<()>;
    /// Returns the assignments of a tour, withdrawn ones too.
    async fn assignments(&mut self, tour: TourId) -> Result<Vec<Assignment>>;
    /// Keeps entries of feeds, in place of earlier ones for the same thing.
    async fn put_feed(&mut self, entries: Vec<FeedEntry>) -> Result<()>;
    /// Returns the entries of a feed after a change, by change.
    async fn feed(&mut self, replica: ReplicaId, after: u64, limit: u32) -> Result<Vec<FeedEntry>>;
    /// Counts for each handheld the entries of its feed that it was not given yet; none are left out.
    async fn unpulled_changes(&mut self) -> Result<Vec<(ReplicaId, u64)>>;
    /// Forgets the entries of a tour's lines, but not of the tour.
    async fn delete_feed_of_lines(&mut self, replica: ReplicaId, tour: TourId) -> Result<()>;
}

/// Sealed keys of meters.
#[async_trait]
pub trait Keys {
    /// Keeps keys; a meter may have several.
    async fn insert_keys(&mut self, keys: Vec<SealedKey>) -> Result<Vec<bool>>;
    /// Returns for every identification number that has keys when the latest of them was imported.
    async fn key_imports(&mut self) -> Result<Vec<(String, Timestamp)>>;
    /// Returns the keys of these identification numbers.
    async fn keys(&mut self, radio_ids: Vec<String>) -> Result<Vec<SealedKey>>;
}

/// What handhelds pushed: never changed, never deleted.
#[async_trait]
pub trait Facts {
    /// Returns a batch that was merged.
    async fn batch(&mut self, replica: ReplicaId, batch: BatchId) -> Result<Option<BatchRow>>;
    /// Keeps that a batch was merged.
    async fn insert_batch(&mut self, batch: BatchRow) -> Result<()>;
    /// Returns when the latest batch of each handheld arrived.
    async fn latest_batches(&mut self) -> Result<Vec<(ReplicaId, Timestamp)>>;
    /// Keeps the addresses of meters that were heard.
    async fn insert_heard_meters(&mut self, meters: Vec<HeardMeter>) -> Result<()>;
    /// Returns the meters that these identification numbers name, as meter or as radio.
    async fn heard_meters(&mut self, ids: Vec<String>) -> Result<Vec<HeardMeter>>;
    /// Returns every meter that was heard.
    async fn all_heard_meters(&mut self) -> Result<Vec<HeardMeter>>;
    /// Keeps telegrams.
    async fn insert_telegrams(&mut self, telegrams: Vec<TelegramRow>) -> Result<Vec<bool>>;
    /// Returns the meters of known telegrams.
    async fn meters_of(&mut self, telegrams: Vec<TelegramId>) -> Result<Vec<(TelegramId, String)>>;
    /// Returns telegrams by meter and content address.
    async fn telegrams(&mut self, keys: Vec<(String, TelegramId)>) -> Result<Vec<TelegramRow>>;
    /// Returns telegrams of a meter after one, by telegram.
    async fn telegrams_of_meter(
        &mut self,
        meter: String,
        after: Option<TelegramId>,
        limit: u32,
    ) -> Result<Vec<TelegramRow>>;
    /// Returns every telegram. For tests and migrations.
    async fn all_telegrams(&mut self) -> Result<Vec<TelegramRow>>;
    /// Keeps receptions.
    async fn insert_receptions(&mut self, receptions: Vec<ReceptionRow>) -> Result<Vec<bool>>;
    /// Returns receptions by meter and identity.
    async fn receptions(&mut self, keys: Vec<(String, ReceptionId)>) -> Result<Vec<ReceptionRow>>;
    /// Returns the receptions of these telegrams.
    async fn receptions_of(&mut self, telegrams: Vec<(String, TelegramId)>) -> Result<Vec<ReceptionRow>>;
    /// Returns the receptions of a tour.
    async fn receptions_of_tour(&mut self, tour: TourId) -> Result<Vec<ReceptionRow>>;
    /// Returns every reception. For tests and migrations.
    async fn all_receptions(&mut self) -> Result<Vec<ReceptionRow>>;
    /// Keeps receptions whose telegram has not arrived.
    async fn insert_waiting(&mut self, receptions: Vec<ToldReception>) -> Result<Vec<bool>>;
    /// Returns the waiting receptions of these telegrams.
    async fn waiting(&mut self, telegrams: Vec<TelegramId>) -> Result<Vec<ToldReception>>;
    /// Ends the waiting of these receptions.
    async fn delete_waiting(&mut self, keys: Vec<(TelegramId, ReceptionId)>) -> Result<()>;
    /// Returns every waiting reception. For tests and migrations.
    async fn all_waiting(&mut self) -> Result<Vec<ToldReception>>;
    /// Keeps events.
    async fn insert_events(&mut self, events: Vec<EventRow>) -> Result<Vec<bool>>;
    /// Returns events by identity.
    async fn events(&mut self, ids: Vec<EventId>) -> Result<Vec<EventRow>>;
    /// Returns the events of a tour.
    async fn events_of_tour(&mut self, tour: TourId) -> Result<Vec<EventRow>>;
    /// Returns every event. For tests and migrations.
    async fn all_events(&mut self) -> Result<Vec<EventRow>>;
    /// Keeps clock samples.
    async fn insert_clock_samples(&mut self, samples: Vec<ClockSampleRow>) -> Result<()>;
    /// Returns the clock samples of a handheld.
    async fn clock_samples(&mut self, replica: ReplicaId) -> Result<Vec<ClockSampleRow>>;
    /// Keeps items aside.
    async fn insert_quarantine(&mut self, items: Vec<QuarantineRow>) -> Result<()>;
    /// Returns the items kept aside.
    async fn quarantine(&mut self) -> Result<Vec<QuarantineRow>>;
}

/// What was made of the facts, and can be made again.
#[async_trait]
pub trait Derived {
    /// Returns telegrams that were never decoded.
    async fn pending_telegrams(&mut self, limit: u32) -> Result<Vec<TelegramRow>>;
    /// Returns telegrams that an older decoder decoded last.
    async fn outdated_telegrams(&mut self, decoder_version: u32, limit: u32) -> Result<Vec<TelegramRow>>;
    /// Keeps derivations in place of earlier ones.
    async fn put_derivations(&mut self, derivations: Vec<Derivation>) -> Result<()>;
    /// Returns the derivations of the telegrams that were heard on a tour, without their readings.
    async fn derivations_of_tour(&mut self, tour: TourId) -> Result<Vec<Derivation>>;
    /// Keeps that keys opened telegrams of these meters, in place of what was kept earlier.
    async fn put_opened_meters(&mut self, meters: Vec<OpenedMeter>) -> Result<()>;
    /// Returns which of these meters a key opened a telegram of.
    async fn opened_meters(&mut self, meters: Vec<String>) -> Result<Vec<OpenedMeter>>;
    /// Returns every meter of which a key opened a telegram.
    async fn all_opened_meters(&mut self) -> Result<Vec<OpenedMeter>>;
    /// Keeps formats of compact frames; those that are known stay.
    async fn put_formats(&mut self, formats: Vec<FormatRow>) -> Result<()>;
    /// Returns every format of compact frames.
    async fn formats(&mut self) -> Result<Vec<FormatRow>>;
    /// Returns compact frames whose format is not known, after one, by meter and telegram.
    async fn telegrams_without_format(
        &mut self,
        after: Option<(String, TelegramId)>,
        limit: u32,
    ) -> Result<Vec<TelegramRow>>;
    /// Counts by meter and status the telegrams that no key opened.
    async fn sealed_telegrams(&mut self) -> Result<Vec<HeardCount>>;
    /// Counts the telegrams of a tour by meter and decode status.
    async fn heard_on_tour(&mut self, tour: TourId) -> Result<Vec<HeardCount>>;
    /// Returns the readings of the telegrams that were heard on a tour.
    async fn readings_of_tour(&mut self, tour: TourId) -> Result<Vec<PlacedReading>>;
    /// Returns readings after a place, by meter, telegram and record.
    async fn readings(
        &mut self,
        tour: Option<TourId>,
        meter: Option<String>,
        after: Option<(String, TelegramId, u32)>,
        limit: u32,
    ) -> Result<Vec<PlacedReading>>;
    /// Returns the derivations of every telegram, with their readings. For tests and migrations.
    async fn all_derivations(&mut self) -> Result<Vec<Derivation>>;
}

/// What people did on the server.
#[async_trait]
pub trait Journal {
    /// Appends to the audit.
    async fn append_audit(&mut self, row: AuditRow) -> Result<()>;
    /// Returns the audit before a number, newest first.
    async fn audit(&mut self, before: Option<u64>, limit: u32) -> Result<Vec<AuditRow>>;
    /// Keeps a correction.
    async fn insert_correction(&mut self, row: CorrectionRow) -> Result<()>;
    /// Returns the corrections of a tour, oldest first.
    async fn corrections(&mut self, tour: TourId) -> Result<Vec<CorrectionRow>>;
    /// Counts the rows of small tables.
    async fn counts(&mut self) -> Result<Counts>;
}
