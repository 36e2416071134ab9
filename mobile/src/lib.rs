//! The field app's window: a thin shell around `field-core`, which holds all state.
//!
//! Each command asks the engine and answers what it says; every event of the engine is emitted to the
//! window under one name. The crate is laid out for `tauri android init`: [`run`] is the mobile entry
//! point, and nothing here uses an interface that only a desktop has.

mod commands;
mod surroundings;

use field_core::app::Engine;
use tauri::{Emitter as _, Manager as _};

/// The name under which the window hears every event of the engine.
const EVENT: &str = "walkby";

/// Opens the app's window and returns when it is closed.
///
/// The window opens at once; the store is opened when the page in it asks.
///
/// # Errors
/// When the platform cannot open a window, such as a Linux session without a display, or has no place for
/// the app's data.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() -> Result<(), tauri::Error> {
    tauri::Builder::default()
        .setup(|app| {
            let window = app.handle().clone();
            let engine = Engine::start(surroundings::options(app.handle())?, move |event| {
                // A window that is gone hears nothing; what happened is in the store.
                let _ = window.emit(EVENT, event);
            })?;
            app.manage(engine);
            Ok(())
        })
        .invoke_handler(commands::handler())
        .run(tauri::generate_context!())
}
