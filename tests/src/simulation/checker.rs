//! Compares what really happened with what the server holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sync_protocol::{ReplicaEpoch, TelegramId, Timestamp, TourId};

use super::air;
use super::handheld::Handheld;
use super::office::Holdings;
use super::truth::{Deed, FactId, Truth};

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant, such as `I1`.
    pub invariant: &'static str,
    /// What was found.
    pub what: String,
}

impl Violation {
    pub(super) fn new(invariant: &'static str, what: String) -> Self {
        Self { invariant, what }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}

/// A row without its identity: epoch, sequence, telegram, time.
type Row = (ReplicaEpoch, u64, Option<TelegramId>, Timestamp);

/// What the server tells of each fact, one row or more.
struct Told {
    deeds: BTreeMap<FactId, Vec<Row>>,
    telegrams: BTreeSet<TelegramId>,
    /// Highest sequence of each life of a handheld's database.
    highest: BTreeMap<ReplicaEpoch, u64>,
}

impl Told {
    fn new(holdings: &Holdings) -> Self {
        let mut told = Self {
            deeds: BTreeMap::new(),
            telegrams: holdings.telegrams.iter().map(|row| row.telegram).collect(),
            highest: BTreeMap::new(),
        };
        let receptions = holdings.receptions.iter().map(|row| &row.told).chain(&holdings.waiting);
        for row in receptions {
            let reception = &row.reception;
            let deed = (row.epoch, reception.sequence, Some(reception.telegram), reception.received_at);
            told.add(FactId::Reception(reception.id), deed);
        }
        for row in &holdings.events {
            told.add(FactId::Event(row.event.id), (row.epoch, row.event.sequence, None, row.event.at));
        }
        told
    }

    fn add(&mut self, fact: FactId, deed: Row) {
        self.deeds.entry(fact).or_default().push(deed);
        let highest = self.highest.entry(deed.0).or_default();
        *highest = deed.1.max(*highest);
    }

    fn has(&self, fact: FactId, deed: &Deed) -> bool {
        let wanted = (deed.epoch, deed.sequence, deed.telegram, deed.at);
        self.deeds.get(&fact).is_some_and(|deeds| deeds.contains(&wanted))
    }
}

/// I2: whatever a handheld deleted is on the server now.
pub(super) fn purged(truth: &Truth, holdings: &Holdings, violations: &mut Vec<Violation>) {
    let told = Told::new(holdings);
    for fact in &truth.purged {
        let is_there = match fact {
            FactId::Telegram(telegram) => told.telegrams.contains(telegram),
            _ => told.deeds.contains_key(fact),
        };
        if !is_there {
            violations.push(Violation::new("I2", format!("deleted and not on the server: {fact:?}")));
        }
    }
}

/// A handheld has the tours that the office gave it.
pub(super) fn feed(number: usize, here: &[TourId], given: &[TourId], violations: &mut Vec<Violation>) {
    let (here, given): (BTreeSet<_>, BTreeSet<_>) = (here.iter().collect(), given.iter().collect());
    if here != given {
        let what = format!("handheld {number} has the tours {here:?}, the office gave {given:?}");
        violations.push(Violation::new("I1", what));
    }
}

/// Checks everything at the end. Returns how many facts were physically lost and are seen as gaps.
pub(super) fn all(
    truth: &Truth,
    handhelds: &[Handheld],
    holdings: &Holdings,
    violations: &mut Vec<Violation>,
) -> usize {
    purged(truth, holdings, violations);
    only_what_was_heard(truth, holdings, violations);
    nothing_doubled(holdings, violations);
    nothing_true_kept_aside(truth, holdings, violations);
    nothing_missing(truth, handhelds, holdings, violations)
}

/// I3.
fn only_what_was_heard(truth: &Truth, holdings: &Holdings, violations: &mut Vec<Violation>) {
    for row in &holdings.telegrams {
        if row.telegram != TelegramId::of(&row.frame) || !truth.telegrams.contains(&row.telegram) {
            violations.push(Violation::new("I3", format!("nobody heard {:?} as it is here", row.telegram)));
        }
    }
    for (fact, deeds) in Told::new(holdings).deeds {
        let done = truth.deeds.get(&fact).map(Vec::as_slice).unwrap_or_default();
        for (epoch, sequence, telegram, at) in deeds {
            let is_true = done.iter().any(|deed| {
                (deed.epoch, deed.sequence, deed.telegram, deed.at) == (epoch, sequence, telegram, at)
            });
            if !is_true {
                violations.push(Violation::new("I3", format!("nobody did {fact:?} as it is here")));
            }
        }
    }
}

/// I4. A deed is one row, whatever its identity.
fn nothing_doubled(holdings: &Holdings, violations: &mut Vec<Violation>) {
    let mut telegrams = BTreeSet::new();
    for row in &holdings.telegrams {
        if !telegrams.insert(&row.frame) {
            violations.push(Violation::new("I4", format!("two rows of {:?}", row.telegram)));
        }
    }
    let mut deeds = BTreeSet::new();
    for (fact, rows) in Told::new(holdings).deeds {
        for (epoch, sequence, _, _) in rows {
            if !deeds.insert((epoch, sequence)) {
                violations.push(Violation::new("I4", format!("two rows of one deed, one of them {fact:?}")));
            }
        }
    }
}

/// I1: only what is not what it says it is lies aside.
fn nothing_true_kept_aside(truth: &Truth, holdings: &Holdings, violations: &mut Vec<Violation>) {
    for row in holdings.quarantine.iter().filter(|row| !truth.forged.contains(&row.batch)) {
        let what = format!("kept aside as {}: item {} of {:?}", row.code, row.position, row.batch);
        violations.push(Violation::new("I1", what));
    }
}

/// I6: neither the token nor a meter's key nor a meter's number is in a handheld's files.
pub(super) fn no_secret(handhelds: &[Handheld], violations: &mut Vec<Violation>) {
    for (number, handheld) in handhelds.iter().enumerate() {
        let files = handheld.files();
        let key: Vec<u8> =
            (0..16).map(|at| u8::from_str_radix(&air::KEY[2 * at..2 * at + 2], 16).unwrap()).collect();
        let secrets =
            [handheld.token.expose().as_bytes(), air::KEY.as_bytes(), &key, air::radio_id(0).as_bytes()]
                .map(<[u8]>::to_vec);
        for secret in &secrets {
            if contains(&files, secret) {
                violations
                    .push(Violation::new("I6", format!("a secret is in the files of handheld {number}")));
            }
        }
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == wanted[0]) {
        if rest[at..].starts_with(wanted) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// I1, and that no loss is silent.
fn nothing_missing(
    truth: &Truth,
    handhelds: &[Handheld],
    holdings: &Holdings,
    violations: &mut Vec<Violation>,
) -> usize {
    let told = Told::new(holdings);
    let mut reported = 0;
    for (fact, deeds) in &truth.deeds {
        for deed in deeds {
            if told.has(*fact, deed)
                && deed.telegram.is_none_or(|telegram| told.telegrams.contains(&telegram))
            {
                continue;
            }
            let is_held = handhelds[deed.handheld].deeds.contains(&(*fact, *deed));
            let was_rolled_back = truth.rolled_back.contains(&(*fact, *deed));
            if is_held || truth.purged.contains(fact) || !was_rolled_back {
                violations.push(Violation::new("I1", format!("missing on the server: {fact:?} {deed:?}")));
            } else if is_reported(truth, &told, deed) {
                reported += 1;
            } else {
                violations.push(Violation::new("I1", format!("lost in silence: {fact:?} {deed:?}")));
            }
        }
    }
    reported
}

/// Whether the server can see that a fact is missing: by a hole below the highest sequence of its life,
/// or because a later life of that handheld's database says that the tail of this one is unknown.
fn is_reported(truth: &Truth, told: &Told, deed: &Deed) -> bool {
    let is_hole = told.highest.get(&deed.epoch).is_some_and(|highest| deed.sequence < *highest);
    let lives = &truth.epochs[deed.handheld];
    let later = lives.iter().skip_while(|life| **life != deed.epoch).skip(1);
    is_hole || later.into_iter().any(|life| told.highest.contains_key(life))
}
