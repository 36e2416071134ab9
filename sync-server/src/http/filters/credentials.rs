//! What a request shows of who asks: a bearer token, or the cookie of the office's page.

use sync_protocol::{ProblemCode, Token};
use warp::http::HeaderMap;
use warp::http::header::AUTHORIZATION;

use crate::http::cookie;
use crate::http::problem::ApiError;
use crate::service::Credentials;
use crate::store::rows::SessionKind;

/// The header that only the office's own page sends: a foreign page that wanted to would have to ask
/// first (CORS preflight), and nobody here answers that.
pub(crate) const FROM_PAGE: &str = "x-walkby-request";

/// Says whether the office's own page asks.
pub(crate) fn is_from_page(headers: &HeaderMap) -> bool {
    headers.get(FROM_PAGE).is_some_and(|value| value == "1")
}

/// Reads what the office shows: the token where there is one, else the cookie. No error repeats it.
pub(crate) fn credentials(headers: &HeaderMap) -> Result<Credentials, ApiError> {
    if headers.contains_key(AUTHORIZATION) {
        return Ok(Credentials { token: bearer(headers)?, kind: SessionKind::Token });
    }
    cookie::read(headers)
        .map(|token| Credentials { token, kind: SessionKind::Cookie })
        .ok_or_else(|| ApiError::new(ProblemCode::Unauthorized, "the request shows no token and no cookie"))
}

/// Reads the token of `Authorization: Bearer …` (RFC 6750). No error repeats it.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Token, ApiError> {
    let refused = |detail| ApiError::new(ProblemCode::Unauthorized, detail);
    let value =
        headers.get(AUTHORIZATION).ok_or_else(|| refused("the request has no Authorization header"))?;
    value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty())
        .map(|(_, token)| Token::new(token.trim().to_owned()))
        .ok_or_else(|| refused("the Authorization header is not a bearer token"))
}

#[cfg(test)]
mod tests {
    use warp::http::header::COOKIE;
    use warp::http::{HeaderName, HeaderValue};

    use super::*;

    fn read(value: &'static str) -> Result<String, ProblemCode> {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(value))]);
        bearer(&headers).map(|token| token.expose().to_owned()).map_err(|error| error.code())
    }

    #[test]
    fn only_a_bearer_token_is_a_token() {
        assert_eq!(read("Bearer abc"), Ok("abc".to_owned()));
        assert_eq!(read("bearer abc "), Ok("abc".to_owned()));
        for other in ["Bearer", "Bearer ", "Basic abc", "abc", ""] {
            assert_eq!(read(other), Err(ProblemCode::Unauthorized), "{other:?}");
        }
    }

    #[test]
    fn a_token_goes_before_a_cookie_even_when_it_is_none() {
        let read = |pairs: &[(HeaderName, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            let read = credentials(&HeaderMap::from_iter(pairs));
            read.map(|shown| (shown.token.expose().to_owned(), shown.kind)).map_err(|error| error.code())
        };
        let cookie = (COOKIE, "walkby_office=c");
        assert_eq!(read(std::slice::from_ref(&cookie)), Ok(("c".to_owned(), SessionKind::Cookie)));
        let both = [cookie.clone(), (AUTHORIZATION, "Bearer t")];
        assert_eq!(read(&both), Ok(("t".to_owned(), SessionKind::Token)));
        assert_eq!(read(&[cookie, (AUTHORIZATION, "Basic t")]), Err(ProblemCode::Unauthorized));
        assert_eq!(read(&[]), Err(ProblemCode::Unauthorized));
    }
}
