//! What the office asks for besides the handhelds' day.

use reqwest::Method;
use serde_json::json;
use sync_protocol::{ProblemCode, TelegramId, body};

use crate::support::{
    FRAME, PASSWORD, Setup, TestServer, expect_problem, expect_status, hex, json_of, text_of,
};

#[tokio::test]
async fn a_session_ends_when_the_office_logs_out() {
    let server = TestServer::start().await;
    let office = server.office().await;
    assert_eq!(office.get("/handhelds").await, json!({ "handhelds": [] }));
    expect_status(office.request(Method::POST, "/logout"), 204).await;
    expect_problem(office.request(Method::GET, "/handhelds"), ProblemCode::Unauthorized).await;
}

#[tokio::test]
async fn a_changed_password_ends_every_session() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let change = |old: &str, new: &str| {
        office.request(Method::PUT, "/password").json(&json!({ "old": old, "new": new }))
    };
    expect_problem(change("wrong", "another password"), ProblemCode::WrongPassword).await;
    expect_problem(change(PASSWORD, "short"), ProblemCode::Unprocessable).await;
    expect_status(change(PASSWORD, "another password"), 204).await;
    expect_problem(office.request(Method::GET, "/handhelds"), ProblemCode::Unauthorized).await;
    let log_in =
        |password: &str| server.request(Method::POST, "/login").json(&json!({ "password": password }));
    expect_problem(log_in(PASSWORD), ProblemCode::WrongPassword).await;
    expect_status(log_in("another password"), 200).await;
}

#[tokio::test]
async fn guessing_the_password_is_slowed_down() {
    let server = TestServer::start().await;
    let mut refusals = Vec::new();
    for _ in 0..100 {
        let guess = server.request(Method::POST, "/login").json(&json!({ "password": "a guess of mine" }));
        let answer = guess.send().await.unwrap();
        let wait: Option<u64> =
            answer.headers().get("retry-after").map(|wait| wait.to_str().unwrap().parse().unwrap());
        refusals.push((answer.status().as_u16(), wait.is_some_and(|seconds| seconds > 0)));
    }
    assert_eq!(refusals.first(), Some(&(401, false)));
    assert_eq!(refusals.last(), Some(&(429, true)));
    // Not even the right password comes through now.
    let right = server.request(Method::POST, "/login").json(&json!({ "password": PASSWORD }));
    expect_problem(right, ProblemCode::TooManyAttempts).await;
}

#[tokio::test]
async fn guessing_a_pairing_code_is_slowed_down() {
    let server = TestServer::start().await;
    let guess = json!({ "code": "AAAA-AAAA-AAAA-AAAA", "name": "x", "app_version": "0" });
    let mut last = 0;
    for _ in 0..100 {
        last = server.request(Method::POST, "/pair").json(&guess).send().await.unwrap().status().as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn a_tour_without_a_good_row_is_not_created_and_says_why() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let csv = "meter_no,radio_id\n1,not-hexadecimal\n";
    let request =
        office.request(Method::POST, "/tours?name=Lindenweg").header("content-type", "text/csv").body(csv);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let import: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((&import["tour"], &import["refused"]), (&json!(null), &json!(1)), "{import}");
    assert_eq!(import["rows"][0]["verdict"], json!("refused"));
    assert_eq!(office.get("/tours").await, json!({ "tours": [], "cursor": null }));
}

#[tokio::test]
async fn tours_are_listed_page_by_page() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(office.give_tour(handheld.replica).await.to_string());
    }
    let first = office.get("/tours?limit=2").await;
    let cursor = first["cursor"].as_str().unwrap();
    let second = office.get(&format!("/tours?limit=2&cursor={cursor}")).await;
    assert_eq!(second["cursor"], json!(null));
    let tours =
        [first["tours"].as_array().unwrap().clone(), second["tours"].as_array().unwrap().clone()].concat();
    let mut listed: Vec<_> = tours.iter().map(|tour| tour["id"].as_str().unwrap().to_owned()).collect();
    listed.sort();
    made.sort();
    assert_eq!(listed, made);
}

#[tokio::test]
async fn a_withdrawn_tour_disappears_from_its_handheld() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let tour = office.give_tour(handheld.replica).await;
    let shown = office.get(&format!("/tours/{tour}")).await;
    assert_eq!((&shown["replicas"], &shown["progress"]["open"]), (&json!([handheld.replica]), &json!(1)));
    let path = format!("/tours/{tour}/assignment/{}", handheld.replica);
    expect_status(office.request(Method::DELETE, &path), 204).await;
    let page = json_of(handheld.request(Method::GET, "/changes")).await;
    assert_eq!(
        page["changes"].as_array().unwrap().last().unwrap()["change"],
        json!("tour_withdrawn"),
        "{page}"
    );
}

#[tokio::test]
async fn a_correction_stands_beside_the_reading_with_its_reason() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let tour = office.give_tour(handheld.replica).await;
    let line = office.get(&format!("/tours/{tour}/lines")).await["lines"][0]["id"].clone();
    let correction = json!({
        "tour_meter": line, "quantity": "volume", "value": "28504.3", "unit": "m³", "reason": "read from a photo"
    });
    expect_status(office.request(Method::POST, "/corrections").json(&correction), 204).await;
    let csv = text_of(office.request(Method::GET, &format!("/readings.csv?tour={tour}"))).await;
    assert!(csv.contains("28504.3"), "{csv}");
    let audit = office.get("/audit").await;
    let actions: Vec<_> =
        audit["entries"].as_array().unwrap().iter().map(|entry| entry["action"].clone()).collect();
    assert!(actions.contains(&json!("correction")), "{audit}");
    let first = office.get("/audit?limit=1").await;
    let next = office.get(&format!("/audit?limit=1&cursor={}", first["cursor"].as_str().unwrap())).await;
    assert_eq!((&first["entries"][0], &next["entries"][0]), (&audit["entries"][0], &audit["entries"][1]));
}

#[tokio::test]
async fn a_backup_lands_in_the_directory_of_the_server_and_raises_the_safe_commit() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("walkby.db").display());
    let server = Setup { database, ..Setup::default() }.start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    office.give_tour(handheld.replica).await;
    let request = office.request(Method::POST, "/backups");
    let backup = json_of(request).await;
    let file = server.backups.path().join(backup["file"].as_str().unwrap());
    assert!(std::fs::read(file).unwrap().starts_with(b"SQLite format 3\0"));
    let hello = json_of(server.request(Method::GET, "/hello")).await;
    assert_eq!(hello["safe_commit"], backup["safe_commit"]);
    assert!(hello["safe_commit"].as_u64().unwrap() > 0, "{hello}");
}

#[tokio::test]
async fn a_database_that_is_not_sqlite_is_not_backed_up_by_the_server() {
    let server = TestServer::start().await;
    let office = server.office().await;
    expect_problem(office.request(Method::POST, "/backups"), ProblemCode::Conflict).await;
}

#[tokio::test]
async fn metrics_count_requests_and_are_for_this_machine_or_the_office() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let page = text_of(server.request(Method::GET, "/metrics")).await;
    let line =
        r#"walkby_http_request_duration_seconds_count{method="POST",route="/api/v1/login",status="200"} 1"#;
    assert!(page.lines().any(|found| found == line), "{page}");
    // What a proxy on this machine passes on comes from elsewhere.
    let forwarded = || server.request(Method::GET, "/metrics").header("x-forwarded-for", "192.0.2.1");
    expect_problem(forwarded(), ProblemCode::Unauthorized).await;
    expect_status(forwarded().bearer_auth(&office.token), 200).await;
    let handheld = office.pair().await;
    expect_problem(handheld.request(Method::GET, "/metrics"), ProblemCode::Unauthorized).await;
}

#[tokio::test]
async fn health_says_that_the_database_answers() {
    let server = TestServer::start().await;
    let health = json_of(server.request(Method::GET, "/health")).await;
    assert_eq!((&health["status"], &health["version"]), (&json!("ok"), &json!(env!("CARGO_PKG_VERSION"))));
}

#[tokio::test]
async fn the_audit_names_who_did_what_newest_first_and_page_by_page() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let tour = office.give_tour(handheld.replica).await;
    office.import_key().await;
    text_of(handheld.request(Method::GET, "/changes")).await;
    let batch = handheld.batch(1, tour);
    for _ in 0..2 {
        text_of(handheld.push(batch.id, body::write(&batch))).await;
    }
    let telegram = TelegramId::of(&hex(FRAME));
    text_of(office.request(Method::GET, &format!("/telegrams/{telegram}"))).await;
    text_of(office.request(Method::GET, &format!("/readings.csv?tour={tour}"))).await;
    expect_status(office.request(Method::DELETE, &format!("/handhelds/{}", handheld.replica)), 204).await;

    // Two entries a page, each page asked for by the last number of the one before.
    let (mut entries, mut before) = (Vec::new(), String::new());
    loop {
        let page = office.get(&format!("/audit?limit=2{before}")).await["entries"].clone();
        let page = page.as_array().unwrap();
        let Some(last) = page.last() else { break };
        before = format!("&cursor={}", last["number"]);
        entries.extend(page.clone());
    }
    let actions: Vec<_> = entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        [
            "handheld_revoke",
            "export",
            "telegram_view",
            "batch_merge",
            "keys_given",
            "key_import",
            "tour_release",
            "tour_assign",
            "tour_create",
            "handheld_pair",
            "pairing_code",
            "login",
            "password_set",
        ]
    );
    let of = |action: &str| entries.iter().find(|entry| entry["action"] == action).unwrap();
    let merge = of("batch_merge");
    assert_eq!(merge["actor"], json!(format!("handheld {}", handheld.replica)));
    assert_eq!((&merge["subject"], &merge["detail"]), (&json!(batch.id), &json!("2 items")));
    let view = of("telegram_view");
    assert_eq!((&view["actor"], &view["subject"]), (&json!("admin"), &json!(telegram)));
    expect_problem(office.request(Method::GET, "/audit?limit=501"), ProblemCode::BadRequest).await;
}
