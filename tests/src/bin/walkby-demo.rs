//! The program behind `cargo xtask demo`.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Parser;
use e2e::demo::{self, Material};
use e2e::server::Setup;

/// Run the main job from end to end: office, handheld, walk, upload, merge, export.
#[derive(Parser)]
struct Arguments {
    /// Open the app's window on a paired handheld with the tour, and leave the walk to you.
    #[arg(long)]
    app: bool,
    /// Keep the server running afterwards, and print the address of the office's page and its password.
    #[arg(long)]
    serve: bool,
    /// A recording to walk with in place of the demo's own: rtl_wmbus, hex, wmbusmeters or Walkby lines.
    #[arg(long, requires = "tour", value_name = "FILE")]
    replay: Option<PathBuf>,
    /// The tour for the recording, as CSV.
    #[arg(long, requires = "replay", value_name = "FILE")]
    tour: Option<PathBuf>,
    /// Where to leave the data; it must be empty or not exist yet. A new folder for temporary files when
    /// not given.
    #[arg(long, value_name = "DIRECTORY")]
    folder: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let material = match (&arguments.tour, &arguments.replay) {
        (Some(tour), Some(replay)) => Material::from_files(tour, replay)?,
        _ => Material::built_in(),
    };
    let folder = folder(arguments.folder)?;
    let setup = Setup { admin_password: demo::password(), ..Setup::in_folder(&folder)? };
    let server = if arguments.app {
        demo::open_app(&material, &setup, &folder).await?
    } else {
        Some(demo::run(&material, &setup, &folder).await?)
    };
    if let Some(server) = server.filter(|_| arguments.serve) {
        println!("\noffice page   {}", server.address);
        println!("password      {}", setup.admin_password);
        println!("Ctrl-C ends the server.");
        demo::asked_to_end().await?;
    }
    Ok(())
}

fn folder(given: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    let Some(folder) = given else {
        return Ok(tempfile::Builder::new().prefix("walkby-demo-").tempdir()?.keep());
    };
    std::fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    if std::fs::read_dir(&folder)?.next().is_some() {
        bail!("{} is not empty; name an empty or new directory", folder.display());
    }
    Ok(folder)
}
