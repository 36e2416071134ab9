//! Clients that are slow, silent or many.

use std::time::Duration;

use reqwest::Method;
use sync_protocol::ProblemCode;
use sync_server::serve::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Setup, expect_status, patient};

const SHORT: Duration = Duration::from_millis(50);

/// Sends something and returns all that comes until the server closes.
async fn say(address: std::net::SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset is a way to close, too.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_client_that_says_nothing_is_cut() {
    let server = Setup::with_limits(Limits { silence: SHORT, ..patient() }).start().await;
    assert_eq!(say(server.address, "").await, "");
}

#[tokio::test]
async fn a_client_that_never_ends_its_head_is_cut() {
    let server = Setup::with_limits(Limits { silence: SHORT, ..patient() }).start().await;
    assert_eq!(say(server.address, "GET /api/v1/health HTTP/1.1\r\nhost: x\r\nx-slow: ").await, "");
}

#[tokio::test]
async fn a_client_that_never_ends_its_body_is_told_and_cut() {
    let server = Setup::with_limits(Limits { request: SHORT, ..patient() }).start().await;
    let head = "POST /api/v1/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    let answer = say(server.address, head).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains(ProblemCode::RequestTimeout.as_str()), "{answer}");
}

#[tokio::test]
async fn a_connection_that_is_too_old_takes_no_further_request() {
    // Long enough for one request on a busy machine.
    let age = Duration::from_secs(1);
    let server = Setup::with_limits(Limits { age, ..patient() }).start().await;
    let answer = say(server.address, "GET /api/v1/health HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn a_client_waits_while_all_connections_are_taken_and_is_served_when_one_ends() {
    let server = Setup::with_limits(Limits { connections: 1, ..patient() }).start().await;
    let first = TcpStream::connect(server.address).await.unwrap();
    let health = server.request(Method::GET, "/health");
    let second = tokio::spawn(async move { expect_status(health, 200).await });
    drop(first);
    second.await.unwrap();
}

#[tokio::test]
async fn many_idle_connections_do_not_keep_a_request_out() {
    let server = Setup::with_limits(patient()).start().await;
    let mut idle = Vec::new();
    for _ in 0..200 {
        idle.push(TcpStream::connect(server.address).await.unwrap());
    }
    expect_status(server.request(Method::GET, "/health"), 200).await;
    assert_eq!(idle.len(), 200);
}
