//! Backups, a new life after a restore, decoders that come later, a disk that is full.

use std::sync::Arc;

use sync_protocol::{ProblemCode, TourId};
use sync_server::Actor;
use sync_server::service::ReadingQuery;
use sync_server::store::rows::Derivation;
use sync_server::store::sqlite::SqliteOptions;
use sync_server::store::{MemoryStore, SqliteStore, Store, StoreError};

use crate::kit::{Kit, batch, on_every_store};
use crate::telegrams::{heard, plain};

on_every_store! {
    the_greeting_says_where_the_database_stands,
    the_safe_commit_never_goes_back_or_ahead,
    every_new_life_has_a_number_of_its_own,
    what_an_older_decoder_made_is_made_again,
    what_was_never_decoded_is_decoded_at_the_next_start,
    a_transaction_that_is_dropped_leaves_no_trace,
    writers_take_turns_and_change_numbers_have_no_gaps,
}

async fn the_greeting_says_where_the_database_stands(kit: &Kit) {
    let hello = kit.service.hello().await.unwrap();
    assert_eq!((hello.server_epoch, hello.safe_commit), (1, 0));
    assert_eq!((hello.min_schema, hello.max_schema, hello.max_items), (1, sync_protocol::SCHEMA, 5_000));
    assert_eq!((hello.max_body_bytes, hello.server_time), (1 << 20, kit.service.now()));
}

async fn the_safe_commit_never_goes_back_or_ahead(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let commit = kit.push(&batch(replica, 1, Vec::new())).await.unwrap().commit;
    assert_eq!(kit.service.record_backup(Actor::Operator, commit).await.unwrap(), commit);
    assert_eq!(kit.service.record_backup(Actor::Operator, 1).await.unwrap(), commit);
    assert_eq!(kit.service.hello().await.unwrap().safe_commit, commit);
    let ahead = kit.service.record_backup(Actor::Operator, commit + 100).await.unwrap_err();
    assert_eq!(ahead.code(), ProblemCode::Unprocessable);
}

async fn every_new_life_has_a_number_of_its_own(kit: &Kit) {
    let first = kit.service.begin_new_epoch(Actor::Operator).await.unwrap();
    kit.advance_seconds(1);
    let second = kit.service.begin_new_epoch(Actor::Operator).await.unwrap();
    assert!(first > 1 && second > first, "{first} {second}");
    assert_eq!(kit.service.hello().await.unwrap().server_epoch, second);

    // A backup that is restored twice: the second life has another number than the first.
    let restored = Kit::memory().await;
    restored.advance_seconds(60);
    let again = restored.service.begin_new_epoch(Actor::Operator).await.unwrap();
    assert!(again != first && again != second);
}

async fn what_an_older_decoder_made_is_made_again(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let telegram = plain(1, 1, 100, 90);
    kit.push(&batch(replica, 1, heard(1, &telegram, TourId::default()))).await.unwrap();
    let dump = kit.service.dump().await.unwrap();
    let older = Derivation {
        meter: crate::telegrams::address(1),
        telegram: telegram.id,
        status: "undecodable".to_owned(),
        meter_status: None,
        alarms: Vec::new(),
        decoder_version: 0,
        readings: Vec::new(),
    };
    let mut tx = kit.store.begin().await.unwrap();
    tx.put_derivations(vec![older]).await.unwrap();
    tx.commit().await.unwrap();
    assert_ne!(kit.service.dump().await.unwrap(), dump);
    let service = kit.reopened().await;
    assert_eq!(service.derive_pending().await.unwrap(), 1);
    assert_eq!(service.derive_pending().await.unwrap(), 0);
    assert_eq!(service.dump().await.unwrap(), dump);
}

async fn what_was_never_decoded_is_decoded_at_the_next_start(kit: &Kit) {
    let row = |number: u32| {
        let telegram = plain(number, 1, 100, 90);
        sync_server::store::rows::TelegramRow {
            meter: crate::telegrams::address(number),
            telegram: telegram.id,
            frame: telegram.frame,
            commit: 1,
            arrived_at: kit.service.now(),
        }
    };
    let mut tx = kit.store.begin().await.unwrap();
    tx.insert_telegrams((1..=3).map(row).collect()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(kit.service.derive_pending().await.unwrap(), 3);
    let query = ReadingQuery { limit: 100, ..ReadingQuery::default() };
    assert_eq!(kit.service.readings(&query).await.unwrap().readings.len(), 12);
}

async fn a_transaction_that_is_dropped_leaves_no_trace(kit: &Kit) {
    let before = kit.service.statistics().await.unwrap();
    let mut tx = kit.store.begin().await.unwrap();
    assert_eq!(tx.advance(5).await.unwrap(), before.commit + 5);
    tx.set_safe_commit(3).await.unwrap();
    tx.delete_admin_sessions_before(kit.service.now()).await.unwrap();
    drop(tx);
    let mut tx = kit.store.begin().await.unwrap();
    assert_eq!(tx.advance(1).await.unwrap(), before.commit + 1);
    drop(tx);
    assert_eq!(kit.service.statistics().await.unwrap(), before);
}

async fn writers_take_turns_and_change_numbers_have_no_gaps(kit: &Kit) {
    let before = kit.service.statistics().await.unwrap().commit;
    let mut writers = Vec::new();
    for _ in 0..20 {
        let store = Arc::clone(&kit.store);
        writers.push(tokio::spawn(async move {
            let mut tx = store.begin().await.unwrap();
            let number = tx.advance(1).await.unwrap();
            tokio::task::yield_now().await;
            tx.commit().await.unwrap();
            number
        }));
    }
    let mut numbers = Vec::new();
    for writer in writers {
        numbers.push(writer.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (before + 1..=before + 20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_backup_is_whole_checked_and_raises_the_safe_commit() {
    let kit = Kit::sqlite().await;
    let replica = kit.pair("anna").await;
    kit.push(&batch(replica, 1, heard(1, &plain(1, 1, 100, 90), TourId::default()))).await.unwrap();
    let dump = kit.service.dump().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let safe = kit.service.backup(Actor::Operator, &copy).await.unwrap();
    assert_eq!(kit.service.hello().await.unwrap().safe_commit, safe);
    let later = kit.push(&batch(replica, 2, heard(2, &plain(2, 1, 1, 1), TourId::default()))).await.unwrap();
    assert!(later.commit > safe && later.safe_commit == safe);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "one file, without a WAL beside it");

    let restored = Kit::over(Arc::new(SqliteStore::open(&copy).await.unwrap())).await;
    assert_eq!(restored.service.dump().await.unwrap(), dump);
    let second = kit.service.backup(Actor::Operator, &copy).await.unwrap();
    assert!(second >= later.commit, "a later backup replaces the file");
}

#[tokio::test]
async fn a_backup_that_cannot_be_written_leaves_the_safe_commit() {
    let kit = Kit::sqlite().await;
    let nowhere = kit.folder.as_ref().unwrap().path().join("missing").join("copy.db");
    kit.service.backup(Actor::Operator, &nowhere).await.unwrap_err();
    assert_eq!(kit.service.hello().await.unwrap().safe_commit, 0);
    let memory = Kit::memory().await;
    let unsupported = memory.service.backup(Actor::Operator, &nowhere).await.unwrap_err();
    assert!(unsupported.to_string().contains("its own tools"), "{unsupported}");
}

#[tokio::test]
async fn a_full_disk_refuses_the_batch_whole_and_reading_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("walkby.db");
    SqliteStore::open(&path).await.unwrap();
    let pages = std::fs::metadata(&path).unwrap().len() / 4_096;
    let options = SqliteOptions { max_pages: Some(u32::try_from(pages).unwrap() + 40) };
    let kit = Kit::over(Arc::new(SqliteStore::open_with(&path, options).await.unwrap())).await;
    let replica = kit.pair("anna").await;
    let items =
        |from: u32| (from..from + 200).flat_map(|n| heard(n.into(), &plain(n, 1, 1, 1), TourId::default()));
    let mut pushed = 0;
    let refused = loop {
        let dump = kit.service.dump().await.unwrap();
        match kit.push(&batch(replica, pushed.into(), items(pushed * 200).collect())).await {
            Ok(_) => pushed += 1,
            Err(error) => {
                assert_eq!(kit.service.dump().await.unwrap(), dump);
                break error;
            }
        }
    };
    assert_eq!(refused.code(), ProblemCode::InsufficientStorage);
    let small = batch(replica, 1_000, Vec::new());
    let after = kit.push(&small).await;
    assert!(after.is_ok() || after.unwrap_err().code() == ProblemCode::InsufficientStorage);
}

#[tokio::test]
async fn a_snapshot_of_memory_goes_its_own_way() {
    let store = Arc::new(MemoryStore::default());
    let kit = Kit::over(Arc::clone(&store) as Arc<dyn Store>).await;
    let replica = kit.pair("anna").await;
    let copy = Kit::over(Arc::new(store.snapshot().await)).await;
    kit.push(&batch(replica, 1, heard(1, &plain(1, 1, 1, 1), TourId::default()))).await.unwrap();
    assert_eq!(copy.service.dump().await.unwrap(), "");
    assert_ne!(kit.service.dump().await.unwrap(), "");
}

#[tokio::test]
async fn a_url_chooses_the_database_and_no_error_repeats_its_password() {
    assert!(sync_server::store::connect("memory:").await.is_ok());
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("walkby.db").display());
    assert!(sync_server::store::connect(&url).await.is_ok());
    let unknown = sync_server::store::connect("mysql://root:geheim@host/db").await.err().unwrap();
    assert!(matches!(unknown, StoreError::UnknownUrl));
    for url in ["postgres://walkby:geheim@127.0.0.1:1/db", "postgres://walkby:geheim@127.0.0.1:notaport/db"] {
        let error = sync_server::store::connect(url).await.err().unwrap();
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
    }
}
