//! Requests that are refused: each with its code, none with a trace.

use reqwest::Method;
use serde_json::json;
use sync_protocol::{BodyLimits, Digest, ProblemCode, body};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Handheld, PASSWORD, TestServer, expect_problem};

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let server = TestServer::start().await;
    for path in ["/nothing", "/tours/", "", "/openapi.json/x"] {
        expect_problem(server.request(Method::GET, path), ProblemCode::NotFound).await;
    }
    let answer = server.request(Method::PATCH, "/tours").send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "POST, GET");
    crate::support::problem_of(answer, ProblemCode::MethodNotAllowed).await;
}

#[tokio::test]
async fn each_kind_of_token_opens_its_own_endpoints_only() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    expect_problem(server.request(Method::GET, "/changes"), ProblemCode::Unauthorized).await;
    expect_problem(server.request(Method::GET, "/tours"), ProblemCode::Unauthorized).await;
    expect_problem(office.request(Method::GET, "/changes"), ProblemCode::Unauthorized).await;
    expect_problem(handheld.request(Method::GET, "/tours"), ProblemCode::Unauthorized).await;
    let made_up = server.request(Method::GET, "/hello").bearer_auth("made-up");
    let answer = made_up.send().await.unwrap();
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    crate::support::problem_of(answer, ProblemCode::Unauthorized).await;
}

#[tokio::test]
async fn an_identity_that_is_none_or_unknown_names_nothing() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let unknown = uuid::Uuid::from_u128(9);
    for path in [
        "/tours/7".to_owned(),
        format!("/tours/{unknown}"),
        format!("/telegrams/{}", Digest::of(b"never pushed")),
        "/telegrams/00".to_owned(),
    ] {
        expect_problem(office.request(Method::GET, &path), ProblemCode::NotFound).await;
    }
    expect_problem(office.request(Method::DELETE, &format!("/handhelds/{unknown}")), ProblemCode::NotFound)
        .await;
    let receipt = handheld.batch_path(sync_protocol::BatchId(unknown)) + "/receipt";
    expect_problem(handheld.request(Method::GET, &receipt), ProblemCode::NotFound).await;
}

#[tokio::test]
async fn a_query_parameter_that_is_misspelt_or_out_of_range_is_refused_by_name() {
    let server = TestServer::start().await;
    let office = server.office().await;
    for (path, detail) in [
        ("/readings?tuor=1", "unknown query parameter; this endpoint knows tour, meter, cursor, limit"),
        ("/readings?tour=1", "the query parameter `tour` cannot be read"),
        ("/readings?limit=0", "the query parameter `limit` is not from 1 to 1000"),
        ("/readings.csv", "the query parameter `tour` is missing"),
    ] {
        assert_eq!(expect_problem(office.request(Method::GET, path), ProblemCode::BadRequest).await, detail);
    }
    let unnamed = office.request(Method::POST, "/tours").header("content-type", "text/csv").body("a\n1\n");
    assert_eq!(
        expect_problem(unnamed, ProblemCode::BadRequest).await,
        "the query parameter `name` is missing"
    );
    expect_problem(
        office.request(Method::GET, "/tours?cursor=0192f0c1-2b3c-7d4e-8f50-112233445566"),
        ProblemCode::CursorGone,
    )
    .await;
}

#[tokio::test]
async fn a_json_body_that_cannot_be_read_is_refused_without_being_repeated() {
    let server = TestServer::start().await;
    let post = || server.request(Method::POST, "/login").header("content-type", "application/json");
    let secret = "hunter2hunter2";
    let broken =
        expect_problem(post().body(format!("{{\"password\":{secret}}}")), ProblemCode::BadRequest).await;
    assert!(!broken.contains(secret), "{broken}");
    let other =
        expect_problem(post().body(format!("{{\"pasword\":\"{secret}\"}}")), ProblemCode::Unprocessable)
            .await;
    assert!(other.starts_with("missing field `password`") && !other.contains(secret), "{other}");
    expect_problem(post().body(vec![b' '; 20_000]), ProblemCode::TooLarge).await;
    let form =
        server.request(Method::POST, "/login").header("content-type", "application/x-www-form-urlencoded");
    expect_problem(form.body("password=x"), ProblemCode::UnsupportedMediaType).await;
    let wrong = post().json(&json!({ "password": "wrong password" }));
    assert_eq!(expect_problem(wrong, ProblemCode::WrongPassword).await, "the password is wrong");
    assert!(!PASSWORD.contains("wrong"));
}

/// A push whose body and headers are this test's business.
fn put(handheld: &Handheld<'_>) -> reqwest::RequestBuilder {
    handheld.request(Method::PUT, &handheld.batch_path(sync_protocol::BatchId(uuid::Uuid::from_u128(5))))
}

fn digest_of(body: &[u8]) -> String {
    sync_protocol::http::content_digest(&Digest::of(body))
}

#[tokio::test]
async fn a_batch_that_is_damaged_or_mislabelled_is_refused() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let tour = office.give_tour(handheld.replica).await;
    let bytes = body::write(&handheld.batch(1, tour));
    let typed = || put(&handheld).header("content-type", body::MEDIA_TYPE);
    let digest = digest_of(&bytes);

    let wrong = typed().header("content-digest", digest_of(b"other")).body(bytes.clone());
    expect_problem(wrong, ProblemCode::DigestMismatch).await;
    let missing = typed().body(bytes.clone());
    expect_problem(missing, ProblemCode::BadRequest).await;
    let unknown = typed().header("content-digest", "sha-512=:AAAA:").body(bytes.clone());
    expect_problem(unknown, ProblemCode::BadRequest).await;
    let json = put(&handheld).header("content-type", "application/json").header("content-digest", &digest);
    expect_problem(json.body(bytes.clone()), ProblemCode::UnsupportedMediaType).await;
    let gzip =
        typed().header("content-digest", &digest).header("content-encoding", "gzip").body(bytes.clone());
    expect_problem(gzip, ProblemCode::UnsupportedMediaType).await;
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes.clone())]);
    let unmeasured = typed().header("content-digest", &digest).body(reqwest::Body::wrap_stream(chunks));
    expect_problem(unmeasured, ProblemCode::LengthRequired).await;
    assert_eq!(office.get("/readings").await["readings"], json!([]));
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_refused_before_and_after_decompression() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let id = sync_protocol::BatchId(uuid::Uuid::from_u128(5));
    let large = vec![0; BodyLimits::DEFAULT.compressed + 1];
    expect_problem(handheld.push(id, large), ProblemCode::TooLarge).await;
    // 64 MiB of zeros in a few kilobytes.
    let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 3).unwrap();
    assert!(bomb.len() < BodyLimits::DEFAULT.compressed);
    expect_problem(handheld.push(id, bomb), ProblemCode::TooLarge).await;
}

#[tokio::test]
async fn a_batch_that_is_no_batch_is_refused() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let id = sync_protocol::BatchId(uuid::Uuid::from_u128(5));
    expect_problem(handheld.push(id, b"not zstd".to_vec()), ProblemCode::Unprocessable).await;
    let not_cbor = zstd::bulk::compress(b"not cbor", 3).unwrap();
    expect_problem(handheld.push(id, not_cbor), ProblemCode::Unprocessable).await;
}

#[tokio::test]
async fn a_batch_that_is_cut_short_leaves_no_row() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let tour = office.give_tour(handheld.replica).await;
    let batch = handheld.batch(1, tour);
    let bytes = body::write(&batch);
    let head = format!(
        "PUT /api/v1{} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: {}\r\ncontent-digest: {}\r\n\
         content-length: {}\r\n\r\n",
        handheld.batch_path(batch.id),
        handheld.token,
        body::MEDIA_TYPE,
        digest_of(&bytes),
        bytes.len()
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&bytes[..bytes.len() - 1]).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(!answer.contains(" 200 "), "{answer}");
    let receipt = handheld.batch_path(batch.id) + "/receipt";
    expect_problem(handheld.request(Method::GET, &receipt), ProblemCode::NotFound).await;
}
