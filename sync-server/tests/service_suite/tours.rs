//! Tours: from the office's CSV, with progress.

use sync_protocol::{EventKind, Item, MeterKey, ProblemCode, TourId};
use sync_server::Actor;
use sync_server::import::Verdict;
use sync_server::service::{LineState, Progress};
use uuid::Uuid;

use crate::kit::{Kit, batch, on_every_store};
use crate::telegrams::{KEY, encrypted, event, heard, manual_reading, plain};

on_every_store! {
    a_tour_keeps_its_good_rows_and_says_what_is_wrong_with_the_others,
    every_column_comes_back_as_it_was_and_keys_are_kept_apart,
    a_file_without_a_good_row_makes_no_tour,
    progress_counts_every_line_in_one_state,
    a_meter_heard_on_another_tour_is_not_read_on_this_one,
    a_name_that_is_no_name_is_refused,
}

const CSV: &str = "seq;street;house;meter_no;radio_id;key;due_date;prev_value;colour;name;sends\n\
    2;Lindenstraße;4;0001;00000001;000102030405060708090A0B0C0D0E0F;31.10.2026;98,100;red;Novak;Mo-Fr 8-18\n\
    1;Lindenstraße;2;0002;2;;31.10.2026;;;;\n\
    3;Lindenstraße;6;0003;nonsense;;;;;;\n";

async fn a_tour_keeps_its_good_rows_and_says_what_is_wrong_with_the_others(kit: &Kit) {
    let import = kit.service.create_tour(Actor::Admin, "north", CSV.as_bytes()).await.unwrap();
    assert_eq!((import.accepted, import.refused), (2, 1));
    let verdicts: Vec<_> = import.rows.iter().map(|row| (row.line, row.verdict)).collect();
    assert_eq!(verdicts, [(2, Verdict::Accepted), (3, Verdict::AcceptedWithWarnings), (4, Verdict::Refused)]);
    let finding = &import.rows[2].findings[0];
    assert_eq!((finding.code, finding.column.as_str()), ("bad_radio_id", "radio_id"));
    let tour = import.tour.unwrap();
    let summary = kit.service.tour_overview(tour).await.unwrap().summary;
    assert_eq!((summary.name.as_str(), summary.meters, summary.missing), ("north", 2, 2));
    assert_eq!(summary.due_date.as_deref(), Some("2026-10-31"));
    let numbers: Vec<_> = kit.lines(tour).await.into_iter().map(|line| line.meter_number).collect();
    assert_eq!(numbers, ["0002", "0001"], "walking order");
}

async fn every_column_comes_back_as_it_was_and_keys_are_kept_apart(kit: &Kit) {
    let import = kit.service.create_tour(Actor::Admin, "north", CSV.as_bytes()).await.unwrap();
    let tour = import.tour.unwrap();
    let lines = kit.lines(tour).await;
    let line = lines.iter().find(|line| line.meter_number == "0001").unwrap();
    let line = kit.service.line_detail(tour, line.id).await.unwrap();
    assert_eq!(line.row.radio_id.as_deref(), Some("00000001"));
    assert_eq!(line.row.previous_value.as_deref(), Some("98.100"));
    assert_eq!(line.extra.get("colour").map(String::as_str), Some("red"));
    assert_eq!((line.row.name.as_str(), line.sends.as_deref()), ("Novak", Some("Mon-Fri 08-18")));
    assert!(line.row.has_key);
    assert!(!serde_json::to_string(&line).unwrap().contains(&KEY.parse::<MeterKey>().unwrap().expose_hex()));
    assert!(!lines.iter().find(|line| line.meter_number == "0002").unwrap().has_key);
}

async fn a_file_without_a_good_row_makes_no_tour(kit: &Kit) {
    let import =
        kit.service.create_tour(Actor::Admin, "north", b"meter_no;radio_id\n;\na;zz\n").await.unwrap();
    assert_eq!((import.tour, import.accepted, import.refused), (None, 0, 1));
    assert_eq!(kit.service.tours().await.unwrap(), []);
    let refused = kit.service.create_tour(Actor::Admin, "north", b"street\nx\n").await.unwrap_err();
    assert_eq!(refused.code(), ProblemCode::Unprocessable);
}

async fn progress_counts_every_line_in_one_state(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let mut csv = "meter_no;radio_id\n".to_owned();
    for number in 1..=6 {
        csv.push_str(&format!("m{number};{number:08}\n"));
    }
    let tour = kit.released_tour(&csv, replica).await;
    let lines = kit.lines(tour).await;
    let id = |position: usize| lines[position - 1].id;
    let mut items = heard(1, &plain(1, 1, 100, 90), tour);
    items.extend(heard(2, &plain(1, 2, 101, 90), tour));
    items.extend(heard(3, &encrypted(2, 1, 100), tour));
    let skip = EventKind::Skip { reason: "no_access".to_owned(), note: None };
    items.push(Item::Event(event(1, tour, id(3), skip.clone())));
    items.push(Item::Event(event(2, tour, id(4), manual_reading("12.5"))));
    // Meter 5 was skipped first and read by hand later: a correction, the skip stays as a fact.
    let mut correction = event(4, tour, id(5), manual_reading("7"));
    correction.supersedes = Some(event(3, tour, id(5), skip.clone()).id);
    items.push(Item::Event(event(3, tour, id(5), skip)));
    items.push(Item::Event(correction));
    kit.push(&batch(replica, 1, items)).await.unwrap();

    let summary = kit.service.tour_overview(tour).await.unwrap().summary;
    assert_eq!((summary.meters, summary.done, summary.missing), (6, 3, 3));
    let expected = Progress {
        meters: 6,
        read: 1,
        manual: 2,
        skipped: 1,
        heard_no_key: 1,
        open: 1,
        ..Progress::default()
    };
    assert_eq!(summary.progress, expected);
    let lines = kit.lines(tour).await;
    let states: Vec<_> =
        lines.iter().map(|line| (line.meter_number.as_str(), line.state, line.times_heard)).collect();
    assert_eq!(
        states,
        [
            ("m1", LineState::Read, 2),
            ("m2", LineState::HeardNoKey, 1),
            ("m3", LineState::Skipped, 0),
            ("m4", LineState::Manual, 0),
            ("m5", LineState::Manual, 0),
            ("m6", LineState::Open, 0),
        ]
    );
    assert_eq!(kit.service.tours().await.unwrap(), [summary]);
}

async fn a_meter_heard_on_another_tour_is_not_read_on_this_one(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let spring = kit.released_tour("meter_no;radio_id\na;00000001\n", replica).await;
    kit.advance_seconds(60);
    let autumn = kit.released_tour("meter_no;radio_id\na;00000001\n", replica).await;
    kit.push(&batch(replica, 1, heard(1, &plain(1, 1, 100, 90), spring))).await.unwrap();
    let tours = kit.service.tours().await.unwrap();
    assert_eq!(tours.iter().map(|tour| (tour.id, tour.done)).collect::<Vec<_>>(), [(autumn, 0), (spring, 1)]);
}

async fn a_name_that_is_no_name_is_refused(kit: &Kit) {
    for name in ["", "  ", "a\0b", &"x".repeat(201)] {
        let refused = kit.service.create_tour(Actor::Admin, name, b"meter_no\na\n").await.unwrap_err();
        assert_eq!(refused.code(), ProblemCode::Unprocessable, "{name:?}");
    }
    let unknown = kit.service.tour_overview(TourId(Uuid::from_u128(1))).await.unwrap_err();
    assert_eq!(unknown.code(), ProblemCode::NotFound);
}
