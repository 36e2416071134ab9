//! How handhelds come in, and how they are put out.

use warp::http::StatusCode;
use warp::reply::{Reply, json};

use super::created;
use crate::http::api::Api;
use crate::http::filters::PathParameters;
use crate::http::models::{Handhelds, PairingInvitation};
use crate::http::problem::ApiError;
use crate::service::Actor;

pub(crate) async fn create_pairing_code(
    api: Api,
    actor: Actor,
    _: PathParameters,
) -> Result<impl Reply, ApiError> {
    let code = api.service.create_pairing_code(actor).await?;
    Ok(created(&PairingInvitation { code, certificate_sha256: api.certificate_sha256 }))
}

pub(crate) async fn list_handhelds(api: Api, _: Actor, _: PathParameters) -> Result<impl Reply, ApiError> {
    Ok(json(&Handhelds { handhelds: api.service.handheld_details().await? }))
}

pub(crate) async fn revoke_handheld(
    api: Api,
    actor: Actor,
    path: PathParameters,
) -> Result<impl Reply, ApiError> {
    api.service.revoke(actor, path.parse("replica")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn show_gaps(api: Api, _: Actor, path: PathParameters) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.gaps(path.parse("replica")?).await?))
}
