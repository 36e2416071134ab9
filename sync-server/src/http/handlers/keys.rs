//! Keys of meters: in they go, and none ever comes out.

use warp::reply::{Reply, json};

use crate::http::api::Api;
use crate::http::filters::{KeyFile, PathParameters, Query};
use crate::http::problem::ApiError;
use crate::service::{Actor, KeyQuery};

/// Keys of a page when the office names no limit.
const KEYS: u32 = 100;
/// Most keys of a page.
const MOST_KEYS: u32 = 500;

pub(crate) async fn list_keys(
    api: Api,
    _: Actor,
    _: PathParameters,
    query: Query,
) -> Result<impl Reply, ApiError> {
    let query = KeyQuery {
        text: query.text("q").unwrap_or_default().to_owned(),
        state: query.parse("state")?,
        cursor: query.text("cursor").map(str::to_owned),
        limit: query.limit(KEYS, MOST_KEYS)?,
    };
    Ok(json(&api.service.keys(&query).await?))
}

pub(crate) async fn preview_keys(
    api: Api,
    _: Actor,
    _: PathParameters,
    file: KeyFile,
) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.preview_keys(file.upload()).await?))
}

pub(crate) async fn import_keys(
    api: Api,
    actor: Actor,
    _: PathParameters,
    file: KeyFile,
) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.import_keys(actor, file.upload()).await?))
}
