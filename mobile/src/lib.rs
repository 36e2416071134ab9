//! The field app's window: a thin shell around `field-core`, which holds all state.
//!
//! The crate is laid out for `tauri android init`: [`run`] is the mobile entry point, and nothing here
//! uses an interface that only a desktop has.

/// Opens the app's window and returns when it is closed.
///
/// # Errors
/// When the platform cannot open a window, such as a Linux session without a display.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() -> Result<(), tauri::Error> {
    tauri::Builder::default().run(tauri::generate_context!())
}
