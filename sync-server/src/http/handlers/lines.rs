//! The lines of a tour.

use warp::reply::{Reply, json};

use crate::http::api::Api;
use crate::http::filters::{PathParameters, Query};
use crate::http::problem::ApiError;
use crate::service::{Actor, LineQuery};

/// Lines of a page when the office names no limit.
const LINES: u32 = 100;
/// Most lines of a page.
const MOST_LINES: u32 = 500;

pub(crate) async fn list_lines(
    api: Api,
    _: Actor,
    path: PathParameters,
    query: Query,
) -> Result<impl Reply, ApiError> {
    let text = |name: &str| query.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let query = LineQuery {
        state: query.parse("state")?,
        kind: text("kind"),
        alarm: text("alarm"),
        house: text("house"),
        text: text("q"),
        sort: query.parse("sort")?.unwrap_or_default(),
        descending: is_descending(&query)?,
        cursor: text("cursor"),
        limit: query.limit(LINES, MOST_LINES)?,
    };
    Ok(json(&api.service.lines(path.parse("tour")?, &query).await?))
}

fn is_descending(query: &Query) -> Result<bool, ApiError> {
    match query.text("order") {
        None | Some("asc") => Ok(false),
        Some("desc") => Ok(true),
        Some(_) => Err(ApiError::bad_request("the query parameter `order` is neither `asc` nor `desc`")),
    }
}

pub(crate) async fn show_line(api: Api, _: Actor, path: PathParameters) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.line_detail(path.parse("tour")?, path.parse("line")?).await?))
}

pub(crate) async fn line_history(api: Api, _: Actor, path: PathParameters) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.line_history(path.parse("tour")?, path.parse("line")?).await?))
}
