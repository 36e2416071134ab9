//! Which keys work, and what a list of keys would do.

use sync_protocol::TourId;
use sync_server::Actor;
use sync_server::import::Verdict;
use sync_server::service::{KeyCounts, KeyPage, KeyQuery, KeyState, Preview, PreviewKey};

use crate::kit::{Kit, batch, on_every_store};
use crate::telegrams::{KEY, address, encrypted, heard, plain, radio_id};

on_every_store! {
    a_key_works_once_it_opened_a_telegram,
    a_key_that_opens_nothing_is_wrong_until_the_right_one_comes,
    an_unencrypted_meter_tells_nothing_of_its_key,
    keys_are_found_by_number_and_state_page_by_page,
    a_list_of_keys_is_tried_on_what_is_stored_and_not_taken,
}

const WRONG_KEY: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

async fn import(kit: &Kit, rows: &[(u32, &str)]) {
    let rows: String = rows.iter().map(|(number, key)| format!("{number:08};{key}\n")).collect();
    let imported = kit.service.import_keys(Actor::Admin, format!("id;key\n{rows}").as_bytes()).await.unwrap();
    assert_eq!(imported.refused, 0, "{imported:?}");
}

async fn page(kit: &Kit, query: KeyQuery) -> KeyPage {
    let page = kit.service.keys(&KeyQuery { limit: query.limit.max(1), ..query }).await.unwrap();
    assert_eq!(page.counts, kit.service.key_counts().await.unwrap());
    page
}

async fn all(kit: &Kit) -> KeyPage {
    page(kit, KeyQuery { limit: 100, ..KeyQuery::default() }).await
}

async fn a_key_works_once_it_opened_a_telegram(kit: &Kit) {
    let replica = kit.pair("anna").await;
    kit.released_tour("meter_no;radio_id\na;00000001\n", replica).await;
    import(kit, &[(1, KEY)]).await;
    let imported_at = kit.service.now();
    let unused = all(kit).await.keys.remove(0);
    assert_eq!((unused.identification_number.as_str(), unused.meter), ("00000001", None));
    assert_eq!((unused.state, unused.lines, unused.last_used_at), (KeyState::Unused, 1, None));

    for access_number in [1, 2] {
        kit.advance_seconds(60);
        let telegram = encrypted(1, access_number, 100);
        let sent = heard(access_number.into(), &telegram, TourId::default());
        kit.push(&batch(replica, access_number.into(), sent)).await.unwrap();
    }
    let works = all(kit).await.keys.remove(0);
    assert_eq!((works.state, works.meter), (KeyState::Works, Some(address(1))));
    assert_eq!((works.imported_at, works.last_used_at), (imported_at, Some(kit.service.now())));

    // Decoding everything again, as a new version of the decoder does, changes nothing.
    let last_used_at = works.last_used_at;
    kit.advance_seconds(60);
    import(kit, &[(1, WRONG_KEY)]).await;
    let still = all(kit).await.keys.remove(0);
    assert_eq!((still.state, still.last_used_at), (KeyState::Works, last_used_at));
    assert_eq!(still.imported_at, kit.service.now(), "the latest import of several");
}

async fn a_key_that_opens_nothing_is_wrong_until_the_right_one_comes(kit: &Kit) {
    let replica = kit.pair("anna").await;
    import(kit, &[(1, WRONG_KEY)]).await;
    kit.push(&batch(replica, 1, heard(1, &encrypted(1, 1, 100), TourId::default()))).await.unwrap();
    assert_eq!(all(kit).await.keys[0].state, KeyState::Wrong);
    assert_eq!(all(kit).await.counts, KeyCounts { all: 1, works: 0, wrong: 1, unused: 0 });
    import(kit, &[(1, KEY)]).await;
    assert_eq!(all(kit).await.keys[0].state, KeyState::Works);
    assert_eq!(
        all(kit).await.counts,
        KeyCounts { all: 1, works: 1, wrong: 0, unused: 0 },
        "counted by meter"
    );
}

async fn an_unencrypted_meter_tells_nothing_of_its_key(kit: &Kit) {
    let replica = kit.pair("anna").await;
    import(kit, &[(1, KEY)]).await;
    kit.push(&batch(replica, 1, heard(1, &plain(1, 1, 100, 90), TourId::default()))).await.unwrap();
    let line = all(kit).await.keys.remove(0);
    assert_eq!((line.state, line.meter, line.last_used_at), (KeyState::Unused, Some(address(1)), None));
}

async fn keys_are_found_by_number_and_state_page_by_page(kit: &Kit) {
    let replica = kit.pair("anna").await;
    import(kit, &[(1, KEY), (2, WRONG_KEY), (13, KEY), (21, KEY)]).await;
    for number in [1, 2] {
        let sent = heard(number.into(), &encrypted(number, 1, 100), TourId::default());
        kit.push(&batch(replica, number.into(), sent)).await.unwrap();
    }
    let numbers = |page: &KeyPage| -> Vec<String> {
        page.keys.iter().map(|key| key.identification_number.trim_start_matches('0').to_owned()).collect()
    };
    let first = page(kit, KeyQuery { limit: 3, ..KeyQuery::default() }).await;
    assert_eq!(
        (numbers(&first), first.cursor.as_deref()),
        (vec!["1".into(), "2".into(), "13".into()], Some("00000013"))
    );
    let second = page(kit, KeyQuery { limit: 3, cursor: first.cursor, ..KeyQuery::default() }).await;
    assert_eq!((numbers(&second), second.cursor), (vec!["21".into()], None));
    let full = page(kit, KeyQuery { limit: 4, ..KeyQuery::default() }).await;
    assert_eq!((full.keys.len(), full.cursor), (4, None), "a full last page has no cursor");

    let text = |text: &str| KeyQuery { text: text.to_owned(), limit: 9, ..KeyQuery::default() };
    assert_eq!(numbers(&page(kit, text(" 00 02 1")).await), ["21"]);
    assert_eq!(numbers(&page(kit, text("nothing")).await), Vec::<String>::new());
    for (state, expected) in
        [(KeyState::Works, vec!["1"]), (KeyState::Wrong, vec!["2"]), (KeyState::Unused, vec!["13", "21"])]
    {
        let found = page(kit, KeyQuery { state: Some(state), limit: 9, ..KeyQuery::default() }).await;
        assert_eq!(numbers(&found), expected, "{state:?}");
        assert_eq!(found.counts, KeyCounts { all: 4, works: 1, wrong: 1, unused: 2 });
    }
}

fn codes(preview: &Preview<PreviewKey>) -> Vec<(u64, Verdict, Vec<&str>)> {
    let rows = preview.rows.iter().map(|row| &row.verdict);
    let mut rows: Vec<_> = rows
        .map(|row| (row.line, row.verdict, row.findings.iter().map(|finding| finding.code).collect()))
        .collect();
    rows.sort_by_key(|(line, ..)| *line);
    rows
}

async fn a_list_of_keys_is_tried_on_what_is_stored_and_not_taken(kit: &Kit) {
    let replica = kit.pair("anna").await;
    kit.released_tour("meter_no;radio_id\na;00000001\nb;00000002\nc;00000003\n", replica).await;
    for (id, number) in [(1, 1), (2, 2)] {
        kit.push(&batch(replica, id, heard(id, &encrypted(number, 1, 100), TourId::default())))
            .await
            .unwrap();
    }
    kit.push(&batch(replica, 3, heard(3, &plain(3, 1, 1, 1), TourId::default()))).await.unwrap();
    import(kit, &[(2, WRONG_KEY), (4, KEY)]).await;
    let before = (kit.service.dump().await.unwrap(), kit.service.audit(None, 500).await.unwrap());

    let csv = format!(
        "Id;AES_Key;Colour\n{};{KEY};red\n00000002;{KEY};\n00000003;{KEY};\n00000004;{KEY};\n\
         00000001;{WRONG_KEY};\n;{KEY};\n00000002;0011;\n",
        radio_id(1)
    );
    let found = kit.service.preview_keys(csv.as_bytes()).await.unwrap();
    use Verdict::{Accepted, AcceptedWithWarnings, Refused};
    assert_eq!(
        codes(&found),
        [
            (2, Accepted, vec![]),
            (3, AcceptedWithWarnings, vec!["replaces_key"]),
            (4, Accepted, vec![]),
            (5, AcceptedWithWarnings, vec!["not_in_any_tour", "already_known"]),
            (6, AcceptedWithWarnings, vec!["key_repeated", "key_does_not_open"]),
            (7, Refused, vec!["id_missing"]),
            (8, Refused, vec!["key_malformed"]),
        ]
    );
    let what =
        |line: u64| found.rows.iter().find(|row| row.verdict.line == line).unwrap().what.clone().unwrap();
    let one = what(2);
    assert_eq!((one.identification_number.as_str(), one.lines), ("00000001", 1));
    assert_eq!((one.waiting_telegrams, one.opens), (1, Some(true)));
    assert_eq!(one.manufacturer.as_deref(), address(1).get(..3));
    assert_eq!((what(3).waiting_telegrams, what(3).opens), (1, Some(true)));
    assert_eq!((what(4).waiting_telegrams, what(4).opens), (0, None), "nothing is encrypted");
    assert_eq!((what(5).manufacturer, what(5).opens, what(5).lines), (None, None, 0));

    let wrong = kit.service.preview_keys(format!("id;key\n00000001;{WRONG_KEY}\n").as_bytes()).await.unwrap();
    assert_eq!(codes(&wrong), [(2, AcceptedWithWarnings, vec!["key_does_not_open"])]);
    assert_eq!(wrong.rows[0].what.as_ref().unwrap().opens, Some(false));

    let told = serde_json::to_string(&(&found, &wrong)).unwrap().to_uppercase();
    assert!(!told.contains(KEY) && !told.contains(WRONG_KEY), "{told}");
    let after = (kit.service.dump().await.unwrap(), kit.service.audit(None, 500).await.unwrap());
    assert_eq!(before, after, "nothing was stored");

    let refused = kit.service.preview_keys(b"a;b\n1;2\n").await.unwrap().refused_file.unwrap();
    assert_eq!((refused.code, refused.line), ("csv_missing_column", Some(1)));
}
