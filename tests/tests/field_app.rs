//! The app's engine on its own thread, against a real server: what the window does, without the window.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use e2e::office::{Office, text};
use e2e::server::Setup;
use field_core::Passphrase;
use field_core::app::model::{Event, ManualEntry, PairRequest, ReceiverState};
use field_core::app::{Engine, Options};
use radio_core::demo;
use radio_core::replay::Replay;
use sync_protocol::Token;
use walkby_emulators::serve::Station;
use walkby_emulators::{AirTelegram, Kind};
use wmbus::{FrameFormat, LinkMode};

/// The engine as the window starts it, on a machine without a keyring.
fn engine(folder: &Path) -> (Engine, Receiver<Event>) {
    let mut options = Options::new(folder.join("field"));
    options.keyring = || None;
    options.replay_speed = None;
    let (said, hear) = channel();
    let engine = Engine::start(options, move |event| {
        let _ = said.send(event);
    });
    (engine.unwrap(), hear)
}

fn passphrase() -> Option<Passphrase> {
    Some(Passphrase::new("a passphrase of this test".into()))
}

/// Hears events until one is what is waited for.
fn wait_for(hear: &Receiver<Event>, what: impl Fn(&Event) -> bool) -> Event {
    loop {
        let event = hear.recv_timeout(std::time::Duration::from_secs(60)).expect("the engine fell silent");
        if what(&event) {
            return event;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_pairs_walks_types_and_gets_a_receipt_and_the_office_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::in_folder(folder.path()).unwrap();
    let server = setup.start().unwrap();
    let office = Office::log_in(&server.address, &setup.admin_password).await.unwrap();
    let demo = demo::walk();
    office.import_keys(demo.keys_csv.clone()).await.unwrap();
    let tour = text(&office.create_tour("Lindenweg", demo.tour_csv.clone()).await.unwrap(), "tour").unwrap();

    let (app, hear) = engine(folder.path());
    assert_eq!(app.open(None).await.unwrap_err().code, "no_keyring");
    let start = app.open(passphrase()).await.unwrap();
    assert_eq!((start.pairing, start.open_walk), (None, None));
    assert_eq!(app.exchange().await.unwrap_err().code, "unauthorized");
    let request = |code: String| PairRequest {
        server: server.address.clone(),
        code: Token::new(code),
        handheld_name: "Anna's handheld".into(),
        certificate_sha256: None,
    };
    let refused = app.pair(request("WRNG-C0DE-WRNG-C0DE".into())).await.unwrap_err();
    assert_eq!(refused.code, "wrong_pairing_code");
    let pairing = app.pair(request(office.pairing_code().await.unwrap())).await.unwrap();
    assert_eq!(pairing.handheld_name, "Anna's handheld");

    let handhelds = office.get("handhelds").await.unwrap();
    let replica = text(&handhelds["handhelds"][0], "replica").unwrap();
    office.release(&tour, &replica).await.unwrap();
    let sync = app.exchange().await.unwrap();
    assert!(sync.failure.is_none() && sync.last_pulled_at.is_some());
    let tours = app.ask(|app, _, _| app.tours()).await.unwrap();
    assert_eq!((tours[0].name.as_str(), tours[0].progress.meters, tours[0].whole), ("Lindenweg", 24, true));

    let (id, recording) = (tours[0].id, demo.replay_jsonl.clone());
    app.ask(move |app, now, randomness| {
        let source = app.add_recording("Lindenweg", recording.as_bytes())?;
        app.start_walk(id, &source.id, now, randomness)
    })
    .await
    .unwrap();
    wait_for(&hear, |event| matches!(event, Event::Walk { walk } if walk.finished));
    let walked = app.ask(move |app, now, _| app.tour(id, now)).await.unwrap();
    assert!(walked.summary.progress.read > 10);
    let silent = walked.meters.iter().find(|row| row.state == "open").unwrap().id;
    let check = app.ask(move |app, _, _| app.check_manual(id, silent, "123456")).await.unwrap();
    assert!(!check.verdicts.is_empty(), "it is implausible, and the reader is warned");
    let entry = ManualEntry {
        tour: id,
        meter: silent,
        typed: "123456".into(),
        reason: "not_heard".into(),
        confirmed: check.verdicts.iter().map(|code| (*code).to_owned()).collect(),
        note: None,
    };
    let typed = app.ask(move |app, now, randomness| app.enter_manual(&entry, now, randomness)).await.unwrap();
    assert_eq!(typed.row.state, "manual");

    let waiting = app.ask(|app, _, _| app.sync()).await.unwrap().waiting;
    assert!(waiting > 24, "{waiting}");
    let sync = app.exchange().await.unwrap();
    assert_eq!((sync.waiting, sync.in_flight, sync.quarantined), (0, 0, 0));
    assert_eq!(sync.receipted + sync.safe, waiting);
    assert!(sync.last_receipt_at.is_some());
    let seen = office.get_text(&format!("readings.csv?tour={tour}")).await.unwrap();
    assert!(seen.contains("123456"), "the office has what was typed");

    // The window is closed and opened again: the walk is where it was.
    drop(app);
    let (app, _hear) = engine(folder.path());
    assert_eq!(app.open(None).await.unwrap_err().code, "passphrase_needed");
    let start = app.open(passphrase()).await.unwrap();
    assert_eq!(start.pairing.unwrap().server_name, pairing.server_name);
    let walk = start.open_walk.unwrap();
    assert_eq!((walk.tour, walk.listening, walk.source.unwrap().name.as_str()), (id, false, "Lindenweg"));
}

/// Five minutes in a house where 31 telegrams arrive each second.
const BUSY_HOUSE: usize = 31 * 5 * 60;

/// Returns the demonstration's telegrams that a receiver for C and T hears, over and over.
fn in_the_air() -> impl Iterator<Item = AirTelegram> {
    let recording = demo::walk().replay_jsonl;
    let frames: Vec<_> = Replay::new(recording.as_bytes()).filter_map(Result::ok).collect();
    let telegrams: Vec<_> = frames
        .iter()
        .filter(|received| matches!(received.link_mode, Some(LinkMode::T1 | LinkMode::C1)))
        .map(|received| AirTelegram::new(LinkMode::T1, FrameFormat::A, received.frame.bytes().to_vec()))
        .collect();
    telegrams.into_iter().cycle()
}

#[tokio::test(flavor = "multi_thread")]
async fn five_minutes_of_the_busiest_house_come_through_a_receiver_into_the_walk_without_a_loss() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::in_folder(folder.path()).unwrap();
    let server = setup.start().unwrap();
    let office = Office::log_in(&server.address, &setup.admin_password).await.unwrap();
    let demo = demo::walk();
    office.import_keys(demo.keys_csv.clone()).await.unwrap();
    let tour = text(&office.create_tour("Lindenweg", demo.tour_csv.clone()).await.unwrap(), "tour").unwrap();
    let (app, hear) = engine(folder.path());
    app.open(passphrase()).await.unwrap();
    let code = Token::new(office.pairing_code().await.unwrap());
    let request = PairRequest {
        server: server.address.clone(),
        code,
        handheld_name: "Ben's handheld".into(),
        certificate_sha256: None,
    };
    app.pair(request).await.unwrap();
    let replica = text(&office.get("handhelds").await.unwrap()["handhelds"][0], "replica").unwrap();
    office.release(&tour, &replica).await.unwrap();
    app.exchange().await.unwrap();
    let id = app.ask(|app, _, _| app.tours()).await.unwrap()[0].id;

    let (station, terminal) = Station::over_any_pty(Kind::Im871a, None).unwrap();
    let address = format!("im871a:{}", terminal.display());
    let receiver = app.ask(move |app, _, _| app.add_receiver(&address)).await.unwrap();
    app.ask(move |app, now, randomness| app.start_walk(id, &receiver.id, now, randomness)).await.unwrap();
    wait_for(&hear, |event| matches!(event, Event::Walk { walk } if walk.receiver.link_modes.is_some()));

    let delivered: usize = in_the_air().take(BUSY_HOUSE).map(|telegram| station.hear(&telegram)).sum();
    assert_eq!(delivered, BUSY_HOUSE, "the receiver listens");
    let counted = async || {
        let walk = app.ask(|app, now, _| app.walk(now)).await.unwrap().unwrap();
        let tour = app.ask(move |app, now, _| app.tour(id, now)).await.unwrap();
        let own: u64 = tour.meters.iter().map(|row| row.times_heard).sum();
        (usize::try_from(own + walk.foreign_frames).unwrap(), walk, tour)
    };
    loop {
        let (frames, walk, tour) = counted().await;
        assert!(frames <= BUSY_HOUSE, "{frames}: doubled");
        if frames == BUSY_HOUSE {
            assert_eq!((walk.receiver.state, walk.rejected_lines), (ReceiverState::Receiving, 0));
            assert_eq!(walk.receiver.model.as_deref(), Some("iM871A-USB"));
            assert!(tour.summary.progress.read > 10 && walk.foreign_frames > 0);
            break;
        }
        wait_for(&hear, |event| matches!(event, Event::Walk { .. }));
    }

    station.unplug();
    wait_for(
        &hear,
        |event| matches!(event, Event::Walk { walk } if walk.receiver.state == ReceiverState::Lost && walk.listening),
    );
}
