//! How lines stand: the eight states, alarms, what follows when facts come late, and what is kept of it.

use sync_protocol::{EventKind, Item, ReplicaId, TelegramId, TourId};
use sync_server::Actor;
use sync_server::service::{LineQuery, LineRow, LineSort, LineState, Progress, StateFilter};
use wmbus::encode::{Record, TelegramBuilder};

use crate::kit::{Kit, batch, on_every_store};
use crate::telegrams::{
    KEY, address, doubtful, encrypted, event, heard, hydrodigit, manual_reading, plain, radio_id, reception,
};

on_every_store! {
    a_value_that_can_hardly_be_true_is_implausible_and_a_person_settles_it,
    the_value_is_the_one_of_the_due_date_in_the_unit_of_the_tour,
    a_telegram_without_what_is_billed_is_heard_but_not_read,
    a_late_key_a_late_telegram_and_a_correction_each_change_the_line,
    a_line_tells_its_alarms_until_a_telegram_without_them_comes,
    what_a_makers_own_block_says_reaches_line_readings_and_export,
    a_doubtful_value_is_billed_only_after_a_telegram_that_is_believed,
    lines_are_filtered_sorted_and_paged,
    a_line_shows_everything_that_was_heard_and_done,
    the_values_of_a_meter_are_plotted_over_all_its_tours,
    a_tour_tells_every_handheld_that_has_it_or_pushed_to_it,
    holes_in_what_a_handheld_told_are_reported_whoever_told_it,
    what_was_kept_before_lines_were_derived_is_derived_at_the_next_start,
}

/// A tour whose lines have limits: `previous` 98.1, at most 200 m³, due on 2026-10-31.
const CSV: &str = "meter_no;radio_id;street;house;medium;due_date;prev_value;prev_date;high;unit;digits;name\n\
    m1;00000001;Ring;1;water;2026-10-31;98,1;2025-10-31;200;m³;5;Novak\n\
    m2;00000002;Ring;1;water;2026-10-31;98,1;2025-10-31;200;m³;5;Berg\n\
    m3;00000003;Ring;2;water;2026-10-31;98,1;2025-10-31;200;m³;5;\n\
    m4;;Ring;2;water;2026-10-31;98,1;2025-10-31;200;m³;5;\n";

async fn scene(kit: &Kit) -> (ReplicaId, TourId) {
    let replica = kit.pair("anna").await;
    let tour = kit.released_tour(CSV, replica).await;
    (replica, tour)
}

async fn line(kit: &Kit, tour: TourId, number: usize) -> LineRow {
    kit.lines(tour).await.swap_remove(number - 1)
}

fn told(line: &LineRow) -> (LineState, Option<&str>, Option<&str>) {
    (line.state, line.reason.as_deref(), line.value.as_deref())
}

async fn progress(kit: &Kit, tour: TourId) -> Progress {
    kit.service.tour_overview(tour).await.unwrap().summary.progress
}

async fn a_value_that_can_hardly_be_true_is_implausible_and_a_person_settles_it(kit: &Kit) {
    let (replica, tour) = scene(kit).await;
    // Litres: 12 m³ is below the previous value, 900 m³ above the highest.
    let mut items = heard(1, &plain(1, 1, 13_000, 12_000), tour);
    items.extend(heard(2, &plain(2, 1, 950_000, 900_000), tour));
    kit.push(&batch(replica, 1, items)).await.unwrap();
    let first = line(kit, tour, 1).await;
    assert_eq!(told(&first), (LineState::Implausible, Some("below_previous"), Some("12.000")));
    assert_eq!(
        told(&line(kit, tour, 2).await),
        (LineState::Implausible, Some("above_high"), Some("900.000"))
    );
    assert_eq!(first.consumption, None);
    assert_eq!(
        progress(kit, tour).await,
        Progress { meters: 4, implausible: 2, open: 2, ..Progress::default() }
    );

    let typed = Item::Event(event(1, tour, first.id, manual_reading("123,5")));
    kit.push(&batch(replica, 2, vec![typed])).await.unwrap();
    let settled = line(kit, tour, 1).await;
    assert_eq!(told(&settled), (LineState::Manual, None, Some("123.5")));
    assert_eq!(
        (settled.value_kind.as_deref(), settled.consumption.as_deref()),
        (Some("manual"), Some("25.4"))
    );
    // What was typed stands although it looks wrong, and the line says what does.
    let doubtful = Item::Event(event(2, tour, first.id, manual_reading("12,5")));
    kit.push(&batch(replica, 3, vec![doubtful])).await.unwrap();
    assert_eq!(told(&line(kit, tour, 1).await), (LineState::Manual, Some("below_previous"), Some("12.5")));
    // A plausible value by radio outranks what was typed.
    kit.push(&batch(replica, 4, heard(3, &plain(1, 2, 130_000, 123_529), tour))).await.unwrap();
    assert_eq!(told(&line(kit, tour, 1).await), (LineState::Read, None, Some("123.529")));
}

async fn the_value_is_the_one_of_the_due_date_in_the_unit_of_the_tour(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let csv = "meter_no;radio_id;due_date;unit;prev_value\na;00000001;2026-10-31;l;98100\nb;00000002;2026-12-31;;\n";
    let tour = kit.released_tour(csv, replica).await;
    let mut items = heard(1, &plain(1, 1, 130_000, 123_529), tour);
    items.extend(heard(2, &plain(2, 1, 130_000, 123_529), tour));
    kit.push(&batch(replica, 1, items)).await.unwrap();
    let first = line(kit, tour, 1).await;
    assert_eq!(told(&first), (LineState::Read, None, Some("123529")));
    assert_eq!(
        (first.unit.as_deref(), first.value_kind.as_deref(), first.value_date.as_deref()),
        (Some("l"), Some("due_date"), Some("2026-10-31"))
    );
    assert_eq!(first.consumption.as_deref(), Some("25429"));
    let second = line(kit, tour, 2).await;
    assert_eq!((second.value.as_deref(), second.value_kind.as_deref()), (Some("130.000"), Some("current")));
}

async fn a_telegram_without_what_is_billed_is_heard_but_not_read(kit: &Kit) {
    let (replica, tour) = scene(kit).await;
    let frame = TelegramBuilder::new(address(1).parse().unwrap())
        .record(Record::int16(215).external_temperature(-1))
        .build()
        .unwrap();
    let telegram = sync_protocol::Telegram::new(frame.bytes().to_vec());
    kit.push(&batch(replica, 1, heard(1, &telegram, tour))).await.unwrap();
    let first = line(kit, tour, 1).await;
    assert_eq!(told(&first), (LineState::HeardUndecodable, Some("not_decodable"), None));
    assert_eq!(first.telegram, Some(telegram.id.to_string()));
}

async fn a_late_key_a_late_telegram_and_a_correction_each_change_the_line(kit: &Kit) {
    let (replica, tour) = scene(kit).await;
    let sealed = encrypted(1, 1, 130_000);
    // The reception comes before its telegram: it waits, and the line is open.
    let alone = Item::Reception(reception(1, sealed.id, tour));
    kit.push(&batch(replica, 1, vec![alone])).await.unwrap();
    assert_eq!(told(&line(kit, tour, 1).await), (LineState::Open, None, None));
    kit.push(&batch(replica, 2, vec![Item::Telegram(sealed.clone())])).await.unwrap();
    let no_key = line(kit, tour, 1).await;
    assert_eq!((told(&no_key), no_key.times_heard), ((LineState::HeardNoKey, Some("no_key"), None), 1));
    assert_eq!(kit.service.tour_overview(tour).await.unwrap().summary.missing_keys, 3);

    let import = |key: &str| format!("id;key\n{};{key}\n", radio_id(1));
    let wrong = import("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
    kit.service.import_keys(Actor::Admin, wrong.as_bytes()).await.unwrap();
    assert_eq!(told(&line(kit, tour, 1).await), (LineState::HeardWrongKey, Some("wrong_key"), None));
    kit.service.import_keys(Actor::Admin, import(KEY).as_bytes()).await.unwrap();
    assert_eq!(told(&line(kit, tour, 1).await), (LineState::Read, None, Some("130.000")));
    assert_eq!(kit.service.tour_overview(tour).await.unwrap().summary.missing_keys, 2);

    let second = line(kit, tour, 2).await.id;
    let skip = event(1, tour, second, EventKind::Skip { reason: "no_access".into(), note: None });
    kit.push(&batch(replica, 3, vec![Item::Event(skip.clone())])).await.unwrap();
    assert_eq!(told(&line(kit, tour, 2).await), (LineState::Skipped, Some("no_access"), None));
    let mut corrected = event(2, tour, second, manual_reading("120"));
    corrected.supersedes = Some(skip.id);
    kit.push(&batch(replica, 4, vec![Item::Event(corrected)])).await.unwrap();
    assert_eq!(told(&line(kit, tour, 2).await), (LineState::Manual, None, Some("120")));
}

async fn a_line_tells_its_alarms_until_a_telegram_without_them_comes(kit: &Kit) {
    let (replica, tour) = scene(kit).await;
    let telegram = plain(1, 1, 130_000, 123_529);
    kit.push(&batch(replica, 1, heard(1, &telegram, tour))).await.unwrap();
    let alarmed = line(kit, tour, 1).await;
    assert_eq!(alarmed.alarms, ["power_low"]);
    assert_eq!(kit.service.tour_overview(tour).await.unwrap().summary.alarms, 1);
    let detail = kit.service.line_detail(tour, alarmed.id).await.unwrap();
    assert_eq!(detail.alarm_details[0].telegram, Some(telegram.id.to_string()));

    let frame = TelegramBuilder::new(address(1).parse().unwrap())
        .access_number(2)
        .record(Record::bcd8(131_000).volume(-3))
        .build()
        .unwrap();
    let later = sync_protocol::Telegram::new(frame.bytes().to_vec());
    let mut of_later = reception(2, later.id, tour);
    of_later.received_at = of_later.received_at.plus_millis(60_000);
    let items = vec![Item::Telegram(later), Item::Reception(of_later)];
    kit.push(&batch(replica, 2, items)).await.unwrap();
    assert_eq!(line(kit, tour, 1).await.alarms, Vec::<String>::new());
    assert_eq!(kit.service.tour_overview(tour).await.unwrap().summary.alarms, 0);
}

async fn what_a_makers_own_block_says_reaches_line_readings_and_export(kit: &Kit) {
    let (replica, tour) = scene(kit).await;
    let telegram = hydrodigit(1);
    kit.push(&batch(replica, 1, heard(1, &telegram, tour))).await.unwrap();
    // The month value of the due date lies in the block and has a date of its own.
    let first = line(kit, tour, 1).await;
    assert_eq!(told(&first), (LineState::Read, None, Some("123.45")));
    assert_eq!(
        (first.value_kind.as_deref(), first.value_date.as_deref()),
        (Some("month"), Some("2026-10-31"))
    );
    assert_eq!(first.alarms, ["power_low"], "what the meter only remembers is no alarm of the list");

    let detail = kit.service.line_detail(tour, first.id).await.unwrap();
    let past = &detail.past_alarms[0];
    assert_eq!((past.code.as_str(), past.since.as_deref()), ("magnetic", Some("2026-09-03")));
    assert_eq!((past.until.as_deref(), past.telegram.clone()), (None, Some(telegram.id.to_string())));
    assert_eq!((detail.past_alarms.len(), detail.alarm_details.len()), (1, 1));
    let empty = detail.readings.iter().filter(|reading| reading.value.is_none() && reading.text.is_none());
    assert_eq!(empty.count(), 0, "the block itself is no reading: {:?}", detail.readings);
    let of_october: Vec<_> = detail
        .readings
        .iter()
        .filter(|reading| reading.quantity == "volume")
        .filter(|reading| reading.value_date.as_deref() == Some("2026-10-31"))
        .map(|reading| (reading.value.as_deref(), reading.value_kind.as_str()))
        .collect();
    assert_eq!(of_october, [(Some("123.45"), "month")]);

    let export = kit.service.export_readings(Actor::Admin, tour).await.unwrap();
    let due = export.lines().find(|row| row.contains(";due;")).unwrap();
    assert!(due.contains(";123.45;m³;2026-10-31;due;"), "{due}");
    assert!(due.ends_with(";magnetic:past:since=2026-09-03 power_low"), "{due}");

    // Derived again, it is the same.
    let dump = kit.service.dump().await.unwrap();
    let service = kit.reopened().await;
    assert_eq!(service.dump().await.unwrap(), dump);
    assert!(dump.contains("magnetic:past:since=2026-09-03"), "{dump}");
}

async fn a_doubtful_value_is_billed_only_after_a_telegram_that_is_believed(kit: &Kit) {
    let (replica, tour) = scene(kit).await;
    kit.push(&batch(replica, 1, heard(1, &doubtful(1, 130_000), tour))).await.unwrap();
    let first = line(kit, tour, 1).await;
    assert_eq!(told(&first), (LineState::Implausible, Some("doubtful"), Some("130.000")));
    let export = async || kit.service.export_readings(Actor::Admin, tour).await.unwrap();
    let quality = |export: &str| export.lines().nth(1).unwrap().split(';').nth(16).unwrap().to_owned();
    assert_eq!(quality(&export().await), "doubtful");
    let history = kit.service.line_history(tour, first.id).await.unwrap();
    let points = history.series.iter().flat_map(|series| &series.points);
    assert!(points.clone().all(|point| point.kind == "previous"), "{history:?}");

    // The same value again, in a telegram without fault.
    kit.push(&batch(replica, 2, heard(2, &plain(1, 1, 130_000, 120_000), tour))).await.unwrap();
    let second = line(kit, tour, 1).await;
    assert_eq!(told(&second), (LineState::Read, None, Some("120.000")));
    assert_eq!(quality(&export().await), "ok");
    assert!(!export().await.contains("doubtful"));
}

async fn lines_are_filtered_sorted_and_paged(kit: &Kit) {
    let (replica, tour) = scene(kit).await;
    let mut items = heard(1, &plain(1, 1, 150_000, 140_000), tour);
    items.extend(heard(2, &plain(3, 1, 150_000, 120_000), tour));
    kit.push(&batch(replica, 1, items)).await.unwrap();
    let numbers = async |query: LineQuery| {
        let page = kit.service.lines(tour, &LineQuery { limit: 500, ..query }).await.unwrap();
        assert_eq!(page.total as usize, page.lines.len());
        page.lines.into_iter().map(|line| line.meter_number).collect::<Vec<_>>()
    };
    let all = LineQuery::default;
    assert_eq!(numbers(LineQuery { sort: LineSort::Value, ..all() }).await, ["m3", "m1", "m2", "m4"]);
    assert_eq!(numbers(LineQuery { state: Some(StateFilter::Missing), ..all() }).await, ["m2", "m4"]);
    assert_eq!(numbers(LineQuery { house: Some("Ring 2".into()), ..all() }).await, ["m3", "m4"]);
    assert_eq!(numbers(LineQuery { text: Some("nov".into()), ..all() }).await, ["m1"]);
    assert_eq!(numbers(LineQuery { alarm: Some("power_low".into()), ..all() }).await, ["m1", "m3"]);
    let first = kit.service.lines(tour, &LineQuery { limit: 3, ..all() }).await.unwrap();
    assert_eq!((first.lines.len(), first.total), (3, 4));
    let next = LineQuery { limit: 3, cursor: first.cursor, ..all() };
    let second = kit.service.lines(tour, &next).await.unwrap();
    assert_eq!((second.lines[0].meter_number.as_str(), second.cursor), ("m4", None));
}

async fn a_line_shows_everything_that_was_heard_and_done(kit: &Kit) {
    let (replica, tour) = scene(kit).await;
    let telegram = plain(1, 1, 150_000, 140_000);
    let mut items = heard(1, &telegram, tour);
    let mut again = reception(2, telegram.id, tour);
    again.rssi_dbm = Some(-60);
    items.push(Item::Reception(again));
    let id = line(kit, tour, 1).await.id;
    let note = event(1, tour, id, EventKind::Note { text: "dog".into() });
    let mut corrected = event(2, tour, id, EventKind::Note { text: "two dogs".into() });
    corrected.supersedes = Some(note.id);
    items.extend([Item::Event(note.clone()), Item::Event(corrected.clone())]);
    kit.push(&batch(replica, 1, items)).await.unwrap();

    let detail = kit.service.line_detail(tour, id).await.unwrap();
    assert_eq!((detail.row.times_heard, detail.row.handheld.as_deref()), (2, Some("anna")));
    let readings: Vec<_> = detail
        .readings
        .iter()
        .map(|reading| (reading.quantity.as_str(), reading.storage, reading.value_kind.as_str()))
        .collect();
    let expected = [
        ("volume", 0, "current"),
        ("volume", 1, "due_date"),
        ("date", 1, "due_date"),
        ("external_temperature", 0, "current"),
    ];
    assert_eq!(readings, expected);
    let heard = &detail.telegrams[0];
    assert_eq!((heard.receptions, heard.best_rssi_dbm, heard.content.as_str()), (2, Some(-60), "records"));
    let events: Vec<_> =
        detail.events.iter().map(|event| (event.note.as_deref(), event.superseded_by.clone())).collect();
    assert_eq!(events, [(Some("two dogs"), None), (Some("dog"), Some(corrected.id.to_string()))]);
}

async fn the_values_of_a_meter_are_plotted_over_all_its_tours(kit: &Kit) {
    let (replica, spring) = scene(kit).await;
    let autumn = kit.released_tour(CSV, replica).await;
    let (early, late) = (plain(1, 1, 130_000, 120_000), plain(1, 2, 150_000, 120_000));
    kit.push(&batch(replica, 1, heard(1, &early, spring))).await.unwrap();
    kit.push(&batch(replica, 2, heard(2, &late, autumn))).await.unwrap();
    let id = line(kit, autumn, 1).await.id;
    let history = kit.service.line_history(autumn, id).await.unwrap();
    let points: Vec<_> = history.series[0]
        .points
        .iter()
        .map(|point| (point.date.as_str(), point.value.as_str(), point.kind.as_str(), point.telegram.clone()))
        .collect();
    let from = |id: TelegramId| Some(id.to_string());
    assert_eq!(
        points,
        [
            ("2025-10-31", "98.1", "previous", None),
            ("2026-10-31", "120.000", "due_date", from(late.id)),
            ("2026-11-21", "150.000", "current", from(late.id)),
        ]
    );
    assert_eq!((history.series.len(), history.series[0].unit.as_str()), (1, "m³"));
}

async fn a_tour_tells_every_handheld_that_has_it_or_pushed_to_it(kit: &Kit) {
    let (anna, tour) = scene(kit).await;
    let berta = kit.pair("berta").await;
    kit.service.changes(anna, None, 1_000).await.unwrap();
    kit.advance_seconds(60);
    kit.push(&batch(berta, 1, heard(1, &plain(1, 1, 150_000, 140_000), tour))).await.unwrap();
    let summary = kit.service.tour_overview(tour).await.unwrap().summary;
    let mut told: Vec<_> = summary
        .handhelds
        .iter()
        .map(|one| (one.name.as_str(), one.assigned, one.pulled_at.is_some(), one.pushed_at.is_some()))
        .collect();
    told.sort_unstable();
    assert_eq!(told, [("anna", true, true, false), ("berta", false, false, true)]);
    assert_eq!(summary.replicas, [anna]);
    assert_eq!(summary.changed_at, kit.service.now());
}

async fn holes_in_what_a_handheld_told_are_reported_whoever_told_it(kit: &Kit) {
    let (anna, tour) = scene(kit).await;
    let telegram = plain(1, 1, 150_000, 140_000);
    let line = line(kit, tour, 1).await.id;
    let received = |id: u128, sequence: u64| {
        Item::Reception(sync_protocol::Reception { sequence, ..reception(id, telegram.id, tour) })
    };
    let done = |sequence: u64| {
        Item::Event(sync_protocol::Event { sequence, ..event(1, tour, line, manual_reading("7")) })
    };
    // 3 waits for its telegram, 5 is an event.
    let waiting = sync_protocol::Reception { sequence: 3, ..reception(9, TelegramId([9; 32]), tour) };
    let items = vec![Item::Telegram(telegram.clone()), received(1, 1), Item::Reception(waiting), done(5)];
    kit.push(&batch(anna, 1, items)).await.unwrap();
    // Paired again, the same handheld goes on in the same life under another name.
    let again = kit.pair("anna again").await;
    kit.push(&batch(again, 2, vec![received(2, 8)])).await.unwrap();
    for replica in [anna, again] {
        let report = kit.service.gaps(replica).await.unwrap();
        assert_eq!((report.replica, report.quarantined, report.epochs.len()), (replica, 0, 1));
        let life = &report.epochs[0];
        assert_eq!((life.first, life.last, life.facts, life.is_tail_unknown), (1, 8, 4, false));
        let holes: Vec<_> = life.missing.iter().map(|hole| (hole.from, hole.to)).collect();
        assert_eq!(holes, [(2, 2), (4, 4), (6, 7)]);
    }
    let unknown = kit.service.gaps(ReplicaId(uuid::Uuid::from_u128(1))).await.unwrap_err();
    assert_eq!(unknown.code(), sync_protocol::ProblemCode::NotFound);
}

async fn what_was_kept_before_lines_were_derived_is_derived_at_the_next_start(kit: &Kit) {
    let (replica, tour) = scene(kit).await;
    kit.push(&batch(replica, 1, heard(1, &plain(1, 1, 150_000, 140_000), tour))).await.unwrap();
    let id = line(kit, tour, 1).await.id;
    // As the migration leaves it: no standing, and every line stale.
    let mut tx = kit.store.begin().await.unwrap();
    let kept = tx.standings(tour).await.unwrap();
    let forgotten = kept.into_iter().map(|row| sync_server::store::StandingRow {
        state: "open".to_owned(),
        has_alarm: false,
        standing: "{}".to_owned(),
        ..row
    });
    let forgotten = forgotten.collect();
    tx.put_standings(forgotten).await.unwrap();
    tx.mark_stale(vec![id]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(line(kit, tour, 1).await.state, LineState::Open);
    kit.service.derive_pending().await.unwrap();
    assert_eq!(told(&line(kit, tour, 1).await), (LineState::Read, None, Some("140.000")));
}
