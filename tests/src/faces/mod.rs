//! The two faces, in front of a person: the app on a [`Phone`], the office's page in a [`Browser`], and the
//! [`Workday`] for which they are opened.

mod browser;
mod phone;
mod reader;
mod small_disk;
mod workday;

pub use browser::Browser;
pub use phone::{App, Phone};
pub use small_disk::Ballast;
pub use workday::{Line, Workday};

use std::path::PathBuf;

/// Returns the file of a picture: in `target/screenshots/window/`, or where `WALKBY_SCREENSHOTS` says.
pub fn screenshot(name: &str) -> PathBuf {
    let named = std::env::var_os("WALKBY_SCREENSHOTS").map(PathBuf::from);
    named.unwrap_or_else(|| target().join("screenshots/window")).join(format!("{name}.png"))
}

/// Returns a new file for what programs say, kept for when a test fails.
fn log(name: &str) -> anyhow::Result<PathBuf> {
    let path = kept(&format!("{name}.log"))?;
    std::fs::File::create(&path)?;
    Ok(path)
}

/// Returns a path in the folder of what is kept for when a test fails.
fn kept(name: &str) -> anyhow::Result<PathBuf> {
    let folder = target().join("window-tests");
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(name))
}

fn target() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target"))
}
