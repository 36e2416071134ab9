//! `cargo xtask demo`: the main job from end to end.

use std::path::PathBuf;

use crate::packages;
use crate::process::{self, cargo};

/// Run the main job from end to end: office, handheld, walk, upload, merge, export.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Keep the server running afterwards and print its address.
    #[arg(long)]
    serve: bool,
    /// A recording to walk with in place of the demo's own: rtl_wmbus, hex, wmbusmeters or Walkby lines.
    #[arg(long, requires = "tour")]
    replay: Option<PathBuf>,
    /// The tour for the recording, as CSV.
    #[arg(long, requires = "replay")]
    tour: Option<PathBuf>,
    /// Where to leave the data. It must not exist yet, or be empty.
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// Installs what is missing, builds the programs and hands over to the demo.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    packages::ensure(packages::PROGRAMS)?;
    process::run(&mut cargo(&[
        "build",
        "--locked",
        "-p",
        "sync-server",
        "-p",
        "field-core",
        "-p",
        "e2e",
        "--bins",
    ]))?;
    let mut demo = cargo(&["run", "--quiet", "--locked", "-p", "e2e", "--bin", "walkby-demo", "--"]);
    if arguments.serve {
        demo.arg("--serve");
    }
    for (flag, path) in
        [("--replay", &arguments.replay), ("--tour", &arguments.tour), ("--folder", &arguments.folder)]
    {
        if let Some(path) = path {
            demo.arg(flag).arg(std::path::absolute(path)?);
        }
    }
    process::run(&mut demo)
}
