//! What was read.

use sync_protocol::TourId;
use warp::http::StatusCode;
use warp::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use warp::reply::{Reply, json, with_header};

use crate::http::api::Api;
use crate::http::filters::{PathParameters, Query};
use crate::http::problem::ApiError;
use crate::service::{Actor, NewCorrection, ReadingQuery};

/// Readings of a page when the office names no limit.
const READINGS: u32 = 100;
/// Most readings of a page.
const MOST_READINGS: u32 = 1000;

pub(crate) async fn list_readings(
    api: Api,
    _: Actor,
    _: PathParameters,
    query: Query,
) -> Result<impl Reply, ApiError> {
    let query = ReadingQuery {
        tour: query.parse("tour")?,
        meter: query.text("meter").map(str::to_owned),
        cursor: query.text("cursor").map(str::to_owned),
        limit: query.limit(READINGS, MOST_READINGS)?,
    };
    Ok(json(&api.service.readings(&query).await?))
}

pub(crate) async fn export_readings(
    api: Api,
    actor: Actor,
    _: PathParameters,
    query: Query,
) -> Result<impl Reply, ApiError> {
    let tour: TourId = query.require("tour")?;
    let csv = api.service.export_readings(actor, tour).await?;
    let name = format!("attachment; filename=\"readings-{tour}.csv\"");
    Ok(with_header(with_header(csv, CONTENT_TYPE, "text/csv; charset=utf-8"), CONTENT_DISPOSITION, name))
}

pub(crate) async fn show_telegram(
    api: Api,
    actor: Actor,
    path: PathParameters,
) -> Result<impl Reply, ApiError> {
    let detail = api.service.telegram(&path.parse("telegram")?).await?;
    api.service.record_telegram_view(actor, detail.telegram).await?;
    Ok(json(&detail))
}

pub(crate) async fn explain_telegram(
    api: Api,
    actor: Actor,
    path: PathParameters,
) -> Result<impl Reply, ApiError> {
    let explanation = api.service.telegram_explanation(&path.parse("telegram")?).await?;
    api.service.record_telegram_view(actor, explanation.id).await?;
    Ok(json(&explanation))
}

pub(crate) async fn create_correction(
    api: Api,
    actor: Actor,
    _: PathParameters,
    correction: NewCorrection,
) -> Result<impl Reply, ApiError> {
    api.service.correct(actor, correction).await?;
    Ok(StatusCode::NO_CONTENT)
}
