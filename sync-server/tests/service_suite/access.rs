//! Who comes in: the office by password, handhelds by one-time codes, and how often one may try.

use sync_protocol::{PairRequest, ProblemCode, ReplicaId, Token};
use sync_server::service::{AdminLogin, Credentials};
use sync_server::store::rows::SessionKind;
use sync_server::{Actor, Service, ServiceError};
use uuid::Uuid;

use crate::kit::{Kit, batch, on_every_store};

on_every_store! {
    the_first_password_is_set_once_and_may_be_changed,
    a_session_opens_only_to_what_it_was_given_as,
    the_session_of_a_browser_lasts_half_a_day_from_its_last_request,
    a_session_ends_by_logout_by_time_and_by_a_new_password,
    wrong_passwords_are_limited_for_each_client,
    a_pairing_code_pairs_one_handheld_once,
    a_pairing_code_ends_after_a_quarter_of_an_hour,
    wrong_pairing_codes_are_limited_for_each_client,
    a_revoked_handheld_is_told_so_and_its_push_is_not_kept,
    secrets_are_not_in_what_is_kept,
}

const PASSWORD: &str = "correct horse battery";

fn code<T>(result: Result<T, ServiceError>) -> ProblemCode {
    result.err().expect("a refusal").code()
}

async fn log_in(service: &Service, password: &str, client: &str) -> Result<AdminLogin, ServiceError> {
    service.log_in(password, SessionKind::Token, client).await
}

fn shown(login: &AdminLogin, kind: SessionKind) -> Credentials {
    Credentials { token: login.token.clone(), kind }
}

fn token(login: &AdminLogin) -> Credentials {
    shown(login, SessionKind::Token)
}

fn request(code: &str) -> PairRequest {
    let code = Token::new(code.to_owned());
    PairRequest { code, name: "Anna's\u{7} handheld".to_owned(), app_version: "0.1.0".to_owned() }
}

async fn the_first_password_is_set_once_and_may_be_changed(kit: &Kit) {
    let service = &kit.service;
    assert!(!service.has_admin_password().await.unwrap());
    assert_eq!(code(log_in(service, PASSWORD, "a").await), ProblemCode::Conflict);
    assert_eq!(code(service.set_admin_password("short").await), ProblemCode::Unprocessable);
    service.set_admin_password(PASSWORD).await.unwrap();
    assert!(service.has_admin_password().await.unwrap());
    assert_eq!(code(service.set_admin_password("another password").await), ProblemCode::Conflict);
    let wrong = service.change_admin_password("wrong password", "another password", "a").await;
    assert_eq!(code(wrong), ProblemCode::WrongPassword);
    service.change_admin_password(PASSWORD, "another password", "a").await.unwrap();
    assert_eq!(code(log_in(service, PASSWORD, "a").await), ProblemCode::WrongPassword);
    log_in(service, "another password", "a").await.unwrap();
}

async fn a_session_ends_by_logout_by_time_and_by_a_new_password(kit: &Kit) {
    let service = &kit.service;
    service.set_admin_password(PASSWORD).await.unwrap();
    let first = log_in(service, PASSWORD, "a").await.unwrap();
    let second = log_in(service, PASSWORD, "a").await.unwrap();
    assert_eq!(service.authenticate_admin(&token(&first)).await.unwrap().actor, Actor::Admin);
    service.log_out(Actor::Admin, &token(&first)).await.unwrap();
    assert_eq!(code(service.authenticate_admin(&token(&first)).await), ProblemCode::Unauthorized);
    assert_eq!(service.authenticate_admin(&token(&second)).await.unwrap().actor, Actor::Admin);
    kit.advance_seconds(12 * 60 * 60);
    assert_eq!(second.expires_at, service.now());
    assert_eq!(code(service.authenticate_admin(&token(&second)).await), ProblemCode::Unauthorized);
    let third = log_in(service, PASSWORD, "a").await.unwrap();
    service.change_admin_password(PASSWORD, "another password", "a").await.unwrap();
    assert_eq!(code(service.authenticate_admin(&token(&third)).await), ProblemCode::Unauthorized);
}

async fn a_session_opens_only_to_what_it_was_given_as(kit: &Kit) {
    let service = &kit.service;
    service.set_admin_password(PASSWORD).await.unwrap();
    let of_program = service.log_in(PASSWORD, SessionKind::Token, "a").await.unwrap();
    let of_browser = service.log_in(PASSWORD, SessionKind::Cookie, "a").await.unwrap();
    let shows = async |login: &AdminLogin, kind| {
        service.authenticate_admin(&shown(login, kind)).await.map(|session| session.actor)
    };
    assert_eq!(shows(&of_program, SessionKind::Token).await.unwrap(), Actor::Admin);
    assert_eq!(shows(&of_browser, SessionKind::Cookie).await.unwrap(), Actor::Admin);
    assert_eq!(code(shows(&of_program, SessionKind::Cookie).await), ProblemCode::Unauthorized);
    assert_eq!(code(shows(&of_browser, SessionKind::Token).await), ProblemCode::Unauthorized);
}

async fn the_session_of_a_browser_lasts_half_a_day_from_its_last_request(kit: &Kit) {
    const HOURS: i64 = 60 * 60;
    let service = &kit.service;
    service.set_admin_password(PASSWORD).await.unwrap();
    let login = service.log_in(PASSWORD, SessionKind::Cookie, "a").await.unwrap();
    let cookie = shown(&login, SessionKind::Cookie);
    kit.advance_seconds(59);
    let soon = service.authenticate_admin(&cookie).await.unwrap();
    assert_eq!((soon.expires_at, soon.is_carried_on), (login.expires_at, false), "not a write each time");
    kit.advance_seconds(11 * HOURS);
    let later = service.authenticate_admin(&cookie).await.unwrap();
    assert_eq!(later.expires_at, service.now().plus_millis(12 * HOURS * 1_000));
    assert!(later.is_carried_on);
    assert_eq!(service.office_session(&cookie).await.unwrap().expires_at, later.expires_at);
    kit.advance_seconds(11 * HOURS);
    assert!(service.authenticate_admin(&cookie).await.unwrap().is_carried_on);
    kit.advance_seconds(12 * HOURS);
    assert_eq!(code(service.authenticate_admin(&cookie).await), ProblemCode::Unauthorized);
    assert_eq!(code(service.office_session(&cookie).await), ProblemCode::Unauthorized);
}

async fn wrong_passwords_are_limited_for_each_client(kit: &Kit) {
    let service = &kit.service;
    service.set_admin_password(PASSWORD).await.unwrap();
    for left in (0..10).rev() {
        let refused = log_in(service, "wrong password", "a").await.unwrap_err();
        assert!(
            matches!(refused, ServiceError::WrongPassword { attempts_left } if attempts_left == left),
            "{refused:?}"
        );
    }
    let refused = log_in(service, PASSWORD, "a").await.unwrap_err();
    assert!(matches!(refused, ServiceError::TooManyAttempts { retry_after_seconds: 900 }), "{refused:?}");
    log_in(service, PASSWORD, "b").await.expect("another client may log in");
    kit.advance_seconds(15 * 60);
    log_in(service, PASSWORD, "a").await.expect("the window has ended");
    let failed = service.audit(None, 500).await.unwrap();
    assert_eq!(failed.iter().filter(|entry| entry.action == "login_failed").count(), 10);
}

async fn a_pairing_code_pairs_one_handheld_once(kit: &Kit) {
    let service = &kit.service;
    let made = service.create_pairing_code(Actor::Admin).await.unwrap();
    let typed = made.code.expose().to_lowercase().replace('-', " ");
    let answer = service.pair(&request(&typed), "a").await.unwrap();
    assert_eq!(service.authenticate_handheld(&answer.token).await.unwrap(), answer.replica);
    assert_eq!(code(service.pair(&request(&typed), "a").await), ProblemCode::WrongPairingCode);
    let unknown = Token::new("00".repeat(32));
    assert_eq!(code(service.authenticate_handheld(&unknown).await), ProblemCode::Unauthorized);

    let handhelds = service.handhelds().await.unwrap();
    assert_eq!(handhelds.len(), 1);
    let handheld = &handhelds[0];
    assert_eq!((handheld.replica, handheld.name.as_str()), (answer.replica, "Anna's handheld"));
    assert_eq!((handheld.paired_at, handheld.revoked_at), (service.now(), None));
}

async fn a_pairing_code_ends_after_a_quarter_of_an_hour(kit: &Kit) {
    let made = kit.service.create_pairing_code(Actor::Admin).await.unwrap();
    assert_eq!(made.expires_at, kit.service.now().plus_millis(15 * 60 * 1_000));
    kit.advance_seconds(15 * 60);
    let late = kit.service.pair(&request(made.code.expose()), "a").await;
    assert_eq!(code(late), ProblemCode::WrongPairingCode);
}

async fn wrong_pairing_codes_are_limited_for_each_client(kit: &Kit) {
    let service = &kit.service;
    let made = service.create_pairing_code(Actor::Admin).await.unwrap();
    for _ in 0..10 {
        let wrong = service.pair(&request("0000-0000-0000-0000"), "a").await;
        assert_eq!(code(wrong), ProblemCode::WrongPairingCode);
    }
    assert_eq!(code(service.pair(&request(made.code.expose()), "a").await), ProblemCode::TooManyAttempts);
    service.pair(&request(made.code.expose()), "b").await.expect("another client may pair");
}

async fn a_revoked_handheld_is_told_so_and_its_push_is_not_kept(kit: &Kit) {
    let service = &kit.service;
    let made = service.create_pairing_code(Actor::Admin).await.unwrap();
    let answer = service.pair(&request(made.code.expose()), "a").await.unwrap();
    service.revoke(Actor::Admin, answer.replica).await.unwrap();
    service.revoke(Actor::Admin, answer.replica).await.unwrap();
    assert_eq!(code(service.authenticate_handheld(&answer.token).await), ProblemCode::Revoked);
    assert_eq!(code(kit.push(&batch(answer.replica, 1, Vec::new())).await), ProblemCode::Revoked);
    assert_eq!(service.handhelds().await.unwrap()[0].revoked_at, Some(service.now()));
    let unknown = ReplicaId(Uuid::from_u128(1));
    assert_eq!(code(service.revoke(Actor::Admin, unknown).await), ProblemCode::NotFound);
    let revocations = service.audit(None, 500).await.unwrap();
    assert_eq!(revocations.iter().filter(|entry| entry.action == "handheld_revoke").count(), 1);
}

async fn secrets_are_not_in_what_is_kept(kit: &Kit) {
    let service = &kit.service;
    service.set_admin_password(PASSWORD).await.unwrap();
    let login = log_in(service, PASSWORD, "a").await.unwrap();
    let made = service.create_pairing_code(Actor::Admin).await.unwrap();
    let answer = service.pair(&request(made.code.expose()), "a").await.unwrap();
    let mut tx = kit.store.begin_read().await.unwrap();
    let mut kept = format!(
        "{:?} {:?} {:?}",
        tx.state().await.unwrap(),
        tx.handhelds().await.unwrap(),
        tx.audit(None, 500).await.unwrap()
    );
    drop(tx);
    if let Some(folder) = &kit.folder {
        for file in std::fs::read_dir(folder.path()).unwrap() {
            kept.push_str(&String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()));
        }
    }
    for secret in [PASSWORD, login.token.expose(), made.code.expose(), answer.token.expose()] {
        assert!(!kept.contains(secret));
    }
    assert!(kept.contains("$argon2id$"));
}
