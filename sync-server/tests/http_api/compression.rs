//! Answers are compressed when the client can read that and it is worthwhile.

use std::io::Read as _;

use reqwest::Method;

use crate::support::TestServer;

async fn openapi(server: &TestServer, accepted: &str) -> (Option<String>, Vec<u8>) {
    let request = server.request(Method::GET, "/openapi.json").header("accept-encoding", accepted);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["vary"], "accept-encoding");
    let coding = answer.headers().get("content-encoding").map(|coding| coding.to_str().unwrap().to_owned());
    (coding, answer.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn an_answer_comes_in_the_best_coding_that_the_client_reads() {
    let server = TestServer::start().await;
    let document = sync_server::http::OPENAPI.as_bytes();

    let (coding, plain) = openapi(&server, "identity").await;
    assert_eq!((coding, plain.as_slice()), (None, document));

    let (coding, zstd) = openapi(&server, "gzip, zstd").await;
    assert_eq!(coding.as_deref(), Some("zstd"));
    assert_eq!(zstd::decode_all(zstd.as_slice()).unwrap(), document);
    assert!(zstd.len() < document.len() / 4);

    let (coding, gzip) = openapi(&server, "gzip").await;
    assert_eq!(coding.as_deref(), Some("gzip"));
    let mut decoded = Vec::new();
    flate2::read::GzDecoder::new(gzip.as_slice()).read_to_end(&mut decoded).unwrap();
    assert_eq!(decoded, document);
}

#[tokio::test]
async fn a_small_answer_is_sent_as_it_is() {
    let server = TestServer::start().await;
    let answer =
        server.request(Method::GET, "/health").header("accept-encoding", "zstd").send().await.unwrap();
    assert_eq!(answer.headers().get("content-encoding"), None);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
}
