//! Who asks: each kind of token opens its own endpoints only.

use sync_protocol::{ProblemCode, ReplicaId, Token};
use warp::filters::BoxedFilter;
use warp::http::HeaderMap;
use warp::http::header::{AUTHORIZATION, FORWARDED, VIA};
use warp::{Filter, Rejection};

use super::route::{PathParameters, route};
use crate::http::api::Api;
use crate::http::peer::Peer;
use crate::http::problem::ApiError;
use crate::http::routes::{Access, Route};
use crate::service::Actor;

/// An endpoint that anyone may call.
pub(crate) fn anyone(api: &Api, at: &'static Route) -> BoxedFilter<(Api, PathParameters)> {
    debug_assert_eq!(at.access, Access::Anyone, "{}", at.path);
    let api = api.clone();
    route(at).map(move |path| (api.clone(), path)).untuple_one().boxed()
}

/// An endpoint that anyone may call, and where a handheld that sends its token is known.
pub(crate) fn maybe_handheld(api: &Api, at: &'static Route) -> BoxedFilter<(Api, Option<ReplicaId>)> {
    anyone(api, at)
        .and(warp::header::headers_cloned())
        .and_then(async |api: Api, _, headers: HeaderMap| {
            let replica = match headers.get(AUTHORIZATION) {
                Some(_) => Some(authenticate_handheld(&api, &headers).await?),
                None => None,
            };
            Ok::<_, Rejection>((api, replica))
        })
        .untuple_one()
        .boxed()
}

/// An endpoint of handhelds.
pub(crate) fn handheld(api: &Api, at: &'static Route) -> BoxedFilter<(Api, ReplicaId, PathParameters)> {
    debug_assert_eq!(at.access, Access::Handheld, "{}", at.path);
    let api = api.clone();
    route(at)
        .and(warp::header::headers_cloned())
        .and_then(move |path: PathParameters, headers: HeaderMap| {
            let api = api.clone();
            async move {
                let replica = authenticate_handheld(&api, &headers).await?;
                if let Ok(named) = path.parse::<ReplicaId>("replica")
                    && named != replica
                {
                    return Err(
                        ApiError::new(ProblemCode::Forbidden, "the path names another handheld").into()
                    );
                }
                Ok::<_, Rejection>((api, replica, path))
            }
        })
        .untuple_one()
        .boxed()
}

/// An endpoint of the office.
pub(crate) fn administrator(api: &Api, at: &'static Route) -> BoxedFilter<(Api, Actor, PathParameters)> {
    debug_assert_eq!(at.access, Access::Administrator, "{}", at.path);
    let api = api.clone();
    route(at)
        .and(warp::header::headers_cloned())
        .and_then(move |path: PathParameters, headers: HeaderMap| {
            let api = api.clone();
            async move {
                let actor = authenticate_administrator(&api, &headers).await?;
                Ok::<_, Rejection>((api, actor, path))
            }
        })
        .untuple_one()
        .boxed()
}

/// An endpoint of programs on this machine, and of the office.
///
/// A request that a reverse proxy on this machine passes on comes from elsewhere.
pub(crate) fn local(api: &Api, at: &'static Route) -> BoxedFilter<(Api,)> {
    debug_assert_eq!(at.access, Access::Local, "{}", at.path);
    let api = api.clone();
    route(at)
        .and(warp::header::headers_cloned())
        .and(Peer::of_request())
        .and_then(move |_, headers: HeaderMap, peer: Peer| {
            let api = api.clone();
            async move {
                let forwarded = headers.contains_key(FORWARDED)
                    || headers.contains_key(VIA)
                    || headers.contains_key("x-forwarded-for");
                if forwarded || !peer.is_loopback() || headers.contains_key(AUTHORIZATION) {
                    authenticate_administrator(&api, &headers).await?;
                }
                Ok::<_, Rejection>(api)
            }
        })
        .boxed()
}

async fn authenticate_handheld(api: &Api, headers: &HeaderMap) -> Result<ReplicaId, ApiError> {
    Ok(api.service.authenticate_handheld(&bearer(headers)?).await?)
}

async fn authenticate_administrator(api: &Api, headers: &HeaderMap) -> Result<Actor, ApiError> {
    Ok(api.service.authenticate_admin(&bearer(headers)?).await?)
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
    use warp::http::HeaderValue;

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
}
