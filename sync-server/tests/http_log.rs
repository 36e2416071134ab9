//! Nothing that must stay secret reaches the log, not even at TRACE.
//!
//! A test program of its own: the log of a process is one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[expect(dead_code, reason = "what the other test program needs, too")]
mod support;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::json;
use support::{KEY, PASSWORD, Setup, expect_problem, hex, text_of};
use sync_protocol::{ProblemCode, PushAnswer, TelegramId, body};
use tracing_subscriber::fmt::MakeWriter;

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_token_key_or_password_is_logged_at_trace_or_answered_in_a_problem() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();

    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("walkby.db").display());
    let server = Setup { database, ..Setup::default() }.with_tls().start().await;
    let health = server.request(Method::GET, "/health").send().await.unwrap();
    assert_eq!(health.version(), reqwest::Version::HTTP_2);
    let office = server.office().await;
    let page = server.request(Method::POST, "/login").header("x-walkby-request", "1");
    let page = page.json(&json!({ "password": PASSWORD })).send().await.unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(page.status().as_u16(), 200);
    text_of(server.request(Method::GET, "/login").header("cookie", &cookie)).await;
    let cookie_secret = cookie.strip_prefix("walkby_office=").unwrap();
    let code = office.pairing_code().await;
    let handheld = office.pair().await;
    let tour = office.give_tour(handheld.replica).await;
    office.import_key().await;
    text_of(handheld.request(Method::GET, "/changes")).await;
    let batch = handheld.batch(1, tour);
    let receipt: PushAnswer = support::body_of(handheld.push(batch.id, body::write(&batch))).await;
    assert_eq!(receipt.batch, batch.id);
    text_of(office.request(Method::GET, &format!("/readings.csv?tour={tour}"))).await;
    text_of(office.request(Method::GET, &format!("/telegrams/{}", TelegramId::of(&hex(support::FRAME)))))
        .await;

    // Refusals of what holds a secret.
    let (wrong_password, wrong_code, wrong_token) =
        ("hunter2hunter2", "WRONG-CODE-WRONG", "a-token-of-nobody");
    let wrong_key = "0102030405060708090A0B0C0D0E0FZZ";
    let mut answers = vec![
        expect_problem(
            server.request(Method::POST, "/login").json(&json!({ "password": wrong_password })),
            ProblemCode::WrongPassword,
        )
        .await,
        expect_problem(
            server.request(Method::POST, "/login").json(&json!({ "passwort": wrong_password })),
            ProblemCode::Unprocessable,
        )
        .await,
        expect_problem(
            server
                .request(Method::POST, "/pair")
                .json(&json!({ "code": wrong_code, "name": "", "app_version": "" })),
            ProblemCode::WrongPairingCode,
        )
        .await,
        expect_problem(
            server.request(Method::GET, "/changes").bearer_auth(wrong_token),
            ProblemCode::Unauthorized,
        )
        .await,
    ];
    let csv = format!("radio_id,key\n12345678,{wrong_key}\n");
    let import = office.request(Method::POST, "/keys").header("content-type", "text/csv").body(csv);
    answers.push(text_of(import).await);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("TRACE") && log.contains("/api/v1/login"), "the log was not captured");
    let bare_code = code.replace('-', "");
    let secrets = [
        PASSWORD,
        KEY,
        &office.token,
        cookie_secret,
        &handheld.token,
        &code,
        &bare_code,
        wrong_password,
        wrong_code,
        wrong_token,
        wrong_key,
    ];
    for secret in secrets {
        for (place, text) in [("log", &log), ("answers", &answers.join("\n"))] {
            let found = text.to_lowercase().find(&secret.to_lowercase());
            assert_eq!(found, None, "a secret stands in the {place}");
        }
    }
    // Meter numbers may stand at DEBUG and below only.
    let above = log.lines().filter(|line| !line.contains("DEBUG") && !line.contains("TRACE"));
    assert_eq!(above.filter(|line| line.contains("12345678")).count(), 0);
}
