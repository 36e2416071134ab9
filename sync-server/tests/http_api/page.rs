//! The office's page beside the API.

use std::io::Read as _;

use bytes::Bytes;
use reqwest::{Client, Method, Response};
use sync_protocol::ProblemCode;
use sync_server::http::Page;

use crate::support::{Setup, TestServer, problem_of};

const INDEX: &str =
    "<!doctype html><title>Walkby</title><script type=\"module\" src=\"/assets/index-1.js\"></script>";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

fn script() -> String {
    "console.log('Lindenweg');\n".repeat(200)
}

async fn server() -> TestServer {
    let page = Page::new([
        ("/", Bytes::from_static(INDEX.as_bytes())),
        ("/favicon.svg", Bytes::from_static(b"<svg/>")),
        ("/assets/index-1.js", Bytes::from(script())),
        ("/assets/index-2.css", Bytes::from_static(b"a{}")),
        ("/assets/sans.woff2", Bytes::from_static(b"wOF2")),
    ]);
    Setup { page, ..Setup::default() }.start().await
}

async fn ask(server: &TestServer, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = server.client.request(method, format!("{}{path}", server.url));
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

fn expect_security_headers(answer: &Response) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(header(answer, name), Some(value), "{}", answer.url());
    }
}

#[tokio::test]
async fn every_file_of_the_page_comes_with_its_type_its_caching_and_the_policy() {
    const FOR_EVER: &str = "public, max-age=31536000, immutable";
    let server = server().await;
    for (path, media_type, caching) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/?from=bookmark", "text/html; charset=utf-8", "no-cache"),
        ("/favicon.svg", "image/svg+xml", "no-cache"),
        ("/assets/index-1.js", "text/javascript; charset=utf-8", FOR_EVER),
        ("/assets/index-2.css", "text/css; charset=utf-8", FOR_EVER),
        ("/assets/sans.woff2", "font/woff2", FOR_EVER),
    ] {
        let answer = ask(&server, Method::GET, path, &[]).await;
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        assert_eq!(header(&answer, "content-type"), Some(media_type), "{path}");
        assert_eq!(header(&answer, "cache-control"), Some(caching), "{path}");
        assert_eq!(header(&answer, "set-cookie"), None, "{path}");
        expect_security_headers(&answer);
    }
    assert_eq!(ask(&server, Method::GET, "/", &[]).await.text().await.unwrap(), INDEX);
}

#[tokio::test]
async fn nothing_beside_the_page_is_served_as_the_page() {
    let server = server().await;
    for path in [
        "/index.html",
        "/assets/",
        "/assets/index-9.js",
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/tours",
        "/favicon.ico",
        "//",
    ] {
        problem_of(ask(&server, Method::GET, path, &[]).await, ProblemCode::NotFound).await;
    }
    let answer = ask(&server, Method::POST, "/", &[]).await;
    assert_eq!(header(&answer, "allow"), Some("GET, HEAD"));
    problem_of(answer, ProblemCode::MethodNotAllowed).await;
}

#[tokio::test]
async fn what_the_browser_holds_is_not_sent_again() {
    let server = server().await;
    let first = ask(&server, Method::GET, "/", &[]).await;
    let etag = header(&first, "etag").unwrap().to_owned();
    for held in [etag.clone(), format!("\"other\", {etag}"), etag.trim_start_matches("W/").to_owned()] {
        let answer = ask(&server, Method::GET, "/", &[("if-none-match", &held)]).await;
        assert_eq!(answer.status().as_u16(), 304, "{held}");
        assert_eq!(header(&answer, "etag"), Some(etag.as_str()));
        assert_eq!(header(&answer, "cache-control"), Some("no-cache"));
        assert_eq!(header(&answer, "vary"), Some("accept-encoding"));
        expect_security_headers(&answer);
        assert_eq!(answer.text().await.unwrap(), "");
    }
    let other = ask(&server, Method::GET, "/", &[("if-none-match", "W/\"other\"")]).await;
    assert_eq!(other.status().as_u16(), 200);
    let script = ask(&server, Method::GET, "/assets/index-1.js", &[]).await;
    assert_ne!(header(&script, "etag"), Some(etag.as_str()));
}

#[tokio::test]
async fn a_file_comes_compressed_where_that_is_worthwhile() {
    let server = server().await;
    let accepts = [("accept-encoding", "gzip")];
    let answer = ask(&server, Method::GET, "/assets/index-1.js", &accepts).await;
    assert_eq!(header(&answer, "content-encoding"), Some("gzip"));
    assert_eq!(answer.headers().get_all("vary").iter().count(), 1);
    let compressed = answer.bytes().await.unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(compressed.as_ref()).read_to_string(&mut text).unwrap();
    assert_eq!(text, script());
    let font = ask(&server, Method::GET, "/assets/sans.woff2", &accepts).await;
    assert_eq!(header(&font, "content-encoding"), None);
}

#[tokio::test]
async fn a_head_has_the_headers_and_no_body() {
    for server in [server().await, with_tls().await] {
        let length = script().len().to_string();
        let answer = ask(&server, Method::HEAD, "/assets/index-1.js", &[]).await;
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(header(&answer, "content-length"), Some(length.as_str()), "{:?}", answer.version());
        assert_eq!(header(&answer, "content-type"), Some("text/javascript; charset=utf-8"));
        expect_security_headers(&answer);
        assert_eq!(answer.bytes().await.unwrap().len(), 0);
    }
}

/// HTTP/2 carries a HEAD differently.
async fn with_tls() -> TestServer {
    let page = Page::new([
        ("/", Bytes::from_static(INDEX.as_bytes())),
        ("/assets/index-1.js", Bytes::from(script())),
    ]);
    Setup { page, ..Setup::default() }.with_tls().start().await
}

#[tokio::test]
async fn a_program_without_the_page_says_how_to_build_it() {
    let server = TestServer::start().await;
    let answer = ask(&server, Method::GET, "/", &[]).await;
    assert_eq!(answer.status().as_u16(), 503);
    assert_eq!(header(&answer, "content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    expect_security_headers(&answer);
    let text = answer.text().await.unwrap();
    assert!(text.contains("npm ci") && text.contains("npm run build"), "{text}");
    problem_of(ask(&server, Method::GET, "/favicon.svg", &[]).await, ProblemCode::NotFound).await;
}

#[tokio::test]
async fn the_page_that_was_built_asks_only_for_files_that_are_served() {
    let page = Page::embedded();
    if !page.is_built() {
        assert!(std::env::var("CI").is_err(), "the page is to be built before the server in CI");
        eprintln!("skipped: sync-server/page/dist was not there when this was built");
        return;
    }
    let server = Setup { page, ..Setup::default() }.start().await;
    let index = ask(&server, Method::GET, "/", &[]).await.text().await.unwrap();
    let asked: Vec<_> = index
        .split('"')
        .filter(|text| text.starts_with('/') && !text.starts_with("//"))
        .map(str::to_owned)
        .collect();
    assert!(asked.iter().any(|path| path.ends_with(".js")), "{index}");
    for path in asked {
        let answer = ask(&server, Method::GET, &path, &[]).await;
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        assert_ne!(header(&answer, "content-type"), Some("application/octet-stream"), "{path}");
    }
    // The policy forbids both.
    assert!(!index.contains("<style") && !index.contains(" style="), "{index}");
    assert!(!index.contains("<script>"), "{index}");
}

#[test]
fn the_pages_own_tests_run_under_the_policy_that_is_served() {
    let list = include_str!("../../page/security-headers.ts");
    assert!(list.contains(POLICY), "{list}");
    for value in ["'nosniff'", "'no-referrer'", "'same-origin'"] {
        assert!(list.contains(value), "{value}");
    }
}

#[tokio::test]
async fn the_api_is_where_it_was() {
    let server = server().await;
    let client = Client::new();
    let health = client.get(format!("{}/api/v1/health", server.url)).send().await.unwrap();
    assert_eq!((health.status().as_u16(), header(&health, "content-security-policy")), (200, None));
}
