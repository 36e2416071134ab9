//! Previews over HTTP: raw bytes in, verdicts out, nothing stored.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sync_protocol::{ProblemCode, body};

use crate::schema::findings;
use crate::support::{KEY, METER, Office, TOUR_CSV, TestServer, expect_problem, json_of, text_of};

fn send(office: &Office<'_>, path: &str, csv: impl Into<Vec<u8>>) -> RequestBuilder {
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

#[tokio::test]
async fn keys_are_previewed_taken_and_listed_without_ever_being_told() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let tour = office.give_tour(handheld.replica).await;
    let batch = handheld.batch(1, tour);
    text_of(handheld.push(batch.id, body::write(&batch))).await;

    let csv = format!("radio_id,key\n12345678,{KEY}\n12345679,{KEY}\nxyz,{KEY}\n");
    let shown = preview(&office, "/keys/preview", csv.as_bytes()).await;
    assert_eq!(shown["counts"], json!({ "accepted": 1, "accepted_with_warnings": 1, "refused": 1 }));
    let verdicts: Vec<_> =
        shown["rows"].as_array().unwrap().iter().map(|row| row["verdict"].clone()).collect();
    assert_eq!(verdicts, ["refused", "accepted_with_warnings", "accepted"]);
    assert_eq!(
        shown["rows"][2]["what"],
        json!({
            "identification_number": "12345678", "manufacturer": "ELS", "lines": 1,
            "waiting_telegrams": 1, "opens": true,
        })
    );
    assert_eq!(office.get("/keys").await["counts"]["all"], json!(0));

    let imported = json_of(send(&office, "/keys", csv)).await;
    assert_eq!((&imported["accepted"], &imported["decoded_again"]), (&json!(2), &json!(1)));
    let page = office.get("/keys?state=works&limit=1&q=1234").await;
    let at = json!("2026-11-21T02:03:04.005Z");
    assert_eq!(
        page,
        json!({
            "keys": [{
                "identification_number": "12345678", "meter": METER, "imported_at": at, "state": "works",
                "lines": 1, "last_used_at": at,
            }],
            "counts": { "all": 2, "works": 1, "wrong": 0, "unused": 1 },
            "cursor": null,
        })
    );
    let first = office.get("/keys?limit=1").await;
    let second = office.get(&format!("/keys?limit=1&cursor={}", first["cursor"].as_str().unwrap())).await;
    assert_eq!(second["keys"][0]["identification_number"], json!("12345679"));
    for told in [shown, imported, page] {
        assert!(!told.to_string().to_uppercase().contains(KEY), "{told}");
    }
    for path in ["/keys?state=broken", "/keys?limit=501", "/keys?colour=red"] {
        expect_problem(office.request(Method::GET, path), ProblemCode::BadRequest).await;
    }
}
