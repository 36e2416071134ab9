//! What the store keeps, one type per table.

use serde::Serialize;
use sync_protocol::{
    BatchId, ClockSample, Digest, Event, Reception, ReceptionId, ReplicaEpoch, ReplicaId, TelegramId,
    Timestamp, TourId, TourMeter, TourMeterId,
};
use uuid::Uuid;

/// SHA-256 of a secret that is never kept itself.
pub type SecretHash = [u8; 32];

/// The one row that says where the database stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerState {
    /// Which life of the database this is; grows by one with each restore.
    pub server_epoch: u64,
    /// The latest change number; those of commits and of tours come from this one counter.
    pub last_change: u64,
    /// Everything up to this change is in a verified backup.
    pub safe_commit: u64,
    /// A known text sealed under the master key.
    pub key_check: Option<Vec<u8>>,
    /// The Argon2id hash of the admin password.
    pub admin_password: Option<String>,
}

/// What opens a session of the office. Neither opens a session of the other kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// The bearer token of a program.
    Token,
    /// The cookie of a browser.
    Cookie,
}

impl SessionKind {
    /// Returns the kind as it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Cookie => "cookie",
        }
    }

    /// Reads the kind from what stands in the database.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Token, Self::Cookie].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A session of the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminSession {
    /// Hash of its token.
    pub token_hash: SecretHash,
    /// What opens it.
    pub kind: SessionKind,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A code with which one handheld can be paired, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairingCodeRow {
    /// Hash of the code.
    pub code_hash: SecretHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to be valid.
    pub expires_at: Timestamp,
    /// The handheld that used it.
    pub used_by: Option<ReplicaId>,
}

/// A handheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handheld {
    /// Its identity.
    pub replica: ReplicaId,
    /// What the office calls it.
    pub name: String,
    /// Version of the app when it was paired.
    pub app_version: String,
    /// Hash of its bearer token.
    pub token_hash: SecretHash,
    /// When it was paired.
    pub paired_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it last talked to the server, to the minute.
    pub last_seen: Option<Timestamp>,
    /// Server time minus handheld time in milliseconds, by its latest clock sample.
    pub clock_offset_ms: Option<i64>,
    /// Up to which change of its feed it was given changes.
    pub pulled_change: u64,
    /// Items that waited in its outbox when it last said so.
    pub waiting_items: Option<u32>,
}

/// A tour without its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TourRow {
    /// Its identity.
    pub id: TourId,
    /// Its name.
    pub name: String,
    /// The due date of all lines, if they have the same.
    pub due_date: Option<String>,
    /// How many lines it has.
    pub meters: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was released for walking.
    pub released_at: Option<Timestamp>,
    /// When something of it changed last that the office sees.
    pub changed_at: Timestamp,
    /// The change that wrote this row last.
    pub change: u64,
}

/// A line of a tour. Its key is kept apart, sealed; `meter.key` is always none here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TourMeterRow {
    /// The line.
    pub meter: TourMeter,
    /// The change that wrote this row last.
    pub change: u64,
}

/// That a handheld has a tour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The tour.
    pub tour: TourId,
    /// The handheld.
    pub replica: ReplicaId,
    /// When it got the tour.
    pub assigned_at: Timestamp,
    /// When the tour was taken from it.
    pub withdrawn_at: Option<Timestamp>,
}

/// That something changed which a handheld sees: one row per thing, its number that of its latest change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// The handheld.
    pub replica: ReplicaId,
    /// The tour.
    pub tour: TourId,
    /// The line; none for the tour itself.
    pub tour_meter: Option<TourMeterId>,
    /// The change. Unique within a handheld's feed.
    pub change: u64,
}

/// A key of a meter, sealed under the master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// The identification number that the key belongs to, 8 hexadecimal digits in upper case.
    pub radio_id: String,
    /// Tells two keys apart without opening them.
    pub fingerprint: [u8; 16],
    /// Nonce and ciphertext.
    pub sealed: Vec<u8>,
    /// When it was imported.
    pub imported_at: Timestamp,
}

/// A batch that was merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// Who cut it.
    pub replica: ReplicaId,
    /// Its identity.
    pub batch: BatchId,
    /// Digest of its body.
    pub digest: Digest,
    /// The outcomes of its items as JSON, as the answer carried them.
    pub outcomes: String,
    /// The commit that holds it.
    pub commit: u64,
    /// When it arrived.
    pub arrived_at: Timestamp,
}

/// A meter that was heard, under the two addresses that its telegrams carry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeardMeter {
    /// The meter's own address (`KAM-76349987-1B-16`).
    pub meter: String,
    /// The address of the radio that sent.
    pub link: String,
    /// Identification number of `meter`.
    pub meter_id: String,
    /// Identification number of `link`.
    pub link_id: String,
}

/// A telegram: immutable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelegramRow {
    /// The meter's own address.
    pub meter: String,
    /// The content address.
    pub telegram: TelegramId,
    /// The frame without CRCs.
    pub frame: Vec<u8>,
    /// The first commit that holds it.
    pub commit: u64,
    /// When it first arrived.
    pub arrived_at: Timestamp,
}

/// A reception as a handheld told it, before its meter is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldReception {
    /// Who heard it.
    pub replica: ReplicaId,
    /// Which life of the replica's database took it in.
    pub epoch: ReplicaEpoch,
    /// What it told.
    pub reception: Reception,
    /// The first commit that holds it.
    pub commit: u64,
    /// When it first arrived.
    pub arrived_at: Timestamp,
}

impl ToldReception {
    /// Says whether two words are the same, however they arrived: a handheld that was restored tells
    /// the same in another epoch, one that was paired again under another name.
    pub fn is_same_fact(&self, other: &Self) -> bool {
        self.reception == other.reception
    }

    /// Returns what a waiting reception is looked up by.
    pub fn key(&self) -> (TelegramId, ReceptionId) {
        (self.reception.telegram, self.reception.id)
    }
}

/// A reception of a known telegram: immutable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceptionRow {
    /// The meter that sent the telegram.
    pub meter: String,
    /// The reception.
    pub told: ToldReception,
}

impl ReceptionRow {
    /// Returns what the row is found by.
    pub fn key(&self) -> (String, ReceptionId) {
        (self.meter.clone(), self.told.reception.id)
    }
}

/// What a person did: immutable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Whose handheld.
    pub replica: ReplicaId,
    /// Which life of the replica's database took it in.
    pub epoch: ReplicaEpoch,
    /// What happened.
    pub event: Event,
    /// The first commit that holds it.
    pub commit: u64,
    /// When it first arrived.
    pub arrived_at: Timestamp,
}

impl EventRow {
    /// Says whether two rows tell the same, however they arrived: a handheld that was restored tells
    /// the same in another epoch, one that was paired again under another name.
    pub fn is_same_fact(&self, other: &Self) -> bool {
        self.event == other.event
    }
}

/// A comparison of a handheld's clock with the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockSampleRow {
    /// Whose clock.
    pub replica: ReplicaId,
    /// The comparison.
    pub sample: ClockSample,
}

/// An item that could not be taken for what it says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Who sent it.
    pub replica: ReplicaId,
    /// In which batch.
    pub batch: BatchId,
    /// At which place in the batch.
    pub position: u32,
    /// Why it was not taken.
    pub code: String,
    /// The item as CBOR.
    pub item: Vec<u8>,
    /// The commit that holds it.
    pub commit: u64,
    /// When it arrived.
    pub arrived_at: Timestamp,
}

/// What a decoder made of a telegram. Written again when a key or a decoder comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derivation {
    /// The meter's own address.
    pub meter: String,
    /// The telegram.
    pub telegram: TelegramId,
    /// `read`, or why it was not, such as `no_key`.
    pub status: String,
    /// The status byte of the transport header, where there is one.
    pub meter_status: Option<u8>,
    /// What it says of its meter's health: [`metering::ReportedAlarm`]s as texts, such as `leak`.
    pub alarms: Vec<String>,
    /// The version of the decoder.
    pub decoder_version: u32,
    /// What it read.
    pub readings: Vec<ReadingRow>,
}

/// One value of one telegram.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadingRow {
    /// Position of the record in the telegram.
    pub record: u32,
    /// What is measured, such as `volume`.
    pub quantity: String,
    /// The unit; empty where there is none.
    pub unit: String,
    /// The exact value; none where the meter says that it has none.
    pub value: Option<String>,
    /// What `value` is, such as `number`.
    pub value_type: String,
    /// Storage number.
    pub storage: u64,
    /// Tariff.
    pub tariff: u32,
    /// Subunit.
    pub subunit: u32,
    /// Function field, such as `instantaneous`.
    pub function: String,
    /// The meter's own date or time of the value, without zone.
    pub value_date: Option<String>,
    /// What the record says of the value beyond its quantity, such as `average`.
    pub qualifiers: Vec<String>,
    /// Whether it is the instantaneous value of its quantity and no qualifier makes it another, such
    /// as a limit.
    pub is_plain: bool,
    /// Whether the record carries the date of its value itself, as those of a history do.
    pub is_history: bool,
    /// Whether the value may be another than the one that the meter shows.
    pub is_doubtful: bool,
    /// What is odd about the record.
    pub warnings: Vec<String>,
    /// The version of the decoder.
    pub decoder_version: u32,
}

/// A reading with the telegram that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedReading {
    /// The meter's own address.
    pub meter: String,
    /// The telegram.
    pub telegram: TelegramId,
    /// The value.
    pub reading: ReadingRow,
}

/// A meter of which a key opened a telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedMeter {
    /// The meter's own address.
    pub meter: String,
    /// When the latest telegram that was opened first arrived.
    pub opened_at: Timestamp,
}

/// A format of compact frames that a full frame taught.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FormatRow {
    /// The manufacturer's three letters.
    pub manufacturer: String,
    /// DIB and VIB of all records.
    pub headers: Vec<u8>,
}

/// Telegrams of one meter that have one decode status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardCount {
    /// The meter's own address.
    pub meter: String,
    /// The status; none while they were not decoded.
    pub status: Option<String>,
    /// How many.
    pub telegrams: u64,
}

/// A value that the office put beside what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRow {
    /// Its identity.
    pub id: Uuid,
    /// The tour.
    pub tour: TourId,
    /// The line.
    pub tour_meter: TourMeterId,
    /// What is measured.
    pub quantity: String,
    /// The value as a decimal with a point.
    pub value: String,
    /// The unit.
    pub unit: String,
    /// The date of the value.
    pub value_date: Option<String>,
    /// Why.
    pub reason: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// One line of the audit: append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditRow {
    /// Position in the audit: the change that it belongs to.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What was done, such as `key_import`.
    pub action: String,
    /// To what: an id or a name.
    pub subject: String,
    /// More, in words.
    pub detail: String,
}

/// How many rows small tables have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Handhelds that are not revoked.
    pub handhelds: u64,
    /// Tours.
    pub tours: u64,
    /// Receptions whose telegram has not arrived.
    pub waiting_receptions: u64,
    /// Items kept aside.
    pub quarantined: u64,
}
