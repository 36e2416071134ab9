//! Handlers: each asks the service once and returns what travels.

mod events;
mod handhelds;
mod keys;
mod lines;
mod operations;
mod pairing;
mod readings;
mod session;
mod tours;

pub use operations::OPENAPI;

pub(super) use events::{EVENT_STREAM, listen};
pub(super) use handhelds::{hello, pair, pull_changes, push_batch, show_receipt};
pub(super) use keys::{import_keys, list_keys, preview_keys};
pub(super) use lines::{line_history, list_lines, show_line};
pub(super) use operations::{create_backup, health, list_audit, metrics, openapi};
pub(super) use pairing::{create_pairing_code, list_handhelds, revoke_handheld, show_gaps};
pub(super) use readings::{
    create_correction, explain_telegram, export_readings, list_readings, show_telegram,
};
pub(super) use session::{change_password, log_in, log_out, show_session};
pub(super) use tours::{
    assign_tour, create_tour, list_tours, preview_tour, release_tour, show_tour, withdraw_tour,
};

use serde::Serialize;
use warp::http::StatusCode;
use warp::reply::{Json, WithStatus};

/// The answer to what made something new.
fn created(model: &impl Serialize) -> WithStatus<Json> {
    warp::reply::with_status(warp::reply::json(model), StatusCode::CREATED)
}
