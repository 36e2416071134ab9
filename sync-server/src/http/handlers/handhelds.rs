//! What handhelds call.

use bytes::Bytes;
use sync_protocol::{BatchId, Cursor, Digest, PairRequest, ReplicaId};
use warp::reply::{Reply, json};

use crate::http::api::Api;
use crate::http::filters::{PathParameters, Query};
use crate::http::peer::Peer;
use crate::http::problem::ApiError;

/// Changes of a page when the handheld names no limit.
const CHANGES: u32 = 500;
/// Most changes of a page.
const MOST_CHANGES: u32 = 1000;

/// A handheld's token was checked by the filter: one that was revoked does not come here.
pub(crate) async fn hello(api: Api, _: Option<ReplicaId>) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.hello().await?))
}

pub(crate) async fn pair(
    api: Api,
    _: PathParameters,
    peer: Peer,
    request: PairRequest,
) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.pair(&request, &peer.client()).await?))
}

pub(crate) async fn pull_changes(
    api: Api,
    replica: ReplicaId,
    _: PathParameters,
    query: Query,
) -> Result<impl Reply, ApiError> {
    let cursor = query.text("cursor").map(|cursor| Cursor(cursor.to_owned()));
    let limit = query.limit(CHANGES, MOST_CHANGES)?;
    Ok(json(&api.service.changes(replica, cursor.as_ref(), limit).await?))
}

pub(crate) async fn push_batch(
    api: Api,
    replica: ReplicaId,
    path: PathParameters,
    digest: Digest,
    body: Bytes,
) -> Result<impl Reply, ApiError> {
    let batch: BatchId = path.parse("batch")?;
    let answer = api.service.push(replica, batch, &digest, &body).await?;
    api.metrics.pushed(&answer);
    Ok(json(&answer))
}

pub(crate) async fn show_receipt(
    api: Api,
    replica: ReplicaId,
    path: PathParameters,
) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.receipt(replica, path.parse("batch")?).await?))
}
