//! What the engine says has the members that `mobile/ui/src/backend/model.ts` names, no more and no fewer.

use std::collections::{BTreeMap, BTreeSet};

use field_core::app::model::{Event, MeterRow, PairRequest, Settings, Why};
use radio_core::demo;
use serde::Serialize;
use serde_json::{Value, json};
use sync_protocol::TourMeterId;

use crate::common::{demo_lines, tour_id};
use crate::kit::Bench;

const MODEL: &str = include_str!("../../../ui/src/backend/model.ts");
const SHARED_MODEL: &str = include_str!("../../../../ui/src/model.ts");
const PROBLEMS: &str = include_str!("../../../ui/src/backend/problem.ts");

/// Returns the members of every interface, those that it extends included.
fn interfaces() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut open: Option<String> = None;
    for line in MODEL.lines().chain(SHARED_MODEL.lines()) {
        if let Some(head) = line.strip_prefix("export interface ") {
            let words: Vec<&str> = head.trim_end_matches(" {").split_whitespace().collect();
            let inherited = match words.as_slice() {
                [_, "extends", base] => found[*base].clone(),
                _ => BTreeSet::new(),
            };
            found.insert(words[0].to_owned(), inherited);
            open = Some(words[0].to_owned());
        } else if line == "}" {
            open = None;
        } else if let Some(interface) = &open
            && let Some((name, _)) = line.trim().trim_start_matches("readonly ").split_once(": ")
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            found.get_mut(interface).unwrap().insert(name.to_owned());
        }
    }
    found
}

fn members(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

fn said(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

#[track_caller]
fn check(interface: &str, value: &Value) {
    assert_eq!(members(value), interfaces()[interface], "{interface}");
}

/// A walk of the demonstration with everything done that a person can do.
fn busy() -> (Bench, TourMeterId) {
    let demo = demo::walk();
    let mut bench = Bench::with_tour(&demo_lines(&demo));
    bench.start(&demo.replay_jsonl);
    bench.run(3_600_000);
    let is_due = |row: &&MeterRow| matches!(row.why, Why::ReadByRadio { kind: "due_date", .. });
    let read = bench.tour().meters.iter().find(is_due).unwrap().id;
    let now = bench.now();
    bench.app.add_note((tour_id(), read), "ring twice", now, &mut bench.randomness).unwrap();
    (bench, read)
}

#[test]
fn a_meter_says_everything_that_the_window_shows_of_it() {
    let (mut bench, read) = busy();
    let meter = said(bench.meter(read));
    check("MeterDetail", &meter);
    check("MeterValue", &meter["values"][0]);
    check("MeterEvent", &meter["events"][0]);
    check("MeterTelegram", &meter["telegrams"][0]);
    assert_eq!(members(&meter["history"][0]), BTreeSet::from(["date", "kind", "value"].map(str::to_owned)));
    assert_eq!(meter["values"][0]["kind"], "due_date");
    assert!(meter["values"][0]["value"].is_string(), "exact decimals as text");
    let explained =
        said(bench.app.telegram(meter["telegrams"][0]["id"].as_str().unwrap().parse().unwrap()).unwrap());
    check("TelegramExplanation", &explained);
    check("TelegramPart", &explained["parts"][0]);
}

#[test]
fn tours_walks_and_the_sync_say_what_the_window_shows() {
    let (mut bench, read) = busy();
    let tour = said(bench.tour());
    check("Tour", &tour);
    check("MeterRow", &tour["meters"][0]);
    let mut progress = members(&tour["progress"]);
    assert!(progress.remove("meters"));
    let states = SHARED_MODEL.split("METER_STATES = [").nth(1).unwrap().split(']').next().unwrap();
    let states: BTreeSet<String> = states.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(progress, states);
    check("TourSummary", &said(bench.app.tours().unwrap())[0]);
    check("Source", &said(bench.app.sources().unwrap())[0]);
    let walk = said(bench.app.walk(bench.clock.now()).unwrap());
    check("Walk", &walk);
    check("Receiver", &walk["receiver"]);
    check("Sync", &said(bench.app.sync().unwrap()));
    check("Start", &said(bench.app.start(bench.clock.now()).unwrap()));
    check("ReasonCodes", &said(bench.app.reason_codes(tour_id()).unwrap()));
    check("ManualCheck", &said(bench.app.check_manual(tour_id(), read, "1").unwrap()));
    let problem = bench.app.tour(sync_protocol::TourId::default(), bench.clock.now()).unwrap_err();
    check("Problem", &said(&problem));
    assert_eq!(said(problem)["code"], "no_such_tour");
}

#[test]
fn every_event_is_one_of_the_windows() {
    let demo = demo::walk();
    let mut bench = Bench::with_tour(&demo_lines(&demo));
    bench.start(&demo.replay_jsonl);
    let events: Vec<Value> = bench.run(60_000).into_iter().map(|(_, event)| said(event)).collect();
    let of = |kind: &str| events.iter().find(|event| event["event"] == kind).unwrap();
    let names = |value: &Value| members(value).into_iter().collect::<Vec<_>>();
    assert_eq!(names(of("meters")), ["event", "meters", "newly_heard", "progress", "tour"]);
    assert_eq!(names(of("walk")), ["event", "walk"]);
    assert_eq!(names(of("sync")), ["event", "sync"]);
    let tours = said(Event::Tours { tours: bench.app.tours().unwrap() });
    assert_eq!(names(&tours), ["event", "tours"]);
}

#[test]
fn what_the_window_gives_is_read_by_the_names_that_it_writes() {
    let all = interfaces();
    let settings = json!({"language": "zh", "theme": "dark", "sound": false, "vibration": true});
    assert_eq!(members(&settings), all["Settings"]);
    assert_eq!(said(serde_json::from_value::<Settings>(settings.clone()).unwrap()), settings);
    let pair = json!({"server": "s", "code": "c", "handheld_name": "h", "certificate_sha256": null});
    assert_eq!(members(&pair), all["PairRequest"]);
    let read: PairRequest = serde_json::from_value(pair).unwrap();
    assert!(!format!("{read:?}").contains("\"c\""), "the code is hidden");
    let entry = json!({"tour": tour_id(), "meter": tour_id(), "typed": "1", "reason": "r", "confirmed": [], "note": null});
    assert_eq!(members(&entry), all["ManualEntry"]);
    serde_json::from_value::<field_core::app::model::ManualEntry>(entry).unwrap();
}

#[test]
fn the_window_has_words_for_every_code_that_the_engine_says() {
    let sources = [
        include_str!("../../src/app/problem.rs"),
        include_str!("../../src/app/open.rs"),
        include_str!("../../src/app/pairing.rs"),
        include_str!("../../src/app/sources.rs"),
        include_str!("../../src/app/entries.rs"),
        include_str!("../../src/app/tours.rs"),
    ];
    let said = sources.iter().flat_map(|source| {
        ["Problem::lasting(\"", "Problem::passing(\"", "Self::lasting(\"", "Self::passing(\"", "=> \""]
            .into_iter()
            .flat_map(|mark| source.split(mark).skip(1))
            .map(|rest| rest.split('"').next().unwrap())
    });
    let codes: BTreeSet<&str> = said.collect();
    assert!(codes.len() > 25, "{codes:?}");
    for code in codes {
        assert!(PROBLEMS.contains(&format!("'{code}'")), "problem.ts does not know {code}");
    }
}
