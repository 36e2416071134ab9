//! The app's real window on the demo's data.

use std::path::Path;

use anyhow::{Context as _, bail};
use tokio::process::{Child, Command};

use super::{Material, Stage, asked_to_end, heading, set_up};
use crate::handheld::Handheld;
use crate::programs::program;
use crate::server::{RunningServer, Setup};

/// What the person types into the app's window. No secret: the store holds the demo's data only.
const PASSPHRASE: &str = "lindenweg";

/// Opens the app's window on a handheld that is paired and has fetched the tour, with the recording of the
/// walk offered for training. Returns the server, still running, when the window is closed; none when the
/// demo is asked to end.
///
/// # Errors
/// When a part fails; the error says which.
pub async fn open_app(
    material: &Material,
    setup: &Setup,
    folder: &Path,
) -> anyhow::Result<Option<RunningServer>> {
    let data = folder.join("handheld");
    let handheld = Handheld::with_passphrase(&data, PASSPHRASE);
    let Stage { server, .. } = set_up(material, setup, &handheld).await?;
    let recordings = folder.join("recordings");
    std::fs::create_dir_all(&recordings)?;
    std::fs::write(recordings.join(format!("{}.jsonl", material.name)), &material.replay)?;

    heading("The app's window");
    println!("passphrase    {PASSPHRASE}   (type it into the window)");
    println!("recording     {}   (choose it when you start reading)", material.name);
    if let Some(late_keys) = &material.late_keys_csv {
        let file = folder.join("late-keys.csv");
        std::fs::write(&file, late_keys)?;
        println!("late keys     {}   (bring them in on the office's page)", file.display());
    }
    println!("office page   {}", server.address);
    println!("password      {}", setup.admin_password);
    println!("data          {}", folder.display());
    println!("Close the window, or press Ctrl-C, to end.");

    let mut app = Command::new(program("walkby")?)
        .env("WALKBY_DATA_DIR", &data)
        .env("WALKBY_FIELD_RECORDINGS", &recordings)
        .env("WALKBY_FIELD_SPEED", material.speed.map_or("max".into(), |speed| speed.to_string()))
        .kill_on_drop(true)
        .spawn()
        .context("failed to start walkby")?;
    let closed = wait(&mut app).await?;
    Ok(closed.then_some(server))
}

/// Waits until the window is closed and returns true; ends the app and returns false when the demo is asked
/// to end before.
async fn wait(app: &mut Child) -> anyhow::Result<bool> {
    let status = tokio::select! {
        status = app.wait() => status?,
        asked = asked_to_end() => {
            asked?;
            // Its store survives that: it is what it promises.
            app.kill().await?;
            return Ok(false);
        }
    };
    if !status.success() {
        bail!("the app ended with {status}");
    }
    Ok(true)
}
