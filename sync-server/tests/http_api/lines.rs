//! The lines of a tour, and what lies behind them.

use reqwest::Method;
use serde_json::{Value, json};
use sync_protocol::{ProblemCode, TelegramId, body};

use crate::support::{FRAME, METER, TestServer, expect_problem, hex, text_of};

/// A server on whose tour the meter of [`FRAME`] was heard, and whether its key is there.
async fn heard(with_key: bool) -> (TestServer, String, String) {
    let server = TestServer::start().await;
    let (token, tour) = {
        let office = server.office().await;
        let handheld = office.pair().await;
        let tour = office.give_tour(handheld.replica).await;
        if with_key {
            office.import_key().await;
        }
        let batch = handheld.batch(1, tour);
        text_of(handheld.push(batch.id, body::write(&batch))).await;
        (office.token, tour.to_string())
    };
    (server, token, tour)
}

async fn get(server: &TestServer, token: &str, path: &str) -> Value {
    crate::support::json_of(server.request(Method::GET, path).bearer_auth(token)).await
}

#[tokio::test]
async fn a_line_is_listed_shown_and_plotted() {
    let (server, token, tour) = heard(true).await;
    let page = get(&server, &token, &format!("/tours/{tour}/lines?state=read&sort=value&order=desc")).await;
    assert_eq!((&page["total"], &page["cursor"]), (&json!(1), &json!(null)));
    let line = &page["lines"][0];
    let telegram = TelegramId::of(&hex(FRAME)).to_string();
    let shown = json!({
        "state": line["state"], "value": line["value"], "unit": line["unit"], "value_kind": line["value_kind"],
        "meter": line["meter"], "handheld": line["handheld"], "telegram": line["telegram"],
        "times_heard": line["times_heard"], "has_key": line["has_key"], "read_at": line["read_at"]
    });
    let expected = json!({
        "state": "read", "value": "28504.27", "unit": "m³", "value_kind": "current", "meter": METER,
        "handheld": "Handheld 1", "telegram": telegram, "times_heard": 1, "has_key": true,
        "read_at": "2026-11-20T10:00:00Z"
    });
    assert_eq!(shown, expected);

    let path = format!("/tours/{tour}/lines/{}", line["id"].as_str().unwrap());
    let detail = get(&server, &token, &path).await;
    assert_eq!(detail["readings"][0]["value"], json!("28504.27"));
    assert_eq!(detail["readings"][1]["text"], json!("2008-05-31T23:50"), "{detail}");
    assert_eq!(
        detail["telegrams"],
        json!([{ "id": telegram, "content": "records", "reason": null, "first_at": "2026-11-20T10:00:00Z",
                 "receptions": 1, "best_rssi_dbm": -71, "link_mode": "T1", "handhelds": ["Handheld 1"] }])
    );
    let history = get(&server, &token, &format!("{path}/history")).await;
    assert_eq!(
        history,
        json!({ "series": [{ "quantity": "volume", "unit": "m³", "points": [
            { "date": "2008-05-31", "value": "28504.27", "kind": "current", "telegram": telegram }] }] })
    );
}

#[tokio::test]
async fn a_tour_says_how_far_each_house_is_and_who_walks_it() {
    let (server, token, tour) = heard(true).await;
    let shown = get(&server, &token, &format!("/tours/{tour}")).await;
    assert_eq!(shown["houses"], json!([{ "street": "Lindenweg", "house": "7", "meters": 1, "done": 1 }]));
    assert_eq!((&shown["progress"]["read"], &shown["missing_keys"]), (&json!(1), &json!(0)));
    let handheld = &shown["handhelds"][0];
    assert_eq!(
        (&handheld["name"], &handheld["assigned"], &handheld["pushed_at"]),
        (&json!("Handheld 1"), &json!(true), &json!("2026-11-21T02:03:04.005Z"))
    );
}

#[tokio::test]
async fn a_query_that_cannot_be_answered_is_refused_by_name() {
    let (server, token, tour) = heard(false).await;
    for (query, code) in [
        ("state=lost", ProblemCode::BadRequest),
        ("sort=colour", ProblemCode::BadRequest),
        ("order=up", ProblemCode::BadRequest),
        ("limit=501", ProblemCode::BadRequest),
        ("colour=red", ProblemCode::BadRequest),
        ("sort=value&cursor=7", ProblemCode::CursorGone),
    ] {
        let request = server.request(Method::GET, &format!("/tours/{tour}/lines?{query}"));
        expect_problem(request.bearer_auth(&token), code).await;
    }
    let nothing = "00000000-0000-0000-0000-000000000000";
    for path in [
        format!("/tours/{nothing}/lines"),
        format!("/tours/{tour}/lines/{nothing}"),
        format!("/tours/{tour}/lines/{nothing}/history"),
        format!("/telegrams/{}/explanation", "0".repeat(64)),
    ] {
        let request = server.request(Method::GET, &path).bearer_auth(&token);
        expect_problem(request, ProblemCode::NotFound).await;
    }
}

/// Checks that the parts of depth 0 cover both texts once, byte by byte.
fn assert_tiles(explanation: &Value) {
    for (of, text) in [("air", &explanation["hex"]), ("plain", &explanation["plain_hex"])] {
        let mut at = 0;
        let parts = explanation["parts"].as_array().unwrap().iter();
        for part in parts.filter(|part| part["of"] == of && part["depth"] == 0) {
            assert_eq!(part["offset"].as_u64().unwrap(), at, "{part}");
            at += part["length"].as_u64().unwrap();
        }
        assert_eq!(at as usize * 2, text.as_str().map_or(0, str::len), "{of}");
    }
}

#[tokio::test]
async fn a_telegram_is_explained_byte_by_byte_opened_or_with_the_reason_why_not() {
    let path = format!("/telegrams/{}/explanation", TelegramId::of(&hex(FRAME)));
    let (server, token, _) = heard(true).await;
    let opened = get(&server, &token, &path).await;
    assert_tiles(&opened);
    assert_eq!((&opened["hex"], &opened["content"]), (&json!(FRAME), &json!("records")));
    assert_eq!(
        opened["plain_hex"],
        json!("2F2F0C1427048502046D32371F1502FD1700002F2F2F2F2F2F2F2F2F2F2F2F2F")
    );
    assert_eq!((&opened["security"], &opened["reason"]), (&json!("mode 5"), &json!(null)));
    assert_eq!(
        opened["parts"][0],
        json!({ "offset": 0, "length": 1, "of": "air", "depth": 0, "layer": "DLL", "field": "L",
                "text": "L field: 46 bytes follow", "value": "46", "warning": false })
    );
    let volume = opened["parts"].as_array().unwrap().iter().find(|part| part["field"] == "volume").unwrap();
    assert_eq!(
        (&volume["of"], &volume["offset"], &volume["value"]),
        (&json!("plain"), &json!(2), &json!("28504.27 m³"))
    );
    assert_eq!(opened["receptions"][0]["handheld"], json!("Handheld 1"));

    let (server, token, _) = heard(false).await;
    let sealed = get(&server, &token, &path).await;
    assert_tiles(&sealed);
    assert_eq!(
        (&sealed["content"], &sealed["reason"], &sealed["plain_hex"]),
        (&json!("sealed"), &json!("no_key"), &json!(null))
    );
    let part = sealed["parts"].as_array().unwrap().iter().find(|part| part["field"] == "Encrypted").unwrap();
    assert_eq!((&part["offset"], &part["length"], &part["warning"]), (&json!(15), &json!(32), &json!(true)));
}
