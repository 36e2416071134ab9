//! The app's Debian package, looked into and tried.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use crate::app::StartedApp;
use crate::display::Display;
use crate::packages;
use crate::process::{self, fresh_folder, is_ci, screenshots};

/// The name under which Debian knows the app.
const NAME: &str = "walkby";

/// What the program is linked to.
const DEPENDS: &[&str] = &["libwebkit2gtk-4.1-0", "libgtk-3-0"];

/// Looks into the package, starts the app from it in a clean place and takes a picture of its first screen.
pub(crate) fn try_out(package: &Path) -> anyhow::Result<()> {
    check_fields(package)?;
    let folder = fresh_folder("xtask/try")?;
    let unpacked = folder.join("package");
    process::output(Command::new("dpkg-deb").arg("--extract").arg(package).arg(&unpacked))?;
    check_desktop_entry(&unpacked)?;

    // Installing changes the machine: only where that is what the machine is for.
    if !(is_ci() && packages::is_root()) {
        return try_program(&unpacked.join("usr/bin").join(NAME), &folder);
    }
    ensure!(!is_installed()?, "{NAME} is installed on this machine already; remove it: dpkg --remove {NAME}");
    process::run(Command::new("dpkg").arg("--install").arg(package))?;
    let tried = try_program(&Path::new("/usr/bin").join(NAME), &folder);
    process::run(Command::new("dpkg").args(["--purge", NAME]))?;
    tried
}

/// Starts the program in a clean place, waits for its first screen and takes a picture of it.
fn try_program(program: &Path, folder: &Path) -> anyhow::Result<()> {
    let display = Display::open(&folder.join("display"))?;
    let mut app = StartedApp::start(program, &display, folder)?;
    let opened = app.wait_until_drawn(&display, Duration::from_secs(120))?;
    let picture = screenshots("window").join("from-package.png");
    display.picture(&picture)?;
    app.check_alive()?;
    println!(
        "{} opened its window after {} ms and drew its first screen after {} ms; picture: {}",
        program.display(),
        opened.window.as_millis(),
        opened.screen.as_millis(),
        picture.display()
    );
    Ok(())
}

fn is_installed() -> anyhow::Result<bool> {
    let status = Command::new("dpkg-query").args(["-W", "-f=${Status}", NAME]).output()?;
    Ok(status.stdout.ends_with(b" installed"))
}

fn check_fields(package: &Path) -> anyhow::Result<()> {
    let field = |name: &str| process::output(Command::new("dpkg-deb").arg("--field").arg(package).arg(name));
    for (name, expected) in [
        ("Package", NAME.to_owned()),
        ("Version", env!("CARGO_PKG_VERSION").to_owned()),
        ("Architecture", process::output(Command::new("dpkg").arg("--print-architecture"))?),
    ] {
        let found = field(name)?;
        ensure!(found == expected, "the package's {name} is {found:?}, not {expected:?}");
    }
    let depends = field("Depends")?;
    for expected in DEPENDS {
        let named = depends.split([',', '|']).any(|word| word.split_whitespace().next() == Some(expected));
        ensure!(named, "the package does not depend on {expected}, only on {depends:?}");
    }
    for name in ["Description", "Maintainer"] {
        ensure!(!field(name)?.is_empty(), "the package has no {name}");
    }
    Ok(())
}

/// Checks that what a desktop shows leads to the program and to pictures that are there.
fn check_desktop_entry(unpacked: &Path) -> anyhow::Result<()> {
    let share = unpacked.join("usr/share");
    let entry = only_file(&share.join("applications"))?;
    let text = fs::read_to_string(&entry)?;
    let value = |key: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
            .with_context(|| format!("{} has no {key}", entry.display()))
    };
    ensure!(value("Type")? == "Application", "the desktop entry is no application");
    let program = value("Exec")?.split_whitespace().next().unwrap_or_default();
    ensure!(program == NAME, "the desktop entry starts {program:?}, not {NAME:?}");
    let icon = format!("{}.png", value("Icon")?);
    for size in ["32x32", "128x128"] {
        let file = share.join("icons/hicolor").join(size).join("apps").join(&icon);
        ensure!(file.is_file(), "the package has no icon {}", file.display());
    }
    Ok(())
}

fn only_file(folder: &Path) -> anyhow::Result<PathBuf> {
    let files: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("failed to list {}", folder.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    match files.as_slice() {
        [file] => Ok(file.clone()),
        _ => bail!("{} does not hold one file", folder.display()),
    }
}
