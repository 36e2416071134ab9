//! The wire: golden files of each released schema, and what readers refuse.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use sync_protocol::body::{self, BodyError, BodyLimits};
use sync_protocol::push::join_outcomes;
use sync_protocol::{
    Batch, BatchId, BootId, Change, ChangesPage, ClockSample, Cursor, Digest, Event, EventId, EventKind,
    Item, ItemOutcome, MeterKey, Problem, ProblemCode, PushAnswer, ReadingSessionId, Reception, ReceptionId,
    ReplicaEpoch, ReplicaId, SCHEMA, Telegram, TelegramId, TimeSource, Timestamp, Token, Tour, TourId,
    TourMeter, TourMeterId,
};
use uuid::Uuid;

/// The T1 example of the annex of EN 13757-4: 876 543 l, without CRCs.
const ANNEX_T1_FRAME: [u8; 16] =
    [0x0F, 0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07, 0x78, 0x0B, 0x13, 0x43, 0x65, 0x87];

fn uuid(n: u8) -> Uuid {
    Uuid::from_bytes([n; 16])
}

fn every_kind_of_item() -> Batch {
    let telegram = Telegram::new(ANNEX_T1_FRAME.to_vec());
    let at = Timestamp::parse("2026-03-01T09:30:00.250Z").unwrap();
    let event = |n, kind| {
        Item::Event(Event {
            id: EventId(uuid(n)),
            session: ReadingSessionId(uuid(2)),
            tour: TourId(uuid(3)),
            tour_meter: TourMeterId(uuid(4)),
            at,
            boot: BootId(uuid(5)),
            monotonic_ms: 1_000 + u64::from(n),
            sequence: u64::from(n),
            supersedes: (n == 0x31).then_some(EventId(uuid(0x30))),
            kind,
        })
    };
    let mut batch = Batch::new(BatchId(uuid(1)), ReplicaId(uuid(6)), ReplicaEpoch(uuid(7)));
    batch.clock.push(ClockSample {
        boot: BootId(uuid(5)),
        taken_at: at,
        offset_ms: -1_250,
        round_trip_ms: 40,
    });
    batch.items = vec![
        Item::Telegram(telegram.clone()),
        Item::Reception(Reception {
            id: ReceptionId(uuid(0x20)),
            telegram: telegram.id,
            session: ReadingSessionId(uuid(2)),
            tour: TourId(uuid(3)),
            received_at: at,
            time_source: TimeSource::Receiver,
            boot: BootId(uuid(5)),
            monotonic_ms: 999,
            sequence: 17,
            rssi_dbm: Some(-71),
            link_mode: Some("T1".into()),
            receiver: None,
        }),
        event(
            0x30,
            EventKind::ManualReading {
                value: "123.50".into(),
                unit: "m³".into(),
                reason: "not_heard".into(),
                confirmed: vec!["below_previous".into()],
                note: None,
            },
        ),
        event(0x31, EventKind::Skip { reason: "no_access".into(), note: Some("dog".into()) }),
        event(0x32, EventKind::Note { text: "new lock".into() }),
        event(0x33, EventKind::Photo { sha256: [0xAB; 32], media_type: "image/jpeg".into() }),
    ];
    batch
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares with the golden file, or writes it where `UPDATE_GOLDEN` is set.
fn check_golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{}", path.display());
}

#[test]
fn a_batch_of_schema_1_is_written_as_it_was_released() {
    let mut cbor = Vec::new();
    minicbor::encode(every_kind_of_item(), &mut cbor).unwrap();
    check_golden("batch-v1.cbor.hex", &(to_hex(&cbor) + "\n"));
}

#[test]
fn a_body_of_schema_1_is_read_as_it_was_released() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/batch-v1.body.hex");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, to_hex(&body::write(&every_kind_of_item())) + "\n").unwrap();
    }
    let released = from_hex(&std::fs::read_to_string(path).unwrap());
    assert_eq!(body::read(&released, &BodyLimits::DEFAULT).unwrap(), every_kind_of_item());
}

#[test]
fn keys_that_a_newer_handheld_adds_are_skipped() {
    let mut cbor = Vec::new();
    minicbor::encode(every_kind_of_item(), &mut cbor).unwrap();
    // The batch is a map of six entries: make it one of seven and add key 99.
    assert_eq!(cbor[0], 0xA6);
    cbor[0] = 0xA7;
    cbor.extend([0x18, 99, 0x63, b'n', b'e', b'w']);
    let body = zstd::bulk::compress(&cbor, 1).unwrap();
    assert_eq!(body::read(&body, &BodyLimits::DEFAULT).unwrap(), every_kind_of_item());
}

#[test]
fn a_batch_of_a_newer_schema_is_refused_by_name() {
    let batch = Batch { schema: SCHEMA + 1, ..every_kind_of_item() };
    let error = body::read(&body::write(&batch), &BodyLimits::DEFAULT).unwrap_err();
    assert!(matches!(error, BodyError::NewerSchema { found } if found == SCHEMA + 1));
}

#[test]
fn a_body_that_was_cut_short_is_refused() {
    let body = body::write(&every_kind_of_item());
    for length in 0..body.len() {
        assert!(
            body::read(&body[..length], &BodyLimits::DEFAULT).is_err(),
            "{length} of {} bytes",
            body.len()
        );
    }
}

#[test]
fn bytes_behind_the_batch_are_refused() {
    let mut cbor = Vec::new();
    minicbor::encode(every_kind_of_item(), &mut cbor).unwrap();
    let position = cbor.len();
    cbor.push(0);
    let error = body::read(&zstd::bulk::compress(&cbor, 1).unwrap(), &BodyLimits::DEFAULT).unwrap_err();
    assert!(matches!(error, BodyError::Encoding { position: found } if found == position));
}

#[test]
fn a_decompression_bomb_is_refused_at_the_limit() {
    let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 19).unwrap();
    assert!(bomb.len() < BodyLimits::DEFAULT.compressed);
    let error = body::read(&bomb, &BodyLimits::DEFAULT).unwrap_err();
    assert!(matches!(error, BodyError::TooLarge { limit } if limit == BodyLimits::DEFAULT.decoded));
}

#[test]
fn a_list_that_claims_more_items_than_there_are_bytes_is_refused() {
    // Map of one entry: key 5, an array that claims 2^32 items.
    let cbor = [0xA1, 0x05, 0x9A, 0xFF, 0xFF, 0xFF, 0xFF];
    let error = body::read(&zstd::bulk::compress(&cbor, 1).unwrap(), &BodyLimits::DEFAULT).unwrap_err();
    assert!(matches!(error, BodyError::Encoding { .. }));
}

#[test]
fn too_many_items_are_refused_with_both_numbers() {
    let limits = BodyLimits { items: 5, ..BodyLimits::DEFAULT };
    let error = body::read(&body::write(&every_kind_of_item()), &limits).unwrap_err();
    assert!(matches!(error, BodyError::TooManyItems { items: 6, limit: 5 }));
}

#[test]
fn the_json_of_each_answer_is_as_it_was_released() {
    let answer = PushAnswer {
        batch: BatchId(uuid(1)),
        digest: Digest::of(b"body"),
        server_epoch: 1,
        commit: 42,
        safe_commit: 40,
        server_time: Timestamp::parse("2026-03-01T10:00:00Z").unwrap(),
        outcomes: join_outcomes([
            ItemOutcome::Accepted,
            ItemOutcome::Accepted,
            ItemOutcome::Duplicate,
            ItemOutcome::Quarantined { code: "telegram_id_mismatch".into() },
        ]),
    };
    check_golden("push-answer-v1.json", &(serde_json::to_string_pretty(&answer).unwrap() + "\n"));

    let page = ChangesPage {
        changes: vec![
            Change::Tour(Tour {
                id: TourId(uuid(3)),
                name: "Harbour".into(),
                meters: 1,
                due_date: Some("2025-12-31".into()),
            }),
            Change::TourMeter(Box::new(TourMeter {
                id: TourMeterId(uuid(4)),
                tour: TourId(uuid(3)),
                position: 1,
                street: "Quay".into(),
                house: "7".into(),
                name: "Novak".into(),
                sends: Some("Mon-Fri 08-18".into()),
                link_modes: Some("T1".into()),
                meter_number: "0012345678".into(),
                radio_id: Some("12345678".into()),
                key: Some(MeterKey::new([0x11; 16])),
                previous_value: Some("120.000".into()),
                extra: BTreeMap::from([("extra_route".into(), "A7".into())]),
                ..TourMeter::default()
            })),
            Change::TourWithdrawn { tour: TourId(uuid(9)) },
        ],
        cursor: Cursor("1:17".into()),
        has_more: false,
    };
    let json = serde_json::to_string_pretty(&page).unwrap();
    check_golden("changes-v1.json", &(json.clone() + "\n"));
    assert_eq!(serde_json::from_str::<ChangesPage>(&json).unwrap(), page);

    let problem = Problem::new(ProblemCode::BatchIdReused, "batch 0101 was taken with another body");
    check_golden("problem-v1.json", &(serde_json::to_string_pretty(&problem).unwrap() + "\n"));
}

#[test]
fn a_line_of_an_older_server_reads_without_the_columns_that_came_later() {
    let of_old =
        r#"{"id":"04040404-0404-0404-0404-040404040404","tour":"03030303-0303-0303-0303-030303030303"}"#;
    let line: TourMeter = serde_json::from_str(of_old).unwrap();
    assert_eq!((line.name.as_str(), line.sends), ("", None));
    // And an older handheld passes over what a newer server tells.
    let of_new = r#"{"meter_number":"7","name":"Novak","not_invented_yet":{"a":1}}"#;
    assert_eq!(serde_json::from_str::<TourMeter>(of_new).unwrap().meter_number, "7");
}

#[test]
fn each_item_finds_its_outcome() {
    let outcomes =
        [ItemOutcome::Accepted, ItemOutcome::Duplicate, ItemOutcome::Duplicate, ItemOutcome::Accepted];
    let answer = PushAnswer {
        batch: BatchId(uuid(1)),
        digest: Digest::of(b""),
        server_epoch: 1,
        commit: 1,
        safe_commit: 0,
        server_time: Timestamp::EPOCH,
        outcomes: join_outcomes(outcomes.clone()),
    };
    assert_eq!(answer.outcomes.len(), 3);
    let found: Vec<_> = (0..4).map(|index| answer.outcome(index).unwrap().clone()).collect();
    assert_eq!(found, outcomes);
    assert_eq!(answer.outcome(4), None);
}

#[test]
fn every_problem_code_is_stable_in_json_and_derives_its_status() {
    for &code in ProblemCode::ALL {
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(json, format!("\"{code}\""));
        assert_eq!(serde_json::from_str::<ProblemCode>(&json).unwrap(), code);
        assert!((400..600).contains(&code.status()), "{code}");
    }
    assert_eq!(serde_json::from_str::<ProblemCode>("\"from_the_future\"").unwrap(), ProblemCode::Unknown);
}

#[test]
fn secrets_do_not_show_in_debug_or_errors() {
    let digits = "00112233445566778899AABBCCDDEEFF";
    let key: MeterKey = digits.parse().unwrap();
    assert_eq!(format!("{key:?}"), "MeterKey(hidden)");
    assert_eq!(format!("{:?}", Token::new("abc123".into())), "Token(hidden)");
    let nearly = "00112233445566778899AABBCCDDEEFG";
    assert!(!nearly.parse::<MeterKey>().unwrap_err().to_string().contains("0011"));
    assert_eq!("00112233 44556677 8899aabb ccddeeff".parse::<MeterKey>().unwrap(), key);
}

#[test]
fn a_telegram_is_addressed_by_the_sha_256_of_its_frame() {
    let id = TelegramId::of(b"abc");
    assert_eq!(id.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(id.to_string().parse::<TelegramId>().unwrap(), id);
    assert!("ba78".parse::<TelegramId>().is_err());
    assert!("é".repeat(32).parse::<TelegramId>().is_err());
}

#[test]
fn instants_outside_the_calendar_are_held_at_its_ends() {
    assert!(Timestamp::from_millis(i64::MAX) > Timestamp::from_millis(0));
    assert!(Timestamp::from_millis(i64::MIN) < Timestamp::from_millis(0));
    assert_eq!(Timestamp::from_millis(1_500).to_string(), "1970-01-01T00:00:01.5Z");
    assert_eq!(Timestamp::from_millis(1_000).plus_millis(-250).as_millis(), 750);
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = body::read(&bytes, &BodyLimits::DEFAULT);
        let _ = body::read(&zstd::bulk::compress(&bytes, 1).unwrap(), &BodyLimits::DEFAULT);
    }

    #[test]
    fn a_flipped_bit_in_the_cbor_is_no_panic_and_never_a_second_batch(position in 0usize..400, bit in 0u8..8) {
        let mut cbor = Vec::new();
        minicbor::encode(every_kind_of_item(), &mut cbor).unwrap();
        let position = position % cbor.len();
        cbor[position] ^= 1 << bit;
        if let Ok(batch) = body::read(&zstd::bulk::compress(&cbor, 1).unwrap(), &BodyLimits::DEFAULT) {
            prop_assert_eq!(body::read(&body::write(&batch), &BodyLimits::DEFAULT).unwrap(), batch);
        }
    }

    #[test]
    fn what_is_written_is_read(frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..260), 0..40)) {
        let mut batch = Batch::new(BatchId(uuid(1)), ReplicaId(uuid(2)), ReplicaEpoch(uuid(3)));
        batch.items = frames.into_iter().map(|frame| Item::Telegram(Telegram::new(frame))).collect();
        prop_assert_eq!(body::read(&body::write(&batch), &BodyLimits::DEFAULT).unwrap(), batch);
    }
}
