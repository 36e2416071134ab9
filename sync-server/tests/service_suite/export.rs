//! The CSV for billing.

use sync_protocol::{EventKind, Item, ProblemCode, TourId};
use sync_server::Actor;
use sync_server::service::NewCorrection;
use uuid::Uuid;

use crate::kit::{Kit, batch, on_every_store};
use crate::telegrams::{encrypted, event, heard, manual_reading, plain};

on_every_store! {
    every_line_of_a_tour_is_in_the_export_with_its_registers,
    a_value_that_can_hardly_be_true_says_why,
    two_due_values_that_differ_are_marked,
    a_cell_is_never_a_formula,
    a_correction_stands_beside_what_was_read,
}

async fn every_line_of_a_tour_is_in_the_export_with_its_registers(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let csv = "meter_no;radio_id;due_date;zone\nm1;00000001;2026-10-31;7\nm2;00000002;;8\nm3;00000003;;\nm4;00000004;;\nm5;00000005;;\n";
    let tour = kit.released_tour(csv, replica).await;
    let lines = kit.lines(tour).await;
    let mut items = heard(1, &plain(1, 1, 123_450, 98_100), tour);
    let mut later = heard(2, &plain(1, 2, 123_460, 98_100), tour);
    if let Item::Reception(reception) = &mut later[1] {
        reception.received_at = reception.received_at.plus_millis(1_000);
    }
    items.extend(later);
    items.extend(heard(3, &encrypted(2, 1, 5), tour));
    let skip = EventKind::Skip { reason: "no_access".to_owned(), note: Some("dog".to_owned()) };
    items.push(Item::Event(event(1, tour, lines[2].id, skip)));
    items.push(Item::Event(event(2, tour, lines[3].id, manual_reading("12.5"))));
    kit.push(&batch(replica, 1, items)).await.unwrap();

    let export = kit.service.export_readings(Actor::Admin, tour).await.unwrap();
    let expected = "\
tour;meter_no;radio_id;register;value;unit;value_date;value_kind;read_at_utc;read_method;reader;handheld;receiver;rssi;status_hex;status_text;quality;reason_code;note;alarms;extra_zone\r
north;m1;00000001;volume;98.100;m³;2026-10-31;due;2026-11-21T07:00:01Z;radio;anna;anna;stick;-71;04;STATUS;ok;;;power_low;7\r
north;m1;00000001;volume;123.460;m³;;current;2026-11-21T07:00:01Z;radio;anna;anna;stick;-71;04;STATUS;ok;;;power_low;7\r
north;m2;00000002;;;;;;;;;;;;;;heard_no_key;;;;8\r
north;m3;00000003;;;;;;2026-11-21T07:00:00Z;;anna;anna;;;;;skipped;no_access;dog;;\r
north;m4;00000004;;12.5;m³;;manual;2026-11-21T07:00:00Z;manual;anna;anna;;;;;;not_heard;;;\r
north;m5;00000005;;;;;;;;;;;;;;open;;;;\r
";
    let status = wmbus::Status(0x04).to_string();
    assert_eq!(export, expected.replace("STATUS", &status));
    let audit = kit.service.audit(None, 1).await.unwrap();
    assert_eq!((audit[0].action.as_str(), audit[0].subject.as_str()), ("export", tour.to_string().as_str()));
    let unknown = kit.service.export_readings(Actor::Admin, TourId(Uuid::from_u128(1))).await.unwrap_err();
    assert_eq!(unknown.code(), ProblemCode::NotFound);
}

async fn a_value_that_can_hardly_be_true_says_why(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let csv = "meter_no;radio_id;due_date;prev_value;unit\nm1;00000001;2026-10-31;100;m³\n";
    let tour = kit.released_tour(csv, replica).await;
    kit.push(&batch(replica, 1, heard(1, &plain(1, 1, 123_450, 98_100), tour))).await.unwrap();
    let export = kit.service.export_readings(Actor::Admin, tour).await.unwrap();
    let qualities: Vec<_> = export.lines().skip(1).map(|line| line.split(';').nth(16).unwrap()).collect();
    assert_eq!(qualities, ["below_previous", "ok"], "{export}");
}

async fn two_due_values_that_differ_are_marked(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = kit.released_tour("meter_no;radio_id\nm1;00000001\n", replica).await;
    let (one, other) = (plain(1, 1, 123_450, 98_100), plain(1, 2, 123_450, 98_200));
    let mut items = heard(1, &one, tour);
    items.extend(heard(2, &other, tour));
    kit.push(&batch(replica, 1, items)).await.unwrap();
    let export = kit.service.export_readings(Actor::Admin, tour).await.unwrap();
    let due = export.lines().find(|line| line.contains(";due;")).unwrap();
    // Heard at the same time: the lowest content address wins, on every server.
    let picked = if one.id < other.id { "98.100" } else { "98.200" };
    assert!(due.contains(&format!(";{picked};")) && due.contains(";contradiction;"), "{due}");
    assert_eq!(export.lines().count(), 3);
}

async fn a_cell_is_never_a_formula(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = kit.released_tour("meter_no;radio_id;zone\n=1+1;00000001;\"-2;\"\"x\"\"\"\n", replica).await;
    let line = kit.lines(tour).await[0].id;
    let negative = Item::Event(event(1, tour, line, manual_reading("-3.5")));
    kit.push(&batch(replica, 1, vec![negative])).await.unwrap();
    let export = kit.service.export_readings(Actor::Admin, tour).await.unwrap();
    let row = export.lines().nth(1).unwrap();
    assert!(row.starts_with("north;'=1+1;00000001;;-3.5;m³;"), "{row}");
    assert!(row.ends_with(";\"'-2;\"\"x\"\"\""), "{row}");
}

async fn a_correction_stands_beside_what_was_read(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = kit.released_tour("meter_no;radio_id\nm1;00000001\n", replica).await;
    kit.push(&batch(replica, 1, heard(1, &plain(1, 1, 123_450, 98_100), tour))).await.unwrap();
    let correction = NewCorrection {
        tour_meter: kit.lines(tour).await[0].id,
        quantity: "volume".to_owned(),
        value: "98.200".to_owned(),
        unit: "m³".to_owned(),
        value_date: Some("2026-10-31".to_owned()),
        reason: "meter was exchanged".to_owned(),
    };
    for bad in [
        NewCorrection { value: "98,2".to_owned(), ..correction.clone() },
        NewCorrection { reason: " ".to_owned(), ..correction.clone() },
        NewCorrection { value_date: Some("yesterday".to_owned()), ..correction.clone() },
        NewCorrection { unit: "\0".to_owned(), ..correction.clone() },
    ] {
        let refused = kit.service.correct(Actor::Admin, bad).await.unwrap_err();
        assert_eq!(refused.code(), ProblemCode::Unprocessable);
    }
    kit.service.correct(Actor::Admin, correction).await.unwrap();
    let export = kit.service.export_readings(Actor::Admin, tour).await.unwrap();
    let values: Vec<_> = export.lines().skip(1).map(|line| line.split(';').nth(4).unwrap()).collect();
    assert_eq!(values, ["98.100", "123.450", "98.200"]);
    assert!(
        export
            .contains(";manual;2026-11-21T08:00:00Z;manual;admin;;;;;;correction;;meter was exchanged;\r\n"),
        "{export}"
    );
}
