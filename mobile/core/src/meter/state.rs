//! The state of one line of a tour: a pure function of the facts and of what the tour says.
//!
//! In order of precedence, the first that holds:
//!
//! 1. **read** – a telegram told a billable, plausible value. It outranks what a person typed: the
//!    office sees both.
//! 2. **manual** – a person typed a value. It outranks a skip, unless the skip corrects it.
//! 3. **skipped** – a person said why there is no value.
//! 4. **implausible** – a telegram told a value that can hardly be true.
//! 5. **heard, wrong key** – the tour's key does not open the telegrams.
//! 6. **heard, no key** – telegrams are sealed, and the tour has no key: with one, they may tell more
//!    than the others.
//! 7. **heard, undecodable** – the telegrams tell no billable value to this version.
//! 8. **open** – nothing was heard.
//!
//! The order in which telegrams come does not matter, and hearing one again changes counters only.

use std::collections::HashSet;
use std::fmt;

use metering::{BillingCandidate, ReportedAlarm, ValueKind, Verdict, parse_value};
use sync_protocol::{Event, EventId, EventKind, TelegramId, Timestamp, TourMeter};

use super::billing;
use super::heard::HeardSummary;
use super::reading::{Decoding, Outcome};

/// What is to be said of a line of a tour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MeterState {
    /// Nothing was heard, nothing was typed.
    Open,
    /// Heard, but sealed, and the tour has no key.
    HeardNoKey,
    /// Heard, but the tour's key does not open it.
    HeardWrongKey,
    /// Heard, but no billable value came out.
    HeardUndecodable,
    /// A value came out that can hardly be true.
    Implausible,
    /// A person said why there is no value.
    Skipped {
        /// The code of the reason, such as `no_access`.
        reason: String,
    },
    /// A person typed the value.
    Manual,
    /// The radio told the value.
    Read,
}

impl MeterState {
    /// Returns the stable code.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::HeardNoKey => "heard_no_key",
            Self::HeardWrongKey => "heard_wrong_key",
            Self::HeardUndecodable => "heard_undecodable",
            Self::Implausible => "implausible",
            Self::Skipped { .. } => "skipped",
            Self::Manual => "manual",
            Self::Read => "read",
        }
    }

    /// Returns whether the reader still has something to do here.
    pub fn is_missing(&self) -> bool {
        !matches!(self, Self::Skipped { .. } | Self::Manual | Self::Read)
    }
}

impl fmt::Display for MeterState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped { reason } => write!(f, "skipped ({reason})"),
            state => f.write_str(state.as_str()),
        }
    }
}

/// Why a line is in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// No telegram of the meter was heard.
    NotHeard,
    /// Only telegrams whose checksums or line code do not fit were heard.
    Damaged,
    /// Its telegrams told this instead of values.
    Telegram(Outcome),
    /// Its telegrams tell values, but no total of what is billed.
    NoBillableValue,
    /// Its value has this verdict.
    Implausible(Verdict),
    /// A person gave a reason.
    SkippedByReader,
    /// The value is of this kind.
    Value(ValueKind),
}

impl Why {
    /// Returns the stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotHeard => "not_heard",
            Self::Damaged => "damaged",
            Self::Telegram(outcome) => outcome.as_str(),
            Self::NoBillableValue => "no_billable_value",
            Self::Implausible(verdict) => verdict.as_str(),
            Self::SkippedByReader => "skipped_by_reader",
            Self::Value(kind) => kind.as_str(),
        }
    }

    /// Returns the sentence for the reader.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotHeard => "not heard yet",
            Self::Damaged => "heard, but only damaged",
            Self::Telegram(Outcome::NoKey) => "heard, but encrypted, and the tour has no key for it",
            Self::Telegram(Outcome::WrongKey) => "heard, but the tour's key does not open it",
            Self::Telegram(Outcome::MacFailed) => "heard, but its signature does not fit the tour's key",
            Self::Telegram(Outcome::UnsupportedMode) => {
                "heard, but encrypted in a way unknown to this version"
            }
            Self::Telegram(Outcome::Fragment) => "heard only a part of its message",
            Self::Telegram(Outcome::CompactFormatUnknown) => {
                "heard, but its short telegrams need the format of a long one first"
            }
            Self::Telegram(Outcome::Manufacturer) => "heard, but in the manufacturer's own layout",
            Self::Telegram(Outcome::Empty) => "heard, but without values",
            Self::Telegram(Outcome::ApplicationError) => "heard, but the meter reports an error",
            Self::Telegram(Outcome::Unsupported) => {
                "heard, but its kind of telegram is unknown to this version"
            }
            Self::Telegram(Outcome::Malformed) => "heard, but its telegrams break the standard's rules",
            Self::Telegram(Outcome::Records) | Self::NoBillableValue => {
                "heard, but without a total of what is billed"
            }
            Self::Implausible(verdict) => verdict.sentence(),
            Self::SkippedByReader => "the reader gave a reason",
            Self::Value(ValueKind::Manual) => "read by hand",
            Self::Value(ValueKind::Current) => "the current value came by radio",
            Self::Value(ValueKind::Month) => "the month value of the due date came by radio",
            Self::Value(ValueKind::DueDate) => "the due-date value came by radio",
        }
    }
}

/// A candidate with what decides between equals: the later of two, by the order in which their
/// telegrams were first heard.
#[derive(Debug, Clone)]
struct Told {
    candidate: BillingCandidate,
    verdicts: Vec<Verdict>,
    first_sequence: u64,
}

impl Told {
    fn rank(&self) -> (ValueKind, u64) {
        (self.candidate.kind, self.first_sequence)
    }
}

/// What the telegrams of one meter amount to. Small, whatever was heard.
#[derive(Debug, Clone, Default)]
pub struct RadioFacts {
    heard: Option<HeardSummary>,
    plausible: Option<Told>,
    implausible: Option<Told>,
    /// The most telling reason why a telegram gave no value.
    silent: Option<Silence>,
    /// The alarms of the telegram that came last, with the sequence of its first reception.
    alarms: Option<(u64, Vec<ReportedAlarm>)>,
    damaged: Option<Damaged>,
}

/// Receptions of a meter whose checksums or line code did not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damaged {
    /// How many.
    pub times: u64,
    /// When the last one was, by the handheld's clock.
    pub last_at: Timestamp,
}

/// Why a telegram gave no value, the most telling last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Silence {
    Undecodable(Outcome),
    NoBillableValue,
    NoKey,
    WrongKey(Outcome),
}

impl RadioFacts {
    /// Takes in a telegram that is new.
    pub fn add_telegram(
        &mut self,
        telegram: TelegramId,
        device_type: u8,
        decoding: &Decoding,
        heard: HeardSummary,
        line: &TourMeter,
        due_date: Option<&str>,
    ) {
        self.add_reception(heard);
        self.add_decoding(telegram, device_type, decoding, heard.first_sequence, line, due_date);
    }

    /// Takes in what a telegram says, also of one that said less when it was heard.
    pub fn add_decoding(
        &mut self,
        telegram: TelegramId,
        device_type: u8,
        decoding: &Decoding,
        first_sequence: u64,
        line: &TourMeter,
        due_date: Option<&str>,
    ) {
        if self.alarms.as_ref().is_none_or(|(sequence, _)| *sequence <= first_sequence) {
            self.alarms = Some((first_sequence, decoding.alarms.clone()));
        }
        let silence = match decoding.outcome {
            Outcome::NoKey => Silence::NoKey,
            Outcome::WrongKey | Outcome::MacFailed => Silence::WrongKey(decoding.outcome),
            Outcome::Records => {
                match billing::candidate(&decoding.readings, telegram, device_type, line, due_date) {
                    Some(candidate) => {
                        return self.add_candidate(candidate, device_type, first_sequence, line);
                    }
                    None => Silence::NoBillableValue,
                }
            }
            outcome => Silence::Undecodable(outcome),
        };
        self.silent = self.silent.max(Some(silence));
    }

    /// Takes in that something of the meter was heard, but damaged.
    pub fn add_damaged(&mut self, damaged: Damaged) {
        let before = self.damaged.map_or(0, |before| before.times);
        self.damaged = Some(Damaged { times: before + damaged.times, ..damaged });
    }

    /// Takes in that a telegram was heard again.
    pub fn add_reception(&mut self, heard: HeardSummary) {
        self.heard = Some(self.heard.map_or(heard, |known| known.join(heard)));
    }

    fn add_candidate(
        &mut self,
        candidate: BillingCandidate,
        device_type: u8,
        first_sequence: u64,
        line: &TourMeter,
    ) {
        let verdicts = metering::judge_radio(&candidate, device_type, line);
        let implausible = verdicts.iter().any(|verdict| verdict.is_implausible());
        let best = if implausible { &mut self.implausible } else { &mut self.plausible };
        let told = Told { candidate, verdicts, first_sequence };
        if best.as_ref().is_none_or(|best| told.rank() > best.rank()) {
            *best = Some(told);
        }
    }
}

/// What is to be shown of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The state.
    pub state: MeterState,
    /// Why it is in that state.
    pub why: Why,
    /// The value that would be billed, or that is implausible.
    pub candidate: Option<BillingCandidate>,
    /// What is odd about that value.
    pub verdicts: Vec<Verdict>,
    /// How often and how well the meter was heard.
    pub heard: Option<HeardSummary>,
    /// How often it was heard damaged besides.
    pub damaged: Option<Damaged>,
    /// What its last telegram says of its health.
    pub alarms: Vec<ReportedAlarm>,
    /// The last note of the reader that was not corrected.
    pub note: Option<String>,
}

/// Assesses one line. `events` are those of the line, in the order in which they were taken in.
pub fn assess(line: &TourMeter, radio: &RadioFacts, events: &[Event]) -> Assessment {
    let people = People::of(events);
    let (state, why, candidate, verdicts) = if let Some(told) = &radio.plausible {
        (
            MeterState::Read,
            Why::Value(told.candidate.kind),
            Some(told.candidate.clone()),
            told.verdicts.clone(),
        )
    } else if let Some((value, unit)) = people.manual {
        let candidate = manual_candidate(value, unit, line);
        let verdicts = candidate
            .as_ref()
            .map(|candidate| metering::judge(candidate.value, &candidate.unit, line))
            .unwrap_or_default();
        (MeterState::Manual, Why::Value(ValueKind::Manual), candidate, verdicts)
    } else if let Some(reason) = people.skip {
        (MeterState::Skipped { reason: reason.to_owned() }, Why::SkippedByReader, None, Vec::new())
    } else if let Some(told) = &radio.implausible {
        let worst = told.verdicts.iter().copied().find(|verdict| verdict.is_implausible());
        let why = worst.map_or(Why::NoBillableValue, Why::Implausible);
        (MeterState::Implausible, why, Some(told.candidate.clone()), told.verdicts.clone())
    } else {
        let (state, why) = match radio.silent {
            None if radio.damaged.is_some() => (MeterState::HeardUndecodable, Why::Damaged),
            None => (MeterState::Open, Why::NotHeard),
            Some(Silence::NoKey) => (MeterState::HeardNoKey, Why::Telegram(Outcome::NoKey)),
            Some(Silence::WrongKey(outcome)) => (MeterState::HeardWrongKey, Why::Telegram(outcome)),
            Some(Silence::Undecodable(outcome)) => (MeterState::HeardUndecodable, Why::Telegram(outcome)),
            Some(Silence::NoBillableValue) => (MeterState::HeardUndecodable, Why::NoBillableValue),
        };
        (state, why, None, Vec::new())
    };
    let note = people.note.map(str::to_owned);
    let alarms = radio.alarms.as_ref().map(|(_, alarms)| alarms.clone()).unwrap_or_default();
    let (heard, damaged) = (radio.heard, radio.damaged);
    Assessment { state, why, candidate, verdicts, heard, damaged, alarms, note }
}

/// What people did at a line, corrections applied.
#[derive(Default)]
struct People<'e> {
    manual: Option<(&'e str, &'e str)>,
    skip: Option<&'e str>,
    note: Option<&'e str>,
}

impl<'e> People<'e> {
    fn of(events: &'e [Event]) -> Self {
        let corrected: HashSet<EventId> = events.iter().filter_map(|event| event.supersedes).collect();
        let mut people = Self::default();
        for event in events.iter().filter(|event| !corrected.contains(&event.id)) {
            let note = match &event.kind {
                EventKind::ManualReading { value, unit, note, .. } => {
                    people.manual = Some((value, unit));
                    note.as_deref()
                }
                EventKind::Skip { reason, note } => {
                    people.skip = Some(reason);
                    note.as_deref()
                }
                EventKind::Note { text } => Some(text.as_str()),
                EventKind::Photo { .. } => None,
            };
            people.note = note.or(people.note);
        }
        people
    }
}

fn manual_candidate(value: &str, unit: &str, line: &TourMeter) -> Option<BillingCandidate> {
    let value = metering::displayed_value(parse_value(value).ok()?, line);
    Some(BillingCandidate {
        kind: ValueKind::Manual,
        value,
        unit: unit.to_owned(),
        date: None,
        telegram: None,
        is_doubtful: false,
    })
}
