//! How handhelds come in, and how they are put out.

use warp::http::StatusCode;
use warp::reply::{Reply, json};

use super::created;
use crate::http::api::Api;
use crate::http::filters::PathParameters;
use crate::http::models::Handhelds;
use crate::http::problem::ApiError;
use crate::service::Actor;

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
