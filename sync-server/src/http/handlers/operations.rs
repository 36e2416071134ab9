//! What keeps the server running.

use sync_protocol::ProblemCode;
use warp::http::header::CONTENT_TYPE;
use warp::reply::{Reply, json, with_header};

use super::created;
use crate::http::api::Api;
use crate::http::filters::{JSON, PathParameters, Query};
use crate::http::metrics::Figures;
use crate::http::models::{AuditPage, Backup, Health};
use crate::http::problem::ApiError;
use crate::service::Actor;

/// The OpenAPI 3.1 document of the API.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// Entries of a page when the office names no limit.
const ENTRIES: u32 = 100;
/// Most entries of a page.
const MOST_ENTRIES: u32 = 500;

pub(crate) async fn list_audit(
    api: Api,
    _: Actor,
    _: PathParameters,
    query: Query,
) -> Result<impl Reply, ApiError> {
    let limit = query.limit(ENTRIES, MOST_ENTRIES)?;
    let entries = api.service.audit(query.parse("cursor")?, limit).await?;
    let is_full = u32::try_from(entries.len()).is_ok_and(|length| length >= limit);
    let cursor = entries.last().filter(|_| is_full).map(|entry| entry.number.to_string());
    Ok(json(&AuditPage { entries, cursor }))
}

/// Lays a backup beside the earlier ones. The client has no say in its name or place.
pub(crate) async fn create_backup(api: Api, actor: Actor, _: PathParameters) -> Result<impl Reply, ApiError> {
    let directory = api.backup_directory.as_ref().ok_or_else(|| {
        let detail = "this server takes no backups itself; take one with the database's own tools, then say so \
                      with `walkby-server record-backup`";
        ApiError::new(ProblemCode::Conflict, detail)
    })?;
    let file = format!("walkby-{}.db", api.service.now().as_millis());
    let safe_commit = api.service.backup(actor, &directory.join(&file)).await?;
    Ok(created(&Backup { file, safe_commit }))
}

pub(crate) async fn health(api: Api, _: PathParameters) -> Result<impl Reply, ApiError> {
    // The greeting reads the database: a server without one is not healthy.
    let server_time = api.service.hello().await?.server_time;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Ok(json(&Health { status: "ok".to_owned(), version, server_time }))
}

pub(crate) async fn metrics(api: Api) -> Result<impl Reply, ApiError> {
    let figures = Figures {
        statistics: api.service.statistics().await?,
        handhelds: api.service.handhelds().await?,
        decodings: api.service.decodings(),
        now: api.service.now(),
    };
    let page = api.metrics.render(&figures);
    Ok(with_header(page, CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
}

pub(crate) async fn openapi(_: Api, _: PathParameters) -> Result<impl Reply, ApiError> {
    Ok(with_header(OPENAPI, CONTENT_TYPE, JSON))
}
