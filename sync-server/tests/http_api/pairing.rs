//! Pairing by code and certificate, and what handhelds tell of themselves.

use reqwest::Method;
use serde_json::{Value, json};
use sync_protocol::http::WAITING;
use sync_protocol::{Digest, ProblemCode, body};

use crate::support::{Handheld, Setup, TestServer, expect_problem, expect_status, json_of, text_of};

#[tokio::test]
async fn a_pairing_code_comes_with_the_digest_of_the_certificate_that_is_served() {
    let plain = TestServer::start().await;
    let code = json_of(plain.office().await.request(Method::POST, "/pairing-codes").json(&json!({}))).await;
    assert_eq!(code["certificate_sha256"], json!(null));
    assert_eq!(code["expires_at"], json!("2026-11-21T02:18:04.005Z"));
    assert_eq!(code["code"].as_str().unwrap().len(), 19);

    let setup = Setup::default().with_tls();
    let expected = setup.options.tls.as_ref().unwrap().certificate_sha256;
    let server = setup.start().await;
    let code = json_of(server.office().await.request(Method::POST, "/pairing-codes")).await;
    assert_eq!(code["certificate_sha256"], json!(expected.to_string()));
}

#[test]
fn the_digest_is_the_one_that_other_tools_show() {
    let folder = tempfile::tempdir().unwrap();
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    // The certificate comes first, then those that signed it.
    let other = rcgen::generate_simple_self_signed(["other".to_owned()]).unwrap();
    std::fs::write(&certificate, pair.cert.pem() + &other.cert.pem()).unwrap();
    std::fs::write(&key, pair.signing_key.serialize_pem()).unwrap();
    let tls = sync_server::tls::load(&certificate, &key).unwrap();
    assert_eq!(tls.certificate_sha256, Digest::of(pair.cert.der()));
}

async fn shown(handheld: &Handheld<'_>) -> Value {
    let office = handheld.server.office().await;
    office.get("/handhelds").await["handhelds"][0].clone()
}

#[tokio::test]
async fn the_office_sees_which_handheld_is_behind() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let new = shown(&handheld).await;
    assert_eq!(
        new,
        json!({
            "replica": handheld.replica,
            "name": "Handheld 1",
            "app_version": "0.1.0",
            "paired_at": "2026-11-21T02:03:04.005Z",
            "revoked_at": null,
            "last_seen": null,
            "last_push_at": null,
            "clock_offset_ms": null,
            "sync_state": "never",
            "unpulled_changes": 0,
            "waiting_items": null,
            "tours": [],
        })
    );

    let tour = office.give_tour(handheld.replica).await;
    text_of(handheld.request(Method::GET, "/hello").header(WAITING, "2")).await;
    let behind = shown(&handheld).await;
    assert_eq!((&behind["sync_state"], &behind["waiting_items"]), (&json!("behind"), &json!(2)));
    assert_eq!(behind["unpulled_changes"], json!(2));
    assert_eq!(behind["tours"], json!([{ "id": tour, "name": "Lindenweg", "missing": 1 }]));

    text_of(handheld.request(Method::GET, "/changes")).await;
    let batch = handheld.batch(1, tour);
    text_of(handheld.push(batch.id, body::write(&batch)).header(WAITING, "0")).await;
    let current = shown(&handheld).await;
    assert_eq!((&current["sync_state"], &current["waiting_items"]), (&json!("current"), &json!(0)));
    assert_eq!(current["last_push_at"], json!("2026-11-21T02:03:04.005Z"));

    // The line was heard, but there is no key: it is still to be read.
    assert_eq!(current["tours"][0]["missing"], json!(1));
    office.import_key().await;
    assert_eq!(shown(&handheld).await["tours"][0]["missing"], json!(0));

    expect_status(office.request(Method::DELETE, &format!("/handhelds/{}", handheld.replica)), 204).await;
    assert_eq!(shown(&handheld).await["sync_state"], json!("revoked"));
    expect_problem(handheld.request(Method::GET, "/changes").header(WAITING, "9"), ProblemCode::Revoked)
        .await;
    assert_eq!(shown(&handheld).await["waiting_items"], json!(0));
}

#[tokio::test]
async fn what_a_handheld_tells_of_its_outbox_refuses_nothing() {
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    for told in ["", "many", "-1", "4294967296", "1.5"] {
        text_of(handheld.request(Method::GET, "/changes").header(WAITING, told)).await;
        assert_eq!(shown(&handheld).await["waiting_items"], json!(null), "{told:?}");
    }
}
