//! Where the app finds itself: its folder, and what a demonstration or a test sets in the environment.

use std::env;
use std::path::PathBuf;

use anyhow::Context as _;
use field_core::app::Options;
use tauri::{AppHandle, Manager as _};

/// Another folder for the store than the platform's.
const DATA_DIR: &str = "WALKBY_DATA_DIR";
/// A folder whose files are offered as recordings for training.
const RECORDINGS: &str = "WALKBY_FIELD_RECORDINGS";
/// How many times faster than they were heard recordings are replayed; `max` as fast as they can be read.
const SPEED: &str = "WALKBY_FIELD_SPEED";

/// Returns the options of the engine.
pub(crate) fn options(app: &AppHandle) -> anyhow::Result<Options> {
    let directory = match folder(DATA_DIR) {
        Some(folder) => folder,
        None => app.path().app_data_dir().context("failed to find a place for the app's data")?,
    };
    let mut options = Options::new(directory);
    options.recordings = folder(RECORDINGS);
    if let Ok(speed) = env::var(SPEED) {
        options.replay_speed = replay_speed(&speed)?;
    }
    Ok(options)
}

fn folder(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn replay_speed(text: &str) -> anyhow::Result<Option<u32>> {
    if text == "max" {
        return Ok(None);
    }
    let speed = text.parse().ok().filter(|speed| *speed > 0);
    Ok(Some(speed.with_context(|| format!("{SPEED} is a number from 1 on, or max"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_is_so_many_times_faster_or_as_fast_as_it_can_be_read() {
        assert_eq!(replay_speed("60").unwrap(), Some(60));
        assert_eq!(replay_speed("max").unwrap(), None);
        for wrong in ["", "0", "-1", "fast"] {
            assert!(replay_speed(wrong).unwrap_err().to_string().contains("WALKBY_FIELD_SPEED"), "{wrong:?}");
        }
    }
}
