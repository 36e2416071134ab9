//! The program `walkby`.

// A release build on Windows would open a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match walkby_mobile::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("walkby: failed to open the window: {error}");
            ExitCode::FAILURE
        }
    }
}
