//! How the office and handhelds come in, and how they are put out.

use warp::http::{HeaderMap, StatusCode};
use warp::reply::{Reply, json};

use super::created;
use crate::http::api::Api;
use crate::http::filters::{PathParameters, bearer};
use crate::http::models::{ChangePassword, Handhelds, LogIn};
use crate::http::peer::Peer;
use crate::http::problem::ApiError;
use crate::service::Actor;

pub(crate) async fn log_in(
    api: Api,
    _: PathParameters,
    peer: Peer,
    body: LogIn,
) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.log_in(body.password.expose(), &peer.client()).await?))
}

pub(crate) async fn log_out(
    api: Api,
    _: Actor,
    _: PathParameters,
    headers: HeaderMap,
) -> Result<impl Reply, ApiError> {
    api.service.log_out(&bearer(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn change_password(
    api: Api,
    _: Actor,
    _: PathParameters,
    peer: Peer,
    body: ChangePassword,
) -> Result<impl Reply, ApiError> {
    api.service.change_admin_password(body.old.expose(), body.new.expose(), &peer.client()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn create_pairing_code(
    api: Api,
    actor: Actor,
    _: PathParameters,
) -> Result<impl Reply, ApiError> {
    Ok(created(&api.service.create_pairing_code(actor).await?))
}

pub(crate) async fn list_handhelds(api: Api, _: Actor, _: PathParameters) -> Result<impl Reply, ApiError> {
    Ok(json(&Handhelds { handhelds: api.service.handhelds().await? }))
}

pub(crate) async fn revoke_handheld(
    api: Api,
    actor: Actor,
    path: PathParameters,
) -> Result<impl Reply, ApiError> {
    api.service.revoke(actor, path.parse("replica")?).await?;
    Ok(StatusCode::NO_CONTENT)
}
