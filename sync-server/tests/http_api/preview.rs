//! Previews over HTTP: raw bytes in, verdicts out, nothing stored.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sync_protocol::ProblemCode;

use crate::schema::findings;
use crate::support::{Office, TOUR_CSV, TestServer, expect_problem, json_of};

pub(crate) fn send(office: &Office<'_>, path: &str, csv: impl Into<Vec<u8>>) -> RequestBuilder {
    office.request(Method::POST, path).header("content-type", "text/csv").body(csv.into())
}

/// Sends a file and checks the answer against the document.
async fn preview(office: &Office<'_>, path: &str, csv: &[u8]) -> Value {
    let answer = json_of(send(office, path, csv)).await;
    let document: Value = serde_json::from_str(sync_server::http::OPENAPI).unwrap();
    let operation = &document["paths"][format!("/api/v1{path}")]["post"];
    let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(findings(&document, schema, &answer), Vec::<String>::new(), "{path}: {answer}");
    answer
}

#[tokio::test]
async fn a_tour_is_previewed_and_then_created_from_the_same_file() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let shown = preview(&office, "/tours/preview", TOUR_CSV.as_bytes()).await;
    assert_eq!(shown["counts"], json!({ "accepted": 0, "accepted_with_warnings": 1, "refused": 0 }));
    assert_eq!(shown["rows"][0]["line"], json!(2));
    assert_eq!(shown["rows"][0]["findings"][0]["code"], json!("no_key"));
    assert_eq!(
        shown["rows"][0]["what"],
        json!({
            "street": "Lindenweg", "house": "7", "flat": "", "place": "", "meter_number": "12345678",
            "radio_id": "12345678", "manufacturer": "ELS", "medium": "gas", "has_key": false,
        })
    );
    assert_eq!(shown["columns"][0], json!({ "header": "seq", "field": "position" }));
    assert_eq!(office.get("/tours").await["tours"], json!([]));
    let created = json_of(send(&office, "/tours?name=Lindenweg", TOUR_CSV)).await;
    assert_eq!(created["accepted"], json!(1));
}

#[tokio::test]
async fn a_file_in_a_wrong_encoding_is_an_answer_that_names_it() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let utf16: Vec<u8> = "\u{FEFF}meter_no\n1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let shown = preview(&office, "/tours/preview", &utf16).await;
    assert_eq!(
        shown["refused_file"],
        json!({
            "code": "csv_encoding", "line": null,
            "message": "the file is not UTF-8 but UTF-16; save it as \"CSV UTF-8\"",
        })
    );
    assert_eq!((&shown["rows"], &shown["rows_left_off"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn a_file_that_is_no_csv_or_too_large_is_a_problem() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let path = "/tours/preview";
    let json = office.request(Method::POST, path).json(&json!({}));
    expect_problem(json, ProblemCode::UnsupportedMediaType).await;
    let large = send(&office, path, vec![b'x'; (16 << 20) + 1]);
    expect_problem(large, ProblemCode::TooLarge).await;
    let stranger = server.request(Method::POST, path).header("content-type", "text/csv").body("a");
    expect_problem(stranger, ProblemCode::Unauthorized).await;
}
