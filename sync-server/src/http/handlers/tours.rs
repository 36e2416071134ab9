//! What is to be read, and by whom.

use bytes::Bytes;
use sync_protocol::{ProblemCode, TourId};
use warp::http::StatusCode;
use warp::reply::{Reply, json, with_status};

use crate::http::api::Api;
use crate::http::filters::{PathParameters, Query};
use crate::http::models::{Assignment, TourPage};
use crate::http::problem::ApiError;
use crate::service::{Actor, TourSummary};

/// Tours of a page when the office names no limit.
const TOURS: u32 = 100;
/// Most tours of a page.
const MOST_TOURS: u32 = 1000;

pub(crate) async fn create_tour(
    api: Api,
    actor: Actor,
    _: PathParameters,
    query: Query,
    csv: Bytes,
) -> Result<impl Reply, ApiError> {
    let name: String = query.require("name")?;
    let import = api.service.create_tour(actor, &name, &csv).await?;
    // When no row could be taken there is no tour; the verdicts say why, row by row.
    let status = if import.tour.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    Ok(with_status(json(&import), status))
}

pub(crate) async fn preview_tour(
    api: Api,
    _: Actor,
    _: PathParameters,
    csv: Bytes,
) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.preview_tour(&csv).await?))
}

pub(crate) async fn list_tours(
    api: Api,
    _: Actor,
    _: PathParameters,
    query: Query,
) -> Result<impl Reply, ApiError> {
    let limit = query.limit(TOURS, MOST_TOURS)?;
    Ok(json(&page(api.service.tours().await?, query.parse("cursor")?, limit)?))
}

/// Cuts a page out of the tours; the cursor is the last tour of the page before.
fn page(mut tours: Vec<TourSummary>, after: Option<TourId>, limit: u32) -> Result<TourPage, ApiError> {
    if let Some(after) = after {
        let position = tours.iter().position(|tour| tour.id == after).ok_or_else(|| {
            ApiError::new(ProblemCode::CursorGone, "the tour that the last page ended with is gone")
        })?;
        tours.drain(..=position);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = tours.len() > limit;
    tours.truncate(limit);
    let cursor = tours.last().filter(|_| has_more).map(|tour| tour.id.to_string());
    Ok(TourPage { tours, cursor })
}

pub(crate) async fn show_tour(api: Api, _: Actor, path: PathParameters) -> Result<impl Reply, ApiError> {
    Ok(json(&api.service.tour_overview(path.parse("tour")?).await?))
}

pub(crate) async fn assign_tour(
    api: Api,
    actor: Actor,
    path: PathParameters,
    body: Assignment,
) -> Result<impl Reply, ApiError> {
    api.service.assign_tour(actor, path.parse("tour")?, body.replica).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn withdraw_tour(
    api: Api,
    actor: Actor,
    path: PathParameters,
) -> Result<impl Reply, ApiError> {
    api.service.withdraw_tour(actor, path.parse("tour")?, path.parse("replica")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn release_tour(
    api: Api,
    actor: Actor,
    path: PathParameters,
) -> Result<impl Reply, ApiError> {
    api.service.release_tour(actor, path.parse("tour")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use sync_protocol::Timestamp;

    use super::*;
    use crate::service::Progress;

    fn tours(count: u128) -> Vec<TourSummary> {
        (0..count)
            .map(|number| TourSummary {
                id: TourId(uuid::Uuid::from_u128(number)),
                name: String::new(),
                due_date: None,
                created_at: Timestamp::EPOCH,
                released_at: None,
                handhelds: Vec::new(),
                progress: Progress::default(),
                missing_keys: 0,
                alarms: 0,
                changed_at: Timestamp::EPOCH,
                replicas: Vec::new(),
                meters: 0,
                done: 0,
                missing: 0,
            })
            .collect()
    }

    #[test]
    fn the_pages_of_a_list_give_every_tour_once() {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = page(tours(5), cursor, 2).unwrap();
            seen.extend(page.tours);
            match page.cursor {
                Some(next) => cursor = Some(next.parse().unwrap()),
                None => break,
            }
        }
        assert_eq!(seen, tours(5));
    }

    #[test]
    fn a_last_page_that_is_full_has_no_cursor() {
        assert_eq!(page(tours(2), None, 2).unwrap().cursor, None);
    }

    #[test]
    fn a_cursor_of_no_tour_is_gone() {
        let unknown = TourId(uuid::Uuid::from_u128(99));
        assert_eq!(page(tours(2), Some(unknown), 2).unwrap_err().code(), ProblemCode::CursorGone);
    }
}
