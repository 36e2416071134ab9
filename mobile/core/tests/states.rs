//! States as a pure function: precedence, order, and input that nobody sent on purpose.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Clock, Seeded, frame, line, load_tour, open, received, tour_id};
use field_core::meter::{
    Assessment, Decoding, HeardSummary, MeterState, Outcome, RadioFacts, Reading, ReadingValue, ValueKind,
    Verdict, Why, assess,
};
use field_core::walk::WalkUpdate;
use field_core::{Walk, meter};
use proptest::prelude::*;
use radio_core::replay::Replay;
use sync_protocol::{BootId, Event, EventId, EventKind, ReadingSessionId, TelegramId, Timestamp, TourMeter};
use uuid::Uuid;
use wmbus::Frame;

fn decoding(outcome: Outcome, litres: Option<i128>) -> Decoding {
    let volume = |litres| Reading {
        quantity: "volume".into(),
        unit: "m³".into(),
        value: ReadingValue::Number(wmbus::Decimal { mantissa: litres, exponent: -3 }),
        storage_number: 0,
        tariff: 0,
        subunit: 0,
        function: "instantaneous".into(),
        qualifiers: String::new(),
        value_date: None,
        is_history: false,
        is_doubtful: false,
    };
    Decoding {
        decoder_version: 1,
        outcome,
        readings: litres.into_iter().map(volume).collect(),
        alarms: Vec::new(),
    }
}

/// A telegram: what came out, and in which position it was first heard.
type Heard = (u64, Outcome, Option<i128>);

const GOOD: Heard = (1, Outcome::Records, Some(120_000));
const LATER_GOOD: Heard = (2, Outcome::Records, Some(121_000));
const IMPLAUSIBLE: Heard = (3, Outcome::Records, Some(99_000));
const NO_VALUE: Heard = (4, Outcome::Records, None);
const WRONG_KEY: Heard = (5, Outcome::WrongKey, None);
const MAC_FAILED: Heard = (6, Outcome::MacFailed, None);
const COMPACT: Heard = (7, Outcome::CompactFormatUnknown, None);
const MALFORMED: Heard = (8, Outcome::Malformed, None);
const NO_KEY: Heard = (9, Outcome::NoKey, None);
const ALL: [Heard; 9] =
    [GOOD, LATER_GOOD, IMPLAUSIBLE, NO_VALUE, WRONG_KEY, MAC_FAILED, COMPACT, MALFORMED, NO_KEY];

fn radio<'h>(line: &TourMeter, telegrams: impl IntoIterator<Item = &'h Heard>) -> RadioFacts {
    let mut facts = RadioFacts::default();
    for (sequence, outcome, litres) in telegrams {
        let id = TelegramId([u8::try_from(*sequence).unwrap(); 32]);
        let heard = HeardSummary::once(*sequence, Timestamp::EPOCH, None);
        facts.add_telegram(id, 0x16, &decoding(*outcome, *litres), heard, line, None);
    }
    facts
}

fn event(n: u8, supersedes: Option<u8>, kind: EventKind) -> Event {
    let id = |n: u8| EventId(Uuid::from_u128(u128::from(n)));
    Event {
        id: id(n),
        session: ReadingSessionId::default(),
        tour: tour_id(),
        tour_meter: line(1, None).id,
        at: Timestamp::EPOCH,
        boot: BootId::default(),
        monotonic_ms: 0,
        sequence: u64::from(n),
        supersedes: supersedes.map(id),
        kind,
    }
}

fn manual(value: &str) -> EventKind {
    EventKind::ManualReading {
        value: value.into(),
        unit: "m³".into(),
        reason: "not_heard".into(),
        confirmed: Vec::new(),
        note: None,
    }
}

fn skip(reason: &str) -> EventKind {
    EventKind::Skip { reason: reason.into(), note: None }
}

fn assessed(telegrams: &[Heard], events: &[Event]) -> Assessment {
    let line = line(1, None);
    assess(&line, &radio(&line, telegrams), events)
}

fn skipped(reason: &str) -> MeterState {
    MeterState::Skipped { reason: reason.into() }
}

#[test]
fn a_doubtful_value_needs_a_person_until_a_telegram_that_is_believed_comes() {
    let line = line(1, None);
    let mut doubtful = decoding(Outcome::Records, Some(120_000));
    doubtful.readings[0].is_doubtful = true;
    let mut facts = RadioFacts::default();
    let mut hear = |sequence: u8, decoding: &Decoding| {
        let heard = HeardSummary::once(u64::from(sequence), Timestamp::EPOCH, None);
        facts.add_telegram(TelegramId([sequence; 32]), 0x16, decoding, heard, &line, None);
        assess(&line, &facts, &[])
    };
    let first = hear(1, &doubtful);
    assert_eq!((first.state, first.why), (MeterState::Implausible, Why::Implausible(Verdict::Doubtful)));
    assert_eq!(first.candidate.unwrap().value.to_string(), "120.000");
    let second = hear(2, &decoding(Outcome::Records, Some(120_000)));
    assert_eq!((second.state, second.why), (MeterState::Read, Why::Value(ValueKind::Current)));
}

#[test]
fn each_kind_of_telegram_has_its_state_and_its_reason() {
    for (telegrams, state, why) in [
        (&[][..], MeterState::Open, Why::NotHeard),
        (&[NO_KEY], MeterState::HeardNoKey, Why::Telegram(Outcome::NoKey)),
        (&[WRONG_KEY], MeterState::HeardWrongKey, Why::Telegram(Outcome::WrongKey)),
        (&[MAC_FAILED], MeterState::HeardWrongKey, Why::Telegram(Outcome::MacFailed)),
        (&[COMPACT], MeterState::HeardUndecodable, Why::Telegram(Outcome::CompactFormatUnknown)),
        (&[MALFORMED], MeterState::HeardUndecodable, Why::Telegram(Outcome::Malformed)),
        (&[NO_VALUE], MeterState::HeardUndecodable, Why::NoBillableValue),
        (&[IMPLAUSIBLE], MeterState::Implausible, Why::Implausible(Verdict::BelowPrevious)),
        (&[GOOD], MeterState::Read, Why::Value(ValueKind::Current)),
    ] {
        let assessment = assessed(telegrams, &[]);
        assert_eq!((&assessment.state, assessment.why), (&state, why));
        assert_eq!(assessment.state.is_missing(), state != MeterState::Read);
        assert_ne!(assessment.why.sentence(), "");
    }
}

#[test]
fn the_state_that_says_most_wins_whatever_else_was_heard() {
    let precedence = [
        (vec![COMPACT, NO_VALUE, MALFORMED], MeterState::HeardUndecodable),
        (vec![NO_KEY], MeterState::HeardNoKey),
        (vec![WRONG_KEY], MeterState::HeardWrongKey),
        (vec![IMPLAUSIBLE], MeterState::Implausible),
        (vec![GOOD], MeterState::Read),
    ];
    let mut heard = Vec::new();
    for (telegrams, state) in precedence {
        heard.extend(telegrams);
        assert_eq!(assessed(&heard, &[]).state, state);
        let reversed: Vec<Heard> = heard.iter().rev().copied().collect();
        assert_eq!(assessed(&reversed, &[]).state, state);
    }
}

#[test]
fn people_outrank_what_the_radio_could_not_tell_and_a_good_reading_outranks_people() {
    let typed = [event(1, None, manual("130"))];
    let left = [event(1, None, skip("no_access"))];
    for unresolved in [&[][..], &[NO_KEY], &[WRONG_KEY], &[COMPACT], &[IMPLAUSIBLE]] {
        assert_eq!(assessed(unresolved, &typed).state, MeterState::Manual);
        assert_eq!(assessed(unresolved, &left).state, skipped("no_access"));
    }
    assert_eq!(assessed(&[GOOD], &typed).state, MeterState::Read);
    assert_eq!(assessed(&[GOOD], &left).state, MeterState::Read);
}

#[test]
fn a_typed_value_outranks_a_skip_unless_the_skip_corrects_it() {
    let both = [event(1, None, manual("130")), event(2, None, skip("vacant"))];
    assert_eq!(assessed(&[], &both).state, MeterState::Manual);
    let corrected = [event(1, None, manual("130")), event(2, Some(1), skip("vacant"))];
    assert_eq!(assessed(&[], &corrected).state, skipped("vacant"));
    let withdrawn =
        [event(1, None, skip("vacant")), event(2, Some(1), EventKind::Note { text: "my mistake".into() })];
    assert_eq!(assessed(&[], &withdrawn).state, MeterState::Open);
    let chain =
        [event(1, None, manual("130")), event(2, Some(1), manual("131")), event(3, Some(2), manual("132"))];
    assert_eq!(assessed(&[], &chain).candidate.unwrap().value.to_string(), "132");
}

#[test]
fn of_two_good_readings_the_later_one_is_the_candidate() {
    for telegrams in [[GOOD, LATER_GOOD], [LATER_GOOD, GOOD]] {
        assert_eq!(assessed(&telegrams, &[]).candidate.unwrap().value.to_string(), "121.000");
    }
}

#[test]
fn a_factor_applies_to_what_a_display_shows() {
    let mut line = line(1, None);
    line.factor = Some("10".into());
    let assessment = assess(&line, &RadioFacts::default(), &[event(1, None, manual("13,5"))]);
    assert_eq!(assessment.candidate.unwrap().value, "135".parse().unwrap());
}

proptest! {
    #[test]
    fn any_order_of_any_telegrams_gives_the_same_assessment(
        picked in prop::collection::vec(0..ALL.len(), 0..8),
        seed in any::<u64>(),
    ) {
        let mut unique: Vec<usize> = picked;
        unique.sort_unstable();
        unique.dedup();
        let ordered: Vec<Heard> = unique.iter().map(|index| ALL[*index]).collect();
        let mut shuffled = ordered.clone();
        let mut random = Seeded(seed);
        for i in (1..shuffled.len()).rev() {
            shuffled.swap(i, usize::try_from(random.below(i as u64 + 1)).unwrap());
        }
        prop_assert_eq!(assessed(&ordered, &[]), assessed(&shuffled, &[]));
    }

    #[test]
    fn a_typed_value_never_panics_and_reads_back(text in "[0-9.,\\-+ a-z]{0,45}") {
        if let Ok(value) = meter::parse_value(&text) {
            prop_assert_eq!(value.to_string().parse::<wmbus::Decimal>(), Ok(value));
        }
    }

    #[test]
    fn judging_never_panics(
        mantissa in any::<i128>(), exponent in any::<i8>(),
        office in prop::collection::vec("[0-9]{1,38}|[0-9]{1,5}[.,][0-9]{1,5}|x", 5),
        digits in any::<Option<u8>>(), unit in "m³|l|MWh|GWh|HCA|",
    ) {
        let mut line = line(1, None);
        let texts = [&mut line.previous_value, &mut line.low, &mut line.high, &mut line.factor];
        for (field, text) in texts.into_iter().zip(office) {
            *field = Some(text);
        }
        line.digits = digits;
        line.unit = Some(unit);
        let value = wmbus::Decimal { mantissa, exponent };
        let verdicts = meter::judge(meter::displayed_value(value, &line), "m³", &line);
        prop_assert!(verdicts.len() <= 5);
    }
}

/// Walks a list of frames in a fresh store and returns what the tour ends in.
fn walked(frames: &[Frame]) -> Vec<Assessment> {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    load_tour(&mut store, &[line(0, None), line(1, Some([3; 16])), line(2, Some([4; 16]))]);
    let clock = Clock::default();
    let mut walk = Walk::open(&mut store, tour_id(), clock.now(), &mut Seeded(1)).unwrap();
    for group in frames.chunks(3) {
        common::hear(&mut walk, &mut store, &clock, group);
    }
    walk.view().lines.iter().map(|line| line.assessment.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn duplicates_in_any_order_end_in_the_same_states(
        picked in prop::collection::vec(0usize..6, 1..14),
        seed in any::<u64>(),
    ) {
        let frames = [
            frame(0, 1, 120_000, None),
            frame(0, 2, 90_000, None),
            frame(1, 1, 120_000, Some([3; 16])),
            frame(1, 2, 120_001, Some([9; 16])),
            frame(2, 1, 120_000, Some([9; 16])),
            frame(7, 1, 120_000, None),
        ];
        let ordered: Vec<Frame> = picked.iter().map(|index| frames[*index].clone()).collect();
        let mut shuffled = ordered.clone();
        let mut random = Seeded(seed);
        for i in (1..shuffled.len()).rev() {
            shuffled.swap(i, usize::try_from(random.below(i as u64 + 1)).unwrap());
        }
        let summary = |assessments: Vec<Assessment>| -> Vec<_> {
            let counted = |a: Assessment| (a.state, a.why, a.candidate, a.heard.map(|heard| heard.times));
            assessments.into_iter().map(counted).collect()
        };
        prop_assert_eq!(summary(walked(&ordered)), summary(walked(&shuffled)));
    }

    #[test]
    fn any_recording_is_walked_without_panic_and_each_line_is_counted_once(
        lines in prop::collection::vec(
            prop_oneof![
                "\\PC{0,60}",
                "[0-9A-F]{0,80}",
                "telegram=\\|[0-9A-F_]{0,60}\\|\\+[0-9]{1,3}",
                "T1;1;1;2026-01-07 08:00:00.000;97;148;33225544;0x[0-9a-f]{2,60}",
                Just("2C442D2C000000101B168D20F0C2B14A23A3A1".to_owned()),
            ],
            0..12,
        ),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut store = open(directory.path());
        load_tour(&mut store, &[line(0, None)]);
        let mut clock = Clock::default();
        let mut walk = Walk::open(&mut store, tour_id(), clock.now(), &mut Seeded(1)).unwrap();
        let recording = lines.join("\n");
        let items: Vec<bool> = Replay::new(recording.as_bytes()).map(|item| item.is_ok()).collect();
        let updates = common::replay(&mut walk, &mut store, &mut clock, &recording);
        let own: usize = updates.iter().map(|update: &WalkUpdate| update.shown.len()).sum();
        let session = store.sessions().unwrap().remove(0);
        let frames = items.iter().filter(|ok| **ok).count();
        prop_assert_eq!(own + usize::try_from(session.foreign_frames).unwrap(), frames);
        prop_assert_eq!(usize::try_from(session.rejected_lines).unwrap(), items.len() - frames);
    }
}

#[test]
fn a_group_that_grows_too_large_is_due_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    load_tour(&mut store, &[line(0, None)]);
    let clock = Clock::default();
    let mut walk = Walk::open(&mut store, tour_id(), clock.now(), &mut Seeded(1)).unwrap();
    let mut heard = 0;
    while walk.poll_timeout() != Some(clock.now().monotonic_ms) {
        walk.handle_frame(received(frame(0, 1, 120_000, None)), clock.now());
        heard += 1;
        assert!(heard <= 1_000, "a group stays bounded");
    }
    let update = walk.handle_timeout(&mut store, clock.now(), &mut Seeded(2)).unwrap().unwrap();
    assert_eq!(update.shown.len(), heard);
}
