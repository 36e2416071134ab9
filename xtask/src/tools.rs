//! Programs that no Debian package has, kept outside the checkout so that one build serves every clone.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::process;

/// A program that cargo builds from the registry.
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// The last stable tauri-driver: speaks WebDriver for a Tauri window.
const TAURI_DRIVER: Tool = Tool { name: "tauri-driver", version: "2.1.0" };

/// Builds and runs fuzz targets with libFuzzer.
const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };

/// Builds the tools of the window tests unless they are there. Returns a search path with them in front.
pub(crate) fn ensure() -> anyhow::Result<OsString> {
    TAURI_DRIVER.ensure()
}

/// Builds `cargo fuzz` unless it is there. Returns a search path with it in front.
pub(crate) fn cargo_fuzz() -> anyhow::Result<OsString> {
    CARGO_FUZZ.ensure()
}

impl Tool {
    fn ensure(&self) -> anyhow::Result<OsString> {
        let folder = folder()?;
        if !self.is_installed(&folder) {
            process::run(
                Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
                    .args(["install", "--quiet", "--locked", "--force", "--version", self.version, self.name])
                    .arg("--root")
                    .arg(&folder)
                    // Not among this project's own: they are not built twice.
                    .env_remove("CARGO_TARGET_DIR"),
            )?;
        }
        search_path(&folder.join("bin"))
    }

    /// Returns whether cargo's own list says that the wanted version is there, and it is.
    fn is_installed(&self, folder: &Path) -> bool {
        let listed = std::fs::read_to_string(folder.join(".crates.toml")).unwrap_or_default();
        listed.contains(&format!("\"{} {} ", self.name, self.version))
            && folder.join("bin").join(self.name).is_file()
    }
}

/// Returns where the tools lie: `$XDG_CACHE_HOME/walkby/tools`, in `~/.cache` by default.
fn folder() -> anyhow::Result<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME").filter(|cache| Path::new(cache).is_absolute()) {
        Some(cache) => PathBuf::from(cache),
        None => std::env::home_dir()
            .context("failed to find the home directory; set XDG_CACHE_HOME")?
            .join(".cache"),
    };
    Ok(cache.join("walkby/tools"))
}

fn search_path(first: &Path) -> anyhow::Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(first.to_path_buf()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders)
        .with_context(|| format!("{} cannot be part of a search path", first.display()))
}
