//! `cargo xtask bundle`: the app as a Debian package.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::process::{self, root, target};
use crate::steps::Steps;
use crate::{deb, npm, packages, startup, ui};

/// Build the app's Debian package.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Look into the package, unpack it into a clean place (as root under CI: install it), start the app
    /// from there on a display without a screen, and see that it draws its first screen.
    #[arg(long = "try")]
    try_it: bool,
    /// Pack what the tests run, built without optimisation.
    #[arg(long)]
    debug: bool,
}

/// Builds the pages, the program and the package, says where it lies, and tries it if asked.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut steps = Steps::default();
    steps.run("packages", || {
        packages::ensure(&[packages::PROGRAMS, packages::WINDOW])?;
        if arguments.try_it {
            packages::ensure(&[packages::DISPLAY, packages::DPKG])?;
        }
        Ok(())
    })?;
    steps.run("pages", ui::build)?;
    steps.run("program", || startup::build(arguments.debug))?;
    let package = steps.run("package", || pack(arguments.debug))?;
    let size = fs::metadata(&package)?.len();
    println!("{} ({:.1} MB)", package.display(), size as f64 / 1e6);
    if arguments.try_it {
        steps.run("trial", || deb::try_out(&package))?;
    }
    Ok(())
}

/// Packs the built program and returns the package's path.
fn pack(debug: bool) -> anyhow::Result<PathBuf> {
    let folder = target().join(if debug { "debug" } else { "release" }).join("bundle/deb");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("failed to empty {}", folder.display()))?;
    }
    let mut tauri = npm::program("tauri");
    // Tauri finds its configuration beside the app's Cargo.toml. The program stays as it was built: what
    // Tauri would note in it is for its updater, which the app does not have.
    tauri.current_dir(root().join("mobile")).args([
        "bundle",
        "--bundles",
        "deb",
        "--no-binary-patching",
        "--ci",
    ]);
    if debug {
        tauri.arg("--debug");
    }
    process::run(&mut tauri)?;
    only_package(&folder)
}

fn only_package(folder: &Path) -> anyhow::Result<PathBuf> {
    let mut packages: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("failed to list {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .collect();
    match (packages.pop(), packages.is_empty()) {
        (Some(package), true) => Ok(package),
        _ => bail!("{} does not hold one package", folder.display()),
    }
}
