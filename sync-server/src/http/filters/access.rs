//! Who asks: each kind of token opens its own endpoints only.

use sync_protocol::http::WAITING;
use sync_protocol::{ProblemCode, ReplicaId};
use warp::filters::BoxedFilter;
use warp::http::HeaderMap;
use warp::http::header::{AUTHORIZATION, FORWARDED, VIA};
use warp::{Filter, Rejection};

use super::credentials::{FROM_PAGE, bearer, credentials, is_from_page};
use super::route::{PathParameters, route};
use crate::http::api::Api;
use crate::http::cookie::{self, Renewed};
use crate::http::peer::Peer;
use crate::http::problem::ApiError;
use crate::http::routes::{Access, Route};
use crate::service::Actor;
use crate::store::rows::SessionKind;

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
        .and(Renewed::of_request())
        .and_then(move |path: PathParameters, headers: HeaderMap, renewed: Renewed| {
            let api = api.clone();
            async move {
                let actor = authenticate_administrator(&api, at, &headers, &renewed).await?;
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
        .and(Renewed::of_request())
        .and(Peer::of_request())
        .and_then(move |_, headers: HeaderMap, renewed: Renewed, peer: Peer| {
            let api = api.clone();
            async move {
                let forwarded = headers.contains_key(FORWARDED)
                    || headers.contains_key(VIA)
                    || headers.contains_key("x-forwarded-for");
                if forwarded || !peer.is_loopback() || headers.contains_key(AUTHORIZATION) {
                    authenticate_administrator(&api, at, &headers, &renewed).await?;
                }
                Ok::<_, Rejection>(api)
            }
        })
        .boxed()
}

async fn authenticate_handheld(api: &Api, headers: &HeaderMap) -> Result<ReplicaId, ApiError> {
    let replica = api.service.authenticate_handheld(&bearer(headers)?).await?;
    api.service.note_contact(replica, waiting_items(headers)).await;
    Ok(replica)
}

/// Reads what a handheld tells of its outbox. What cannot be read was not told.
fn waiting_items(headers: &HeaderMap) -> Option<u32> {
    headers.get(WAITING)?.to_str().ok()?.parse().ok()
}

/// Takes the token of a program or the cookie of a browser. What a cookie opens may change nothing
/// unless the page itself asks.
async fn authenticate_administrator(
    api: &Api,
    at: &Route,
    headers: &HeaderMap,
    renewed: &Renewed,
) -> Result<Actor, ApiError> {
    let credentials = credentials(headers)?;
    if credentials.kind == SessionKind::Cookie && !at.is_safe() && !is_from_page(headers) {
        let detail = format!("with the cookie, this needs the header `{FROM_PAGE}: 1`");
        return Err(ApiError::new(ProblemCode::Forbidden, detail));
    }
    let session = api.service.authenticate_admin(&credentials).await?;
    if session.is_carried_on {
        renewed.set(cookie::set(&credentials.token, cookie::is_secure(api, headers)));
    }
    Ok(session.actor)
}
