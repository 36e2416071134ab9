//! Which handler answers which endpoint.

use warp::filters::BoxedFilter;
use warp::reply::{Reply, Response};
use warp::{Filter, Rejection};

use super::api::Api;
use super::filters::{
    Query, administrator, anyone, batch, csv, handheld, json, key_file, local, maybe_handheld, nothing,
};
use super::page::page;
use super::peer::Peer;
use super::problem::{self, ApiError};
use super::{handlers, routes};

/// Returns the filter that answers every request.
pub(super) fn router(api: &Api) -> BoxedFilter<(Response,)> {
    let unmatched = warp::path::full().and_then(problem::unmatched).boxed();
    [devices(api), sessions(api), tours(api), keys(api), readings(api), operations(api)]
        .into_iter()
        .flatten()
        .chain([page(api), unmatched])
        .reduce(|before, next| before.or(next).unify().boxed())
        .unwrap_or_else(|| warp::any().and_then(async || Err(warp::reject::not_found())).boxed())
}

/// Makes an endpoint: once it matched, it answers, and no other endpoint is tried.
fn endpoint<R: Reply + Send + 'static>(
    filter: impl Filter<Extract = (Result<R, ApiError>,), Error = Rejection> + Clone + Send + Sync + 'static,
) -> BoxedFilter<(Response,)> {
    filter.map(problem::reply).recover(problem::recover).unify().boxed()
}

/// What handhelds call.
fn devices(api: &Api) -> Vec<BoxedFilter<(Response,)>> {
    let body_limit = api.service.config().body_limits.compressed;
    vec![
        endpoint(maybe_handheld(api, &routes::HELLO).then(handlers::hello)),
        endpoint(anyone(api, &routes::PAIR).and(Peer::of_request()).and(json()).then(handlers::pair)),
        endpoint(
            handheld(api, &routes::PULL_CHANGES)
                .and(Query::of(&["cursor", "limit"]))
                .then(handlers::pull_changes),
        ),
        endpoint(handheld(api, &routes::PUSH_BATCH).and(batch(body_limit)).then(handlers::push_batch)),
        endpoint(handheld(api, &routes::SHOW_RECEIPT).then(handlers::show_receipt)),
    ]
}

/// How the office and handhelds come in, and how they are put out.
fn sessions(api: &Api) -> Vec<BoxedFilter<(Response,)>> {
    vec![
        endpoint(
            anyone(api, &routes::LOG_IN)
                .and(Peer::of_request())
                .and(warp::header::headers_cloned())
                .and(json())
                .then(handlers::log_in),
        ),
        endpoint(
            administrator(api, &routes::SHOW_SESSION)
                .and(warp::header::headers_cloned())
                .then(handlers::show_session),
        ),
        endpoint(
            administrator(api, &routes::LOG_OUT)
                .and(nothing())
                .and(warp::header::headers_cloned())
                .then(handlers::log_out),
        ),
        endpoint(
            administrator(api, &routes::CHANGE_PASSWORD)
                .and(Peer::of_request())
                .and(warp::header::headers_cloned())
                .and(json())
                .then(handlers::change_password),
        ),
        endpoint(
            administrator(api, &routes::CREATE_PAIRING_CODE)
                .and(nothing())
                .then(handlers::create_pairing_code),
        ),
        endpoint(administrator(api, &routes::LIST_HANDHELDS).then(handlers::list_handhelds)),
        endpoint(administrator(api, &routes::SHOW_GAPS).then(handlers::show_gaps)),
        endpoint(administrator(api, &routes::REVOKE_HANDHELD).and(nothing()).then(handlers::revoke_handheld)),
    ]
}

/// What is to be read, and by whom.
fn tours(api: &Api) -> Vec<BoxedFilter<(Response,)>> {
    vec![
        endpoint(
            administrator(api, &routes::CREATE_TOUR)
                .and(Query::of(&["name"]))
                .and(csv())
                .then(handlers::create_tour),
        ),
        endpoint(administrator(api, &routes::PREVIEW_TOUR).and(csv()).then(handlers::preview_tour)),
        endpoint(
            administrator(api, &routes::LIST_TOURS)
                .and(Query::of(&["cursor", "limit"]))
                .then(handlers::list_tours),
        ),
        endpoint(administrator(api, &routes::SHOW_TOUR).then(handlers::show_tour)),
        endpoint(
            administrator(api, &routes::LIST_LINES)
                .and(Query::of(&["state", "kind", "alarm", "house", "q", "sort", "order", "cursor", "limit"]))
                .then(handlers::list_lines),
        ),
        endpoint(administrator(api, &routes::SHOW_LINE).then(handlers::show_line)),
        endpoint(administrator(api, &routes::LINE_HISTORY).then(handlers::line_history)),
        endpoint(administrator(api, &routes::ASSIGN_TOUR).and(json()).then(handlers::assign_tour)),
        endpoint(administrator(api, &routes::WITHDRAW_TOUR).and(nothing()).then(handlers::withdraw_tour)),
        endpoint(administrator(api, &routes::RELEASE_TOUR).and(nothing()).then(handlers::release_tour)),
    ]
}

/// With which keys.
fn keys(api: &Api) -> Vec<BoxedFilter<(Response,)>> {
    vec![
        endpoint(
            administrator(api, &routes::LIST_KEYS)
                .and(Query::of(&["q", "state", "cursor", "limit"]))
                .then(handlers::list_keys),
        ),
        endpoint(administrator(api, &routes::PREVIEW_KEYS).and(key_file()).then(handlers::preview_keys)),
        endpoint(administrator(api, &routes::IMPORT_KEYS).and(key_file()).then(handlers::import_keys)),
    ]
}

/// What was read.
fn readings(api: &Api) -> Vec<BoxedFilter<(Response,)>> {
    vec![
        endpoint(
            administrator(api, &routes::LIST_READINGS)
                .and(Query::of(&["tour", "meter", "cursor", "limit"]))
                .then(handlers::list_readings),
        ),
        endpoint(
            administrator(api, &routes::EXPORT_READINGS)
                .and(Query::of(&["tour"]))
                .then(handlers::export_readings),
        ),
        endpoint(administrator(api, &routes::SHOW_TELEGRAM).then(handlers::show_telegram)),
        endpoint(administrator(api, &routes::EXPLAIN_TELEGRAM).then(handlers::explain_telegram)),
        endpoint(
            administrator(api, &routes::EVENTS).and(warp::header::headers_cloned()).then(handlers::listen),
        ),
        endpoint(
            administrator(api, &routes::CREATE_CORRECTION).and(json()).then(handlers::create_correction),
        ),
    ]
}

/// What keeps the server running.
fn operations(api: &Api) -> Vec<BoxedFilter<(Response,)>> {
    vec![
        endpoint(
            administrator(api, &routes::LIST_AUDIT)
                .and(Query::of(&["cursor", "limit"]))
                .then(handlers::list_audit),
        ),
        endpoint(administrator(api, &routes::CREATE_BACKUP).and(nothing()).then(handlers::create_backup)),
        endpoint(anyone(api, &routes::HEALTH).then(handlers::health)),
        endpoint(local(api, &routes::METRICS).then(handlers::metrics)),
        endpoint(anyone(api, &routes::OPENAPI).then(handlers::openapi)),
    ]
}
