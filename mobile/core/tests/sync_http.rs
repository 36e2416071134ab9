//! The shell of the sync over a real connection, against a server that says exactly what it is told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use field_core::sync::{self, Invitation, SyncError, Trust, keep_pairing, status};
use field_core::{KeySource, OsRandomness, Store, StoreKey, SystemClock, Walk};
use sync_protocol::http::{CONTENT_DIGEST, batch_path, content_digest};
use sync_protocol::push::join_outcomes;
use sync_protocol::{
    BodyLimits, Change, Cursor, Digest, Hello, ItemOutcome, PairAnswer, PushAnswer, ReplicaId, SCHEMA,
    Timestamp, Token, Tour, TourId, TourMeter, TourMeterId, body,
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use uuid::Uuid;

const TOKEN: &str = "a token that nobody may see";

/// One request as it came.
struct Seen {
    head: String,
    body: Vec<u8>,
}

/// What the server writes back: bytes, or nothing before it hangs up.
type Say = Box<dyn FnMut(&Seen) -> Vec<u8> + Send>;

/// Listens, answers each request with what `say` returns, and closes the connection.
async fn listen(mut say: Say) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            let seen = loop {
                let mut chunk = [0; 4096];
                let read = stream.read(&mut chunk).await.unwrap();
                bytes.extend_from_slice(&chunk[..read]);
                if let Some(seen) = whole(&bytes) {
                    break seen;
                }
                assert!(read > 0, "the request was cut short");
            };
            stream.write_all(&say(&seen)).await.unwrap();
        }
    });
    format!("http://{address}")
}

fn whole(bytes: &[u8]) -> Option<Seen> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = header(&head, "content-length").map_or(0, |value| value.parse().unwrap());
    let body = bytes.get(end + 4..end + 4 + length)?.to_vec();
    Some(Seen { head, body })
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

fn reply(status: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn hello() -> Vec<u8> {
    let hello = Hello {
        server_time: Timestamp::from_millis(0),
        server_epoch: 1,
        safe_commit: 0,
        min_schema: 1,
        max_schema: SCHEMA,
        max_items: 5_000,
        max_body_bytes: 1 << 20,
    };
    reply("200 OK", "application/json; charset=utf-8", &serde_json::to_vec(&hello).unwrap())
}

fn receipt(body_bytes: &[u8]) -> Vec<u8> {
    let batch = body::read(body_bytes, &BodyLimits::DEFAULT).unwrap();
    let answer = PushAnswer {
        batch: batch.id,
        digest: Digest::of(body_bytes),
        server_epoch: 1,
        commit: 1,
        safe_commit: 0,
        server_time: Timestamp::from_millis(0),
        outcomes: join_outcomes(batch.items.iter().map(|_| ItemOutcome::Accepted)),
    };
    reply("200 OK", "application/json", &serde_json::to_vec(&answer).unwrap())
}

fn pairing() -> PairAnswer {
    let (replica, server_name) = (ReplicaId(Uuid::from_u128(7)), "Office".to_owned());
    PairAnswer { replica, token: Token::new(TOKEN.into()), server_name }
}

/// A handheld with one note to upload.
struct Handheld {
    _folder: TempDir,
    store: Store,
    clock: SystemClock,
}

fn handheld(server: &str) -> Handheld {
    let folder = tempfile::tempdir().unwrap();
    let clock = SystemClock::new(&mut OsRandomness).unwrap();
    let key = KeySource::Raw(StoreKey::new([1; 32]));
    let mut store = Store::open(folder.path(), &key, clock.now(), &mut OsRandomness).unwrap();
    keep_pairing(&mut store, server, "handheld", &Trust::Platform, &pairing()).unwrap();
    let (tour, line) = (TourId(Uuid::from_u128(1)), TourMeterId(Uuid::from_u128(2)));
    let changes = [
        Change::Tour(Tour { id: tour, name: "North".into(), meters: 1, due_date: None }),
        Change::TourMeter(Box::new(TourMeter { id: line, tour, ..TourMeter::default() })),
    ];
    store.apply_changes(&changes, &Cursor("1".into())).unwrap();
    let mut walk = Walk::open(&mut store, tour, clock.now(), &mut OsRandomness).unwrap();
    walk.note(&mut store, line, "nobody at home", clock.now(), &mut OsRandomness).unwrap();
    Handheld { _folder: folder, store, clock }
}

/// Pushes to a server that says hello and answers the batch with `on_push`; returns the failure's code.
async fn push(on_push: fn(&Seen) -> Vec<u8>) -> (Handheld, Option<String>) {
    let say = move |seen: &Seen| if seen.head.starts_with("PUT") { on_push(seen) } else { hello() };
    let server = listen(Box::new(say)).await;
    let mut handheld = handheld(&server);
    let report = sync::push(&mut handheld.store, &handheld.clock).await.unwrap();
    let code = report.stopped.map(|failure| {
        assert!(!format!("{failure} {failure:?}").contains(TOKEN));
        failure.code().to_owned()
    });
    let shown = status(&handheld.store).unwrap();
    assert_eq!(shown.last_error.map(|error| error.code), code, "what went wrong stays visible");
    (handheld, code)
}

#[tokio::test]
async fn a_batch_goes_out_with_its_digest_and_comes_back_with_a_receipt() {
    let (handheld, code) = push(|seen| {
        let batch = body::read(&seen.body, &BodyLimits::DEFAULT).unwrap();
        let path = batch_path(ReplicaId(Uuid::from_u128(7)), batch.id);
        assert!(seen.head.starts_with(&format!("PUT {path} HTTP/1.1")), "{}", seen.head);
        let digest = content_digest(&Digest::of(&seen.body));
        assert_eq!(header(&seen.head, CONTENT_DIGEST), Some(digest));
        assert_eq!(header(&seen.head, "content-type").as_deref(), Some(body::MEDIA_TYPE));
        assert_eq!(header(&seen.head, "content-encoding").as_deref(), Some("zstd"));
        assert_eq!(header(&seen.head, "authorization"), Some(format!("Bearer {TOKEN}")));
        receipt(&seen.body)
    })
    .await;
    assert_eq!(code, None);
    let shown = status(&handheld.store).unwrap();
    assert_eq!((shown.receipted, shown.waiting, shown.in_flight), (1, 0, 0));
}

#[tokio::test]
async fn a_captive_portal_is_no_receipt_and_gets_no_second_request() {
    let portals: [fn(&Seen) -> Vec<u8>; 4] = [
        |_| reply("200 OK", "text/html", b"<html>Log in</html>"),
        |_| reply("200 OK", "application/json", b"{\"welcome\":true}"),
        |_| reply("511 Network Authentication Required", "text/html", b""),
        |_| b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n".to_vec(),
    ];
    for portal in portals {
        let (handheld, code) = push(portal).await;
        assert_eq!(code.as_deref(), Some("not_an_answer"));
        assert_eq!(status(&handheld.store).unwrap().in_flight, 1);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_within_the_receipt_is_no_receipt() {
    let (mut handheld, code) = push(|seen| {
        let mut bytes = receipt(&seen.body);
        bytes.truncate(bytes.len() - 5);
        bytes
    })
    .await;
    assert_eq!(code.as_deref(), Some("broken"));
    // Another process takes up where this one was, with the server at another place.
    let say = |seen: &Seen| if seen.head.starts_with("PUT") { receipt(&seen.body) } else { hello() };
    let server = listen(Box::new(say)).await;
    keep_pairing(&mut handheld.store, &server, "handheld", &Trust::Platform, &pairing()).unwrap();
    let report = sync::push(&mut handheld.store, &handheld.clock).await.unwrap();
    assert_eq!((report.accepted, report.stopped), (1, None));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut handheld = handheld(&server);
    let report = sync::push(&mut handheld.store, &handheld.clock).await.unwrap();
    assert_eq!(report.stopped.unwrap().code(), "unreachable");
    assert_eq!(status(&handheld.store).unwrap().waiting, 1);
}

#[tokio::test]
async fn pairing_sends_the_code_and_keeps_what_it_gets() {
    let server = listen(Box::new(|seen: &Seen| {
        assert!(seen.head.starts_with("POST /api/v1/pair "), "{}", seen.head);
        assert!(String::from_utf8_lossy(&seen.body).contains("ABCD-EFGH"));
        reply("200 OK", "application/json", &serde_json::to_vec(&pairing()).unwrap())
    }))
    .await;
    let mut handheld = handheld("http://127.0.0.1:1");
    let mut invitation = Invitation {
        server_url: server.clone() + "/",
        code: Token::new("ABCD-EFGH".into()),
        name: "Anna".into(),
        trust: Trust::Platform,
    };
    let paired = sync::pair(&mut handheld.store, &invitation).await.unwrap();
    assert_eq!(paired.server_name, "Office");
    assert_eq!(status(&handheld.store).unwrap().server_url, Some(server));
    invitation.server_url = "ftp://office".into();
    let refused = sync::pair(&mut handheld.store, &invitation).await;
    assert!(matches!(refused, Err(SyncError::Client(_))), "{refused:?}");
}

#[tokio::test]
async fn a_wrong_code_changes_nothing() {
    let server = listen(Box::new(|_: &Seen| {
        let problem = br#"{"code":"wrong_pairing_code","title":"t","status":401,"detail":"d"}"#;
        reply("401 Unauthorized", "application/problem+json", problem)
    }))
    .await;
    let mut handheld = handheld("http://127.0.0.1:1");
    let invitation = Invitation {
        server_url: server,
        code: Token::new("WRONG".into()),
        name: "Anna".into(),
        trust: Trust::Platform,
    };
    let refused = sync::pair(&mut handheld.store, &invitation).await;
    assert!(matches!(refused, Err(SyncError::Pairing(_))), "{refused:?}");
    let shown = status(&handheld.store).unwrap();
    assert_eq!((shown.server_url.as_deref(), shown.pair_again), (Some("http://127.0.0.1:1"), None));
}

#[test]
fn an_address_or_ca_file_that_cannot_be_used_is_refused_by_name() {
    let refused = |url, ca| sync::Client::new(url, ca).unwrap_err().to_string();
    assert!(refused("office", &Trust::Platform).contains("address"));
    let no_certificate = Trust::Authorities("no certificate".into());
    assert!(refused("https://office", &no_certificate).contains("CA file"));
}
