//! Keys: late, wrong, several, sealed.

use sync_protocol::{Change, MeterKey, ProblemCode, TourId};
use sync_server::service::{LineState, ReadingQuery};
use sync_server::{Actor, MasterKey};

use crate::kit::{Kit, batch, on_every_store, open_with};
use crate::telegrams::{KEY, encrypted, heard, plain};

on_every_store! {
    a_late_key_opens_stored_telegrams,
    a_wrong_key_is_told_from_a_missing_one_and_a_right_one_may_follow,
    a_late_key_reaches_the_handhelds_that_have_the_meter,
    the_order_of_telegrams_and_keys_does_not_matter,
    a_key_list_gets_a_verdict_for_every_row,
    another_master_key_is_refused,
    nothing_in_the_database_gives_a_key_away,
}

const WRONG_KEY: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

async fn import(kit: &Kit, csv: &str) -> sync_server::service::KeyImport {
    kit.service.import_keys(Actor::Admin, csv.as_bytes()).await.unwrap()
}

async fn values(kit: &Kit) -> Vec<String> {
    let query = ReadingQuery { limit: 100, ..ReadingQuery::default() };
    let page = kit.service.readings(&query).await.unwrap();
    page.readings.into_iter().filter_map(|reading| reading.value).collect()
}

async fn a_late_key_opens_stored_telegrams(kit: &Kit) {
    let replica = kit.pair("anna").await;
    for access_number in 1..=3 {
        let telegram = encrypted(1, access_number, 100 + i64::from(access_number));
        let sent =
            batch(replica, access_number.into(), heard(access_number.into(), &telegram, TourId::default()));
        kit.push(&sent).await.unwrap();
    }
    kit.push(&batch(replica, 9, heard(9, &encrypted(2, 1, 500), TourId::default()))).await.unwrap();
    assert_eq!(values(kit).await, Vec::<String>::new());
    let imported = import(kit, &format!("id;key\n00000001;{KEY}\n")).await;
    assert_eq!((imported.accepted, imported.known, imported.refused, imported.decoded_again), (1, 0, 0, 3));
    let mut opened = values(kit).await;
    opened.sort();
    assert_eq!(opened, ["0.101", "0.102", "0.103"]);
}

async fn a_wrong_key_is_told_from_a_missing_one_and_a_right_one_may_follow(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = kit.released_tour("meter_no;radio_id\na;00000001\n", replica).await;
    let state = async || kit.lines(tour).await[0].state;
    assert_eq!(state().await, LineState::Open);
    kit.push(&batch(replica, 1, heard(1, &encrypted(1, 1, 100), tour))).await.unwrap();
    assert_eq!(state().await, LineState::HeardNoKey);
    import(kit, &format!("id;key\n1;{WRONG_KEY}\n")).await;
    assert_eq!(state().await, LineState::HeardWrongKey);
    let imported = import(kit, &format!("id;key\n1;{KEY}\n1;{WRONG_KEY}\n1;{KEY}\n")).await;
    assert_eq!((imported.accepted, imported.refused), (3, 0), "the one that opens shows which is meant");
    assert_eq!((imported.known, imported.decoded_again), (2, 1));
    assert_eq!(state().await, LineState::Read);
    assert_eq!(values(kit).await, ["0.100"]);
}

async fn a_late_key_reaches_the_handhelds_that_have_the_meter(kit: &Kit) {
    let replica = kit.pair("anna").await;
    kit.released_tour("meter_no;radio_id\na;00000001\nb;00000002\n", replica).await;
    let page = kit.service.changes(replica, None, 100).await.unwrap();
    assert_eq!(page.changes.len(), 3);
    import(kit, &format!("id;key\n00000002;{WRONG_KEY}\n00000002;{KEY}\n")).await;
    let page = kit.service.changes(replica, Some(&page.cursor), 100).await.unwrap();
    let [Change::TourMeter(line)] = page.changes.as_slice() else { panic!("{:?}", page.changes) };
    assert_eq!(line.meter_number, "b");
    assert_eq!(line.key, Some(KEY.parse::<MeterKey>().unwrap()), "of two in one file the last");
    let audit = kit.service.audit(None, 1).await.unwrap();
    assert_eq!((audit[0].action.as_str(), audit[0].detail.as_str()), ("keys_given", "1 keys"));
}

async fn the_order_of_telegrams_and_keys_does_not_matter(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let other = Kit::memory().await;
    assert_eq!(other.pair("anna").await, replica, "randomness repeats");
    let (right, wrong) = (format!("id;key\n00000001;{KEY}\n"), format!("id;key\n00000001;{WRONG_KEY}\n"));
    let sent = batch(replica, 1, heard(1, &encrypted(1, 1, 100), TourId::default()));
    import(kit, &right).await;
    import(kit, &wrong).await;
    kit.push(&sent).await.unwrap();
    other.push(&sent).await.unwrap();
    import(&other, &wrong).await;
    import(&other, &right).await;
    let dump = kit.service.dump().await.unwrap();
    assert_eq!(dump, other.service.dump().await.unwrap());
    assert!(dump.contains("0.100"), "{dump}");
}

async fn a_key_list_gets_a_verdict_for_every_row(kit: &Kit) {
    let csv = format!("Radio_ID,Key,colour\r\n00000001,{KEY},red\r\n00000002,12345,\r\n,{KEY},\r\n");
    let imported = import(kit, &csv).await;
    assert_eq!((imported.accepted, imported.refused), (1, 2));
    let lines: Vec<_> = imported.rows.iter().map(|row| (row.line, row.is_accepted())).collect();
    assert_eq!(lines, [(2, true), (3, false), (4, false)]);
    let told = serde_json::to_string(&imported).unwrap();
    assert!(!told.contains("12345") && !told.contains(KEY), "{told}");
    let refused = kit.service.import_keys(Actor::Admin, b"a;b\n1;2\n").await.unwrap_err();
    assert_eq!(refused.code(), ProblemCode::Unprocessable);
}

async fn another_master_key_is_refused(kit: &Kit) {
    let error = open_with(kit, MasterKey::new([1; 32])).await.err().expect("a refusal");
    assert!(error.to_string().contains("another master key"), "{error}");
    assert!(open_with(kit, crate::kit::master_key()).await.is_ok());
}

async fn nothing_in_the_database_gives_a_key_away(kit: &Kit) {
    let replica = kit.pair("anna").await;
    import(kit, &format!("id;key\n00000001;{KEY}\n")).await;
    kit.released_tour(&format!("meter_no;radio_id;key\na;00000003;{KEY}\n"), replica).await;
    kit.push(&batch(replica, 1, heard(1, &plain(1, 1, 1, 1), TourId::default()))).await.unwrap();
    let key: MeterKey = KEY.parse().unwrap();
    let mut tx = kit.store.begin_read().await.unwrap();
    let sealed = tx.keys(vec!["00000001".to_owned(), "00000003".to_owned()]).await.unwrap();
    assert_eq!(sealed.len(), 2);
    for row in &sealed {
        assert!(!row.sealed.windows(16).any(|window| window == key.expose()));
        assert_ne!(&row.fingerprint, key.expose());
    }
    drop(tx);
    if let Some(folder) = &kit.folder {
        let is_in = |bytes: &[u8], secret: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!is_in(&bytes, key.expose()), "key bytes");
            assert!(!is_in(&bytes.to_ascii_uppercase(), KEY.as_bytes()), "key digits");
        }
    }
}
