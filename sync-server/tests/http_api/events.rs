//! Server-sent events over a real connection.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sync_protocol::{ProblemCode, body};

use crate::support::{TestServer, expect_problem, expect_status, text_of};

/// A stream of events, read as far as a test wants.
struct Events {
    answer: Response,
    text: String,
}

/// One event.
#[derive(Debug, PartialEq)]
struct Event {
    id: Option<u64>,
    name: String,
    data: Value,
}

impl Events {
    async fn open(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert!(!answer.headers().contains_key("content-encoding"));
        Self { answer, text: String::new() }
    }

    /// Returns the next block; none at the end of the stream.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let chunk = self.answer.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Returns the next event; none at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let block = self.block().await?;
            let field = |name: &str| {
                block.lines().find_map(|line| Some(line.strip_prefix(name)?.trim_start().to_owned()))
            };
            let Some(name) = field("event:") else { continue };
            let data = serde_json::from_str(&field("data:").unwrap()).unwrap();
            return Some(Event { id: field("id:").map(|id| id.parse().unwrap()), name, data });
        }
    }

    /// Reads on to the first event that is wanted.
    async fn until(&mut self, wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if wanted(&event) {
                return event;
            }
        }
    }
}

#[tokio::test]
async fn a_listener_hears_of_tours_lines_handhelds_and_keys() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let mut events =
        Events::open(office.request(Method::GET, "/events").header("accept-encoding", "gzip")).await;
    let greeting = events.block().await.unwrap();
    assert!(greeting.starts_with("retry: 3000\nid: "), "{greeting}");

    let handheld = office.pair().await;
    let paired = events.until(|event| event.name == "handheld").await;
    assert_eq!(
        (&paired.data["replica"], &paired.data["sync_state"]),
        (&json!(handheld.replica), &json!("never"))
    );
    let tour = office.give_tour(handheld.replica).await;
    let created = events.until(|event| event.name == "tour").await;
    assert_eq!((&created.data["id"], &created.data["progress"]["open"]), (&json!(tour), &json!(1)));

    let batch = handheld.batch(1, tour);
    text_of(handheld.push(batch.id, body::write(&batch))).await;
    let line = events.until(|event| event.name == "line").await;
    assert_eq!(
        (&line.data["tour"], &line.data["line"]["state"], &line.data["line"]["reason"]),
        (&json!(tour), &json!("heard_no_key"), &json!("no_key"))
    );
    let is_progress = |event: &Event| event.name == "tour" && event.data["progress"]["heard_no_key"] == 1;
    events.until(is_progress).await;

    office.import_key().await;
    let is_read = |event: &Event| event.name == "line" && event.data["line"]["state"] == "read";
    assert_eq!(events.until(is_read).await.data["line"]["value"], json!("28504.27"));
    let keys = events.until(|event| event.name == "keys" && event.data["works"] == 1).await;
    assert_eq!(keys.data, json!({ "all": 1, "works": 1, "wrong": 0, "unused": 0 }));
}

#[tokio::test]
async fn who_comes_back_hears_what_was_missed_or_is_told_to_load_again() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let mut events = Events::open(office.request(Method::GET, "/events")).await;
    let handheld = office.pair().await;
    let last = events.until(|event| event.name == "handheld").await.id.unwrap();
    drop(events);

    let tour = office.give_tour(handheld.replica).await;
    let again = |last: &str| office.request(Method::GET, "/events").header("last-event-id", last);
    let mut events = Events::open(again(&last.to_string())).await;
    let missed = events.until(|event| event.name == "tour").await;
    assert_eq!(missed.data["id"], json!(tour));
    assert!(missed.id.unwrap() >= last);

    for gone in ["18446744073709551615", "yesterday"] {
        let event = Events::open(again(gone)).await.next().await.unwrap();
        assert_eq!((event.name.as_str(), event.data), ("resync", json!({})), "{gone}");
    }
}

#[tokio::test]
async fn the_end_of_a_session_ends_its_stream() {
    let server = TestServer::start().await;
    let (office, other) = (server.office().await, server.office().await);
    let mut events = Events::open(office.request(Method::GET, "/events")).await;
    let mut of_other = Events::open(other.request(Method::GET, "/events")).await;
    expect_status(office.request(Method::POST, "/logout"), 204).await;
    let event = events.next().await.unwrap();
    assert_eq!((event.name.as_str(), event.data), ("signed_out", json!({})));
    assert_eq!(events.next().await, None);
    expect_problem(office.request(Method::GET, "/events"), ProblemCode::Unauthorized).await;
    // The other session goes on.
    other.pair().await;
    assert_eq!(of_other.next().await.unwrap().name, "handheld");
}

#[tokio::test]
async fn open_streams_do_not_hold_up_a_shutdown() {
    let mut server = TestServer::start().await;
    let mut events = {
        let office = server.office().await;
        Events::open(office.request(Method::GET, "/events")).await
    };
    assert!(events.block().await.is_some());
    server.ask_to_end();
    assert_eq!(events.next().await, None);
    server.ended().await;
}
