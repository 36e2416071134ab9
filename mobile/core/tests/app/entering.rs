//! What a person does at a meter.

use field_core::app::model::{ManualEntry, Why};
use sync_protocol::TourMeter;

use crate::common::{files, line, tour_id};
use crate::kit::Bench;

fn entry(typed: &str, confirmed: &[&str]) -> ManualEntry {
    ManualEntry {
        tour: tour_id(),
        meter: line(1, None).id,
        typed: typed.into(),
        reason: "not_heard".into(),
        confirmed: confirmed.iter().map(|code| (*code).to_owned()).collect(),
        note: Some("behind the sink".into()),
    }
}

#[test]
fn an_implausible_value_is_checked_then_refused_then_taken_once_it_is_confirmed() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    let meter = line(1, None).id;
    let check = bench.app.check_manual(tour_id(), meter, "99,5").unwrap();
    assert_eq!((check.value.as_str(), check.verdicts.as_slice()), ("99.5", &["below_previous"][..]));
    let now = bench.now();
    let refused = bench.app.enter_manual(&entry("99,5", &[]), now, &mut bench.randomness).unwrap_err();
    assert_eq!(refused.code, "not_confirmed");
    assert!(bench.meter(meter).events.is_empty(), "nothing was kept");
    let confirmed = entry("99,5", &["below_previous"]);
    let shown = bench.app.enter_manual(&confirmed, now, &mut bench.randomness).unwrap();
    assert_eq!((shown.row.state, shown.row.why.clone()), ("manual", Why::ReadByHand));
    assert_eq!((shown.row.value.as_deref(), shown.row.unit.as_deref()), (Some("99.5"), Some("m³")));
    let event = &shown.events[0];
    assert_eq!(
        (event.kind, event.confirmed.as_slice()),
        ("manual_reading", &["below_previous".to_owned()][..])
    );
    assert_eq!(event.note.as_deref(), Some("behind the sink"));
    let value = &shown.values[0];
    assert_eq!((value.kind, value.date.as_deref(), value.telegram), ("manual", Some("2026-01-07"), None));
}

#[test]
fn what_is_entered_last_takes_the_place_of_what_stood() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    let (at, now) = ((tour_id(), line(1, None).id), bench.now());
    bench.app.enter_manual(&entry("150", &[]), now, &mut bench.randomness).unwrap();
    bench.app.enter_manual(&entry("151", &[]), now, &mut bench.randomness).unwrap();
    let shown = bench.app.skip(at, "display_dead", None, now, &mut bench.randomness).unwrap();
    assert_eq!(shown.row.state, "skipped");
    assert_eq!(shown.row.why, Why::Skipped { reason: "display_dead".into() });
    let superseded: Vec<_> = shown.events.iter().map(|event| (event.kind, event.superseded)).collect();
    assert_eq!(superseded, [("skip", false), ("manual_reading", true), ("manual_reading", true)]);
    let shown = bench.app.enter_manual(&entry("152", &[]), now, &mut bench.randomness).unwrap();
    assert_eq!((shown.row.state, shown.row.value.as_deref()), ("manual", Some("152")));
    assert_eq!(bench.app.sync().unwrap().waiting, 4, "each is a fact of its own");
    let killed = &mut bench.killed();
    assert_eq!(killed.row(at.1).value.as_deref(), Some("152"));
}

#[test]
fn more_digits_than_the_display_has_and_what_is_no_number_are_told() {
    let mut bench = Bench::with_tour(&[TourMeter { high: None, ..line(1, None) }]);
    let meter = line(1, None).id;
    let check = bench.app.check_manual(tour_id(), meter, "123456").unwrap();
    assert_eq!(check.verdicts, ["too_many_digits", "jump"]);
    for typed in ["", "12a", "1.2,3", "-5"] {
        let refused = bench.app.check_manual(tour_id(), meter, typed).unwrap_err();
        assert_eq!(refused.code, "not_a_number", "{typed:?}");
    }
}

#[test]
fn a_tour_without_a_unit_takes_the_usual_one_of_the_medium() {
    let bare = |medium: &str| TourMeter { unit: None, medium: medium.into(), ..line(1, None) };
    let mut bench = Bench::with_tour(&[bare("Kaltwasser")]);
    let now = bench.now();
    let shown = bench.app.enter_manual(&entry("150", &[]), now, &mut bench.randomness).unwrap();
    assert_eq!(shown.row.unit.as_deref(), Some("m³"));
    let mut bench = Bench::with_tour(&[bare("something")]);
    let refused = bench.app.check_manual(tour_id(), line(1, None).id, "150").unwrap_err();
    assert_eq!(refused.code, "unit_missing");
}

#[test]
fn a_photo_lies_in_the_encrypted_store_and_nowhere_in_the_open() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    let (at, now) = ((tour_id(), line(1, None).id), bench.now());
    let picture = b"\xFF\xD8\xFF what the camera saw".to_vec();
    let refused = bench.app.add_photo(at, "text/plain", picture.clone(), now, &mut bench.randomness);
    assert_eq!(refused.unwrap_err().code, "not_a_picture");
    let refused = bench.app.add_photo(at, "image/jpeg", Vec::new(), now, &mut bench.randomness);
    assert_eq!(refused.unwrap_err().code, "not_a_picture");
    let shown = bench.app.add_photo(at, "image/jpeg", picture, now, &mut bench.randomness).unwrap();
    assert_eq!(shown.events[0].kind, "photo");
    let needle = b"what the camera saw";
    let lies_open = |bytes: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    assert!(files(bench.folder.path()).iter().all(|(_, bytes)| !lies_open(bytes)));
}

#[test]
fn a_note_needs_words_and_a_skip_a_known_reason() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    let (at, now) = ((tour_id(), line(1, None).id), bench.now());
    assert!(bench.app.add_note(at, "  ", now, &mut bench.randomness).is_err());
    assert!(bench.app.skip(at, "tired", None, now, &mut bench.randomness).is_err());
    let shown = bench.app.add_note(at, "ring twice", now, &mut bench.randomness).unwrap();
    assert_eq!((shown.events[0].kind, shown.events[0].note.as_deref()), ("note", Some("ring twice")));
    assert_eq!(shown.row.state, "open");
    let reasons = bench.app.reason_codes(tour_id()).unwrap();
    assert!(reasons.skip.contains(&"no_access".to_owned()) && reasons.manual.contains(&"control".to_owned()));
}
