//! The verbs of `mobile/ui/src/backend/backend.ts`, one command each, of the same name in `snake_case`.

mod entries;
mod file;
mod opening;
mod server;
mod tours;
mod walks;

use field_core::app::Engine;
use field_core::app::model::Problem;
use tauri::ipc::Invoke;
use tauri::{State, Wry};

type Asked<'a> = State<'a, Engine>;
type Answer<T> = Result<T, Problem>;

/// Returns what answers the window.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        opening::open,
        opening::save_settings,
        server::pair,
        server::sync,
        server::exchange,
        tours::tours,
        tours::tour,
        tours::meter,
        tours::telegram,
        walks::sources,
        walks::add_receiver,
        walks::remove_receiver,
        walks::try_receiver,
        walks::add_recording,
        walks::start_walk,
        walks::stop_walk,
        walks::walk,
        entries::reason_codes,
        entries::check_manual,
        entries::enter_manual,
        entries::skip,
        entries::add_note,
        entries::add_photo,
    ]
}
