//! A handheld's day: pair, pull, push, and what the office then gets.

use reqwest::Method;
use serde_json::json;
use sync_protocol::{
    Change, ChangesPage, Hello, ItemOutcome, OutcomeRange, ProblemCode, PushAnswer, TelegramId, body,
};

use crate::support::{
    FRAME, KEY, METER, Setup, TestServer, body_of, expect_problem, expect_status, hex, json_of, text_of,
};

async fn a_day(server: &TestServer) {
    let office = server.office().await;
    let handheld = office.pair().await;
    let tour = office.give_tour(handheld.replica).await;
    let import = office.import_key().await;
    assert_eq!((&import["accepted"], &import["refused"]), (&json!(1), &json!(0)), "{import}");

    // Pull.
    let page: ChangesPage = body_of(handheld.request(Method::GET, "/changes")).await;
    let keys: Vec<_> = page
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::TourMeter(line) => line.key.as_ref().map(|key| key.expose_hex()),
            _ => None,
        })
        .collect();
    assert_eq!(keys, [KEY], "{page:?}");
    assert!(!page.has_more);
    let again = handheld.request(Method::GET, "/changes").query(&[("cursor", &page.cursor.0)]);
    assert_eq!(body_of::<ChangesPage>(again).await.changes, []);

    // Push, and once more because the answer was lost.
    let batch = handheld.batch(1, tour);
    let bytes = body::write(&batch);
    let receipt: PushAnswer = body_of(handheld.push(batch.id, bytes.clone())).await;
    assert_eq!((receipt.batch, receipt.digest), (batch.id, sync_protocol::Digest::of(&bytes)));
    assert_eq!(receipt.outcomes, [OutcomeRange { from: 0, to: 1, outcome: ItemOutcome::Accepted }]);
    let repeated: PushAnswer = body_of(handheld.push(batch.id, bytes.clone())).await;
    assert_eq!(repeated, receipt);
    let shown = handheld.request(Method::GET, &(handheld.batch_path(batch.id) + "/receipt"));
    assert_eq!(body_of::<PushAnswer>(shown).await, receipt);

    // The same id for another body is refused and changes nothing.
    let other = sync_protocol::Batch { items: batch.items[..1].to_vec(), ..batch.clone() };
    expect_problem(handheld.push(batch.id, body::write(&other)), ProblemCode::BatchIdReused).await;
    assert_eq!(body_of::<PushAnswer>(handheld.push(batch.id, bytes)).await, receipt);

    // What the office gets.
    let readings = office.get(&format!("/readings?tour={tour}")).await;
    let volume =
        readings["readings"].as_array().unwrap().iter().find(|reading| reading["quantity"] == "volume");
    let volume = volume.unwrap_or_else(|| panic!("{readings}"));
    assert_eq!(
        (&volume["value"], &volume["unit"], &volume["meter"]),
        (&json!("28504.27"), &json!("m³"), &json!(METER))
    );
    assert_eq!(readings["cursor"], json!(null));
    let csv = text_of(office.request(Method::GET, &format!("/readings.csv?tour={tour}"))).await;
    assert!(csv.lines().count() >= 2 && csv.contains("28504.27"), "{csv}");

    let handhelds = office.get("/handhelds").await;
    assert_eq!(handhelds["handhelds"][0]["last_push_at"], json!("2026-11-21T02:03:04.005Z"));
    let metrics = text_of(server.request(Method::GET, "/metrics")).await;
    for line in [
        "walkby_batches_total 3".to_owned(),
        format!("walkby_handheld_push_age_seconds{{replica=\"{}\"}} 0", handheld.replica),
        "walkby_telegrams_decoded_total{status=\"read\"} 1".to_owned(),
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is missing in\n{metrics}");
    }

    let telegram = TelegramId::of(&hex(FRAME));
    let detail = office.get(&format!("/telegrams/{telegram}")).await;
    assert_eq!((&detail["frame"], &detail["meter"]), (&json!(FRAME), &json!(METER)));
    assert_eq!(detail["heard_by"][0]["rssi_dbm"], json!(-71));
    let explanation = detail["explanation"].as_str().unwrap();
    assert!(explanation.contains("28504.27") && !explanation.contains(KEY), "{explanation}");
}

#[tokio::test]
async fn a_day_from_pairing_to_the_csv_in_memory() {
    a_day(&TestServer::start().await).await;
}

#[tokio::test]
async fn a_day_from_pairing_to_the_csv_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("walkby.db").display());
    a_day(&Setup { database, ..Setup::default() }.start().await).await;
}

#[tokio::test]
async fn a_revoked_handheld_learns_so_and_its_push_leaves_no_row() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let tour = office.give_tour(handheld.replica).await;
    assert_eq!(body_of::<Hello>(handheld.request(Method::GET, "/hello")).await.server_epoch, 1);

    expect_status(office.request(Method::DELETE, &format!("/handhelds/{}", handheld.replica)), 204).await;
    let batch = handheld.batch(1, tour);
    expect_problem(handheld.push(batch.id, body::write(&batch)), ProblemCode::Revoked).await;
    expect_problem(handheld.request(Method::GET, "/hello"), ProblemCode::Revoked).await;
    expect_problem(handheld.request(Method::GET, "/changes"), ProblemCode::Revoked).await;
    assert_eq!(office.get("/readings").await["readings"], json!([]));
}

#[tokio::test]
async fn a_handheld_may_not_push_or_read_receipts_as_another() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let (one, other) = (office.pair().await, office.pair().await);
    let tour = office.give_tour(one.replica).await;
    let batch = one.batch(1, tour);
    let receipt: PushAnswer = body_of(one.push(batch.id, body::write(&batch))).await;
    assert_eq!(receipt.batch, batch.id);

    let path = one.batch_path(batch.id) + "/receipt";
    expect_problem(other.request(Method::GET, &path), ProblemCode::Forbidden).await;
    let stolen = one.push(batch.id, body::write(&batch)).bearer_auth(&other.token).build();
    // `bearer_auth` appends: the one token that stands must be the other's.
    let mut stolen = stolen.unwrap();
    stolen.headers_mut().insert("authorization", format!("Bearer {}", other.token).parse().unwrap());
    let answer = server.client.execute(stolen).await.unwrap();
    crate::support::problem_of(answer, ProblemCode::Forbidden).await;
    // A batch that names another replica inside is refused as well.
    let foreign = one.batch(2, tour);
    expect_problem(other.push(foreign.id, body::write(&foreign)), ProblemCode::Forbidden).await;
}

#[tokio::test]
async fn a_pairing_code_pairs_one_handheld() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let code = office.pairing_code().await;
    let body = json!({ "code": code, "name": "Handheld 1", "app_version": "0.1.0" });
    let answer = json_of(server.request(Method::POST, "/pair").json(&body)).await;
    assert_eq!(answer["server_name"], json!("Walkby"));
    expect_problem(server.request(Method::POST, "/pair").json(&body), ProblemCode::WrongPairingCode).await;
    assert_eq!(office.get("/handhelds").await["handhelds"].as_array().unwrap().len(), 1);
}
