//! `cargo xtask demo`: the main job from end to end.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::process::{self, cargo, target};
use crate::{packages, ui};

/// Run the main job from end to end: office, handheld, walk, upload, merge, export.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Open the app's window on a paired handheld with the tour, and leave the walk to you.
    #[arg(long)]
    app: bool,
    /// Keep the server running afterwards, and print the address of the office's page and its password.
    #[arg(long)]
    serve: bool,
    /// A recording to walk with in place of the demo's own: rtl_wmbus, hex, wmbusmeters or Walkby lines.
    #[arg(long, requires = "tour")]
    replay: Option<PathBuf>,
    /// The tour for the recording, as CSV.
    #[arg(long, requires = "replay")]
    tour: Option<PathBuf>,
    /// Where to leave the data; it must not exist yet, or be empty. Without it a new folder for temporary
    /// files, or `target/demo`, made anew, for the app.
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// Installs what is missing, builds the programs and hands over to the demo.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    packages::ensure(&[packages::PROGRAMS])?;
    if arguments.app {
        check_display()?;
        packages::ensure(&[packages::WINDOW])?;
    }
    ui::build()?;
    let mut build =
        cargo(&["build", "--locked", "-p", "sync-server", "-p", "field-core", "-p", "e2e", "--bins"]);
    if arguments.app {
        build.args(["-p", "mobile"]);
    }
    process::run(&mut build)?;

    let program = target().join("debug/walkby-demo");
    let mut demo = Command::new(&program);
    demo.current_dir(process::root());
    for (flag, given) in [("--app", arguments.app), ("--serve", arguments.serve)] {
        if given {
            demo.arg(flag);
        }
    }
    for (flag, path) in [("--replay", &arguments.replay), ("--tour", &arguments.tour)] {
        if let Some(path) = path {
            demo.arg(flag).arg(std::path::absolute(path)?);
        }
    }
    match &arguments.folder {
        Some(folder) => demo.arg("--folder").arg(std::path::absolute(folder)?),
        None if arguments.app => demo.arg("--folder").arg(process::fresh_folder("demo")?),
        None => &mut demo,
    };
    // In place of this process: a Ctrl-C is then for the demo alone, which ends what it has started.
    Err(demo.exec()).with_context(|| format!("failed to start {}", program.display()))
}

fn check_display() -> anyhow::Result<()> {
    if ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| std::env::var_os(name).is_none()) {
        bail!("the app's window needs a display; without one: xvfb-run -a cargo xtask demo --app");
    }
    Ok(())
}
