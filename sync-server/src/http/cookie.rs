//! The cookie that carries a session of the office's page.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use sync_protocol::Token;
use warp::Filter;
use warp::http::header::{COOKIE, HeaderMap, HeaderValue};

use super::api::Api;
use crate::service::SESSION_MS;

/// The name of the cookie. Without the prefix `__Host-`, which a browser takes under TLS only: in an
/// office's own network the page may be served without.
const NAME: &str = "walkby_office";

/// Reads the session's secret out of the cookies of a request.
pub(super) fn read(headers: &HeaderMap) -> Option<Token> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
        .filter(|secret| !secret.is_empty())
        .map(|secret| Token::new(secret.to_owned()))
}

/// Returns the header that gives a browser a session, or moves its end.
pub(super) fn set(secret: &Token, is_secure: bool) -> HeaderValue {
    write(secret.expose(), SESSION_MS / 1_000, is_secure)
}

/// Returns the header that takes a session from a browser.
pub(super) fn clear(is_secure: bool) -> HeaderValue {
    write("", 0, is_secure)
}

fn write(secret: &str, seconds: i64, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let text = format!("{NAME}={secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}");
    // A token is hexadecimal digits: the header is always well-formed.
    let mut value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// Says whether the browser came over TLS: to this server, or to a proxy before it that says so.
pub(super) fn is_secure(api: &Api, headers: &HeaderMap) -> bool {
    api.certificate_sha256.is_some() || headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https")
}

/// The cookie that goes with the answer because the session's end moved on.
#[derive(Clone, Default)]
pub(super) struct Renewed(Arc<OnceLock<HeaderValue>>);

impl Renewed {
    /// Extracts what the gate laid beside the request.
    pub(super) fn of_request() -> impl Filter<Extract = (Self,), Error = Infallible> + Clone {
        warp::ext::optional::<Self>().map(|renewed: Option<Self>| renewed.unwrap_or_default())
    }

    /// Sends a cookie with the answer.
    pub(super) fn set(&self, cookie: HeaderValue) {
        // A request is authenticated once: nothing was set before.
        let _ = self.0.set(cookie);
    }

    /// Returns the cookie to send, if there is one.
    pub(super) fn take(self) -> Option<HeaderValue> {
        self.0.get().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_from(values: &[&'static str]) -> Option<String> {
        let pairs = values.iter().map(|value| (COOKIE, HeaderValue::from_static(value)));
        let mut headers = HeaderMap::new();
        headers.extend(pairs);
        read(&headers).map(|token| token.expose().to_owned())
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        assert_eq!(read_from(&["walkby_office=abc"]).as_deref(), Some("abc"));
        assert_eq!(read_from(&["a=b; walkby_office=abc;c=d"]).as_deref(), Some("abc"));
        assert_eq!(read_from(&["a=b", "walkby_office=abc"]).as_deref(), Some("abc"));
        for other in ["", "walkby_office", "walkby_office=", "walkby_office2=abc", "xwalkby_office=abc"] {
            assert_eq!(read_from(&[other]), None, "{other:?}");
        }
    }

    #[test]
    fn the_cookie_stays_on_this_site_and_away_from_scripts() {
        let token = Token::new("abc".to_owned());
        assert_eq!(
            set(&token, true).to_str().unwrap(),
            "walkby_office=abc; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200; Secure"
        );
        assert_eq!(
            clear(false).to_str().unwrap(),
            "walkby_office=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"
        );
        assert!(!format!("{:?}", set(&token, true)).contains("abc"));
    }
}
