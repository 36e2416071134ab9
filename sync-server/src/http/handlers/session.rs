//! How the office comes in: programs get a token, the office's own page a cookie.

use warp::http::header::SET_COOKIE;
use warp::http::{HeaderMap, StatusCode};
use warp::reply::{Reply, Response, json, with_header};

use crate::http::api::Api;
use crate::http::cookie;
use crate::http::filters::{PathParameters, credentials, is_from_page};
use crate::http::models::{ChangePassword, LogIn};
use crate::http::peer::Peer;
use crate::http::problem::ApiError;
use crate::service::Actor;
use crate::store::rows::SessionKind;

/// Begins a session: of a browser where the office's own page asks, else of a program.
pub(crate) async fn log_in(
    api: Api,
    _: PathParameters,
    peer: Peer,
    headers: HeaderMap,
    body: LogIn,
) -> Result<Response, ApiError> {
    let kind = if is_from_page(&headers) { SessionKind::Cookie } else { SessionKind::Token };
    let login = api.service.log_in(body.password.expose(), kind, &peer.client()).await?;
    if kind == SessionKind::Token {
        return Ok(json(&login).into_response());
    }
    let cookie = cookie::set(&login.token, cookie::is_secure(&api, &headers));
    let session = json(&api.service.describe_session(login.expires_at));
    Ok(with_header(session, SET_COOKIE, cookie).into_response())
}

pub(crate) async fn show_session(
    api: Api,
    _: Actor,
    _: PathParameters,
    headers: HeaderMap,
) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.office_session(&credentials(&headers)?).await?))
}

pub(crate) async fn log_out(
    api: Api,
    actor: Actor,
    _: PathParameters,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let credentials = credentials(&headers)?;
    api.service.log_out(actor, &credentials).await?;
    Ok(session_ended(&api, &headers, credentials.kind))
}

/// Ends every session, also the one that asks.
pub(crate) async fn change_password(
    api: Api,
    _: Actor,
    _: PathParameters,
    peer: Peer,
    headers: HeaderMap,
    body: ChangePassword,
) -> Result<Response, ApiError> {
    api.service.change_admin_password(body.old.expose(), body.new.expose(), &peer.client()).await?;
    Ok(session_ended(&api, &headers, credentials(&headers)?.kind))
}

fn session_ended(api: &Api, headers: &HeaderMap, kind: SessionKind) -> Response {
    match kind {
        SessionKind::Token => StatusCode::NO_CONTENT.into_response(),
        SessionKind::Cookie => {
            let cookie = cookie::clear(cookie::is_secure(api, headers));
            with_header(StatusCode::NO_CONTENT, SET_COOKIE, cookie).into_response()
        }
    }
}
