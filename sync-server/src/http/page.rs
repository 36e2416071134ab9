//! The office's page: a few files, the same for everyone, served under a strict policy.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use sync_protocol::Digest;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    HeaderValue, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use warp::http::{Method, Response, StatusCode};
use warp::path::FullPath;
use warp::reply::Reply as _;

use super::api::Api;
use super::problem::ApiError;

/// Paths and bytes of the page that was built when this program was; none when it was not.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// What every file of the page comes with. `page/security-headers.ts` has the same list, so that the
/// page's own tests run under it.
static SECURITY_HEADERS: [(HeaderName, &str); 4] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// What stands at `/` when the page was not built.
const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Walkby</title>\n\
     <h1>The office's page is not in this program</h1>\n\
     <p>It was not built before the program was. In the project's folder, run <code>npm ci</code> and \
     <code>npm run build</code>, then build <code>walkby-server</code> again.</p>\n\
     <p>The server itself is running; its API is described in \
     <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>.</p>\n</html>\n";

/// The files of the office's page by path.
#[derive(Debug, Clone, Default)]
pub struct Page {
    files: BTreeMap<String, File>,
}

#[derive(Debug, Clone)]
struct File {
    bytes: Bytes,
    media_type: &'static str,
    cache_control: &'static str,
    /// Weak, because the same file goes out in several codings.
    etag: String,
}

impl Page {
    /// Returns the page that was built when this program was.
    pub fn embedded() -> Self {
        Self::new(EMBEDDED.iter().map(|(path, bytes)| (*path, Bytes::from_static(bytes))))
    }

    /// Returns a page of these files: `/` and what it asks for.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, Bytes)>) -> Self {
        let files = files.into_iter().map(|(path, bytes)| (path.to_owned(), File::new(path, bytes)));
        Self { files: files.collect() }
    }

    /// Says whether there is a page at all.
    pub fn is_built(&self) -> bool {
        self.files.contains_key("/")
    }

    /// Answers a request for a file of the page; none when the path is not of the page.
    fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<warp::reply::Response> {
        let file = match self.files.get(path) {
            Some(file) => Some(file),
            None if path == "/" => None,
            None => return None,
        };
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Some(ApiError::method_not_allowed(&["GET", "HEAD"]).into_response());
        }
        let mut response = file.map_or_else(not_built, |file| file.answer(headers));
        if *method == Method::HEAD {
            *response.body_mut() = Bytes::new();
        }
        let mut response = response.map(Into::into);
        for (name, value) in &SECURITY_HEADERS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        Some(response)
    }
}

/// Answers requests for the page; lets all others pass on.
pub(super) fn page(api: &Api) -> BoxedFilter<(warp::reply::Response,)> {
    let page = Arc::clone(&api.page);
    warp::method()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .and_then(move |method: Method, path: FullPath, headers: HeaderMap| {
            let answer = page.answer(&method, path.as_str(), &headers);
            std::future::ready(answer.ok_or_else(warp::reject::not_found))
        })
        .boxed()
}

impl File {
    fn new(path: &str, bytes: Bytes) -> Self {
        let digest = Digest::of(&bytes).to_string();
        Self {
            media_type: media_type(path),
            // The name of an asset changes with its content; everything else is asked for again.
            cache_control: if path.starts_with("/assets/") {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            },
            etag: format!("W/\"{}\"", digest.get(..32).unwrap_or_default()),
            bytes,
        }
    }

    fn answer(&self, headers: &HeaderMap) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        if self.is_held(headers) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            *response.body_mut() = self.bytes.clone();
            set(&mut response, CONTENT_TYPE, self.media_type);
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(self.bytes.len()));
        }
        set(&mut response, CACHE_CONTROL, self.cache_control);
        set(&mut response, VARY, "accept-encoding");
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            response.headers_mut().insert(ETAG, etag);
        }
        response
    }

    /// Says whether the client holds this very file (RFC 9110, section 13.1.2).
    fn is_held(&self, headers: &HeaderMap) -> bool {
        let own = self.etag.trim_start_matches("W/");
        headers
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || tag.trim_start_matches("W/") == own)
    }
}

fn not_built() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(NOT_BUILT.as_bytes()));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    set(&mut response, CONTENT_TYPE, media_type("/"));
    response
}

fn set(response: &mut Response<Bytes>, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        None => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("csv") => "text/csv; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff") => "font/woff",
        Some("woff2") => "font/woff2",
        Some(_) => "application/octet-stream",
    }
}
