//! The session of the office's own page: a cookie that no script reads and no foreign page can use.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sync_protocol::ProblemCode;

use crate::support::{PASSWORD, Setup, TestServer, expect_problem, expect_status, json_of, problem_of};

const FROM_PAGE: &str = "x-walkby-request";

/// The page after a login: the cookie that a browser would hold.
struct Page<'a> {
    server: &'a TestServer,
    cookie: String,
}

impl<'a> Page<'a> {
    async fn log_in(server: &'a TestServer) -> Self {
        let answer = log_in(server, PASSWORD).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        let (cookie, _) = set_cookie(&answer).expect("a cookie");
        Self { server, cookie }
    }

    /// A request that a browser sends of itself, wherever it comes from.
    fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.request(method, path).header("cookie", format!("theme=dark; {}", self.cookie))
    }

    /// A request that the page sends.
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header(FROM_PAGE, "1")
    }
}

fn log_in(server: &TestServer, password: &str) -> RequestBuilder {
    server.request(Method::POST, "/login").header(FROM_PAGE, "1").json(&json!({ "password": password }))
}

/// The pair and the attributes of the cookie that an answer sets.
fn set_cookie(answer: &Response) -> Option<(String, String)> {
    let text = answer.headers().get("set-cookie")?.to_str().unwrap();
    let (pair, attributes) = text.split_once("; ").unwrap();
    Some((pair.to_owned(), attributes.to_owned()))
}

#[tokio::test]
async fn the_page_gets_a_cookie_and_never_sees_the_secret() {
    let server = TestServer::start().await;
    let answer = log_in(&server, PASSWORD).send().await.unwrap();
    let (pair, attributes) = set_cookie(&answer).unwrap();
    let (name, secret) = pair.split_once('=').unwrap();
    assert_eq!((name, secret.len()), ("walkby_office", 64));
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/; Max-Age=43200");
    let text = answer.text().await.unwrap();
    let session = json!({
        "server_name": "Walkby",
        "server_version": env!("CARGO_PKG_VERSION"),
        "expires_at": "2026-11-21T14:03:04.005Z",
    });
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), session);
    let page = Page { server: &server, cookie: pair };
    assert_eq!(json_of(page.bare(Method::GET, "/login")).await, session);
    assert_eq!(json_of(page.bare(Method::GET, "/handhelds")).await, json!({ "handhelds": [] }));
}

#[tokio::test]
async fn under_tls_the_cookie_is_for_tls_only() {
    let attributes = "HttpOnly; SameSite=Strict; Path=/; Max-Age=43200; Secure";
    let server = Setup::default().with_tls().start().await;
    let answer = log_in(&server, PASSWORD).send().await.unwrap();
    assert_eq!(set_cookie(&answer).unwrap().1, attributes);
    // A proxy that does TLS and says so.
    let server = TestServer::start().await;
    let answer = log_in(&server, PASSWORD).header("x-forwarded-proto", "https").send().await.unwrap();
    assert_eq!(set_cookie(&answer).unwrap().1, attributes);
}

#[tokio::test]
async fn without_a_session_the_page_is_told_so_without_a_dialogue_of_the_browser() {
    let server = TestServer::start().await;
    for cookie in ["", "walkby_office=", "walkby_office=made-up", "other=x"] {
        let answer = server.request(Method::GET, "/login").header("cookie", cookie).send().await.unwrap();
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        problem_of(answer, ProblemCode::Unauthorized).await;
    }
}

#[tokio::test]
async fn a_foreign_page_can_change_nothing_with_the_cookie() {
    let server = TestServer::start().await;
    let page = Page::log_in(&server).await;
    for (method, path) in [
        (Method::POST, "/pairing-codes"),
        (Method::POST, "/logout"),
        (Method::PUT, "/password"),
        (Method::DELETE, "/handhelds/00000000-0000-0000-0000-000000000000"),
    ] {
        let detail = expect_problem(page.bare(method.clone(), path), ProblemCode::Forbidden).await;
        assert_eq!(detail, "with the cookie, this needs the header `x-walkby-request: 1`", "{method} {path}");
        let other = page.bare(method, path).header(FROM_PAGE, "0");
        expect_problem(other, ProblemCode::Forbidden).await;
    }
    expect_status(page.request(Method::POST, "/pairing-codes"), 201).await;
    // A preflight gets no leave to send the header from elsewhere.
    let preflight = server
        .request(Method::OPTIONS, "/pairing-codes")
        .header("origin", "https://elsewhere.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", FROM_PAGE);
    let answer = preflight.send().await.unwrap();
    assert_eq!(answer.headers().get("access-control-allow-origin"), None);
    problem_of(answer, ProblemCode::MethodNotAllowed).await;
}

#[tokio::test]
async fn a_token_needs_no_header_and_is_no_cookie() {
    let server = TestServer::start().await;
    let office = server.office().await;
    expect_status(office.request(Method::POST, "/pairing-codes"), 201).await;
    let as_cookie =
        server.request(Method::GET, "/handhelds").header("cookie", format!("walkby_office={}", office.token));
    expect_problem(as_cookie, ProblemCode::Unauthorized).await;
    let page = Page::log_in(&server).await;
    let secret = page.cookie.split_once('=').unwrap().1;
    let as_token = server.request(Method::GET, "/handhelds").bearer_auth(secret);
    expect_problem(as_token, ProblemCode::Unauthorized).await;
}

#[tokio::test]
async fn a_session_that_is_used_is_carried_on_in_the_browser_too() {
    let server = TestServer::start().await;
    let page = Page::log_in(&server).await;
    let at_once = page.bare(Method::GET, "/handhelds").send().await.unwrap();
    assert_eq!(set_cookie(&at_once), None);
    server.advance_seconds(11 * 60 * 60);
    let later = page.bare(Method::GET, "/handhelds").send().await.unwrap();
    let attributes = "HttpOnly; SameSite=Strict; Path=/; Max-Age=43200".to_owned();
    assert_eq!(set_cookie(&later), Some((page.cookie.clone(), attributes)));
    server.advance_seconds(11 * 60 * 60);
    // A logout has the last word.
    let answer = page.request(Method::POST, "/logout").send().await.unwrap();
    assert_eq!(set_cookie(&answer).unwrap().0, "walkby_office=");
    assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 1);
}

#[tokio::test]
async fn logging_out_ends_the_session_and_takes_the_cookie() {
    let server = TestServer::start().await;
    let page = Page::log_in(&server).await;
    let answer = page.request(Method::POST, "/logout").send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 204);
    assert_eq!(
        set_cookie(&answer).unwrap(),
        ("walkby_office=".to_owned(), "HttpOnly; SameSite=Strict; Path=/; Max-Age=0".to_owned())
    );
    expect_problem(page.bare(Method::GET, "/handhelds"), ProblemCode::Unauthorized).await;
    let audit = server.office().await.get("/audit").await;
    let actions: Vec<_> =
        audit["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["login", "logout", "login", "password_set"]);
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_every_browser() {
    let server = TestServer::start().await;
    let (one, other) = (Page::log_in(&server).await, Page::log_in(&server).await);
    let change = json!({ "old": PASSWORD, "new": "another password" });
    let answer = one.request(Method::PUT, "/password").json(&change).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 204);
    assert_eq!(set_cookie(&answer).unwrap().0, "walkby_office=");
    for page in [one, other] {
        expect_problem(page.bare(Method::GET, "/login"), ProblemCode::Unauthorized).await;
    }
}

#[tokio::test]
async fn a_wrong_password_says_how_many_attempts_are_left_and_then_how_long_to_wait() {
    let server = TestServer::start().await;
    let refusal = async || -> (u16, Option<String>, Value) {
        let answer = log_in(&server, "a guess of mine").send().await.unwrap();
        assert_eq!(set_cookie(&answer), None);
        let wait = answer.headers().get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
        (answer.status().as_u16(), wait, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    };
    for left in (0..10).rev() {
        let (status, wait, problem) = refusal().await;
        assert_eq!((status, wait), (401, None));
        assert_eq!(problem["attempts_left"], json!(left), "{problem}");
        assert_eq!(problem.get("retry_after_seconds"), None);
    }
    let (status, wait, problem) = refusal().await;
    assert_eq!((status, wait.as_deref()), (429, Some("900")));
    assert_eq!(
        (&problem["code"], &problem["retry_after_seconds"]),
        (&json!("too_many_attempts"), &json!(900))
    );
    assert_eq!(problem.get("attempts_left"), None);
}
