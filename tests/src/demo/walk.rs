//! The walk, killed in the middle and taken up again.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, bail};

use crate::handheld::Handheld;

/// After how many lines about meters the engine is killed.
const LINES_BEFORE_KILL: usize = 8;

/// Walks with a recording: kills the engine in the middle and resumes.
pub(super) fn walk(handheld: &Handheld, replay: &Path, speed: Option<u32>) -> anyhow::Result<()> {
    let replay = replay.to_str().context("the folder's name is not UTF-8")?;
    let speed = speed.map(|speed| speed.to_string());
    let mut arguments = vec!["walk", "--replay", replay];
    match &speed {
        Some(speed) => arguments.extend(["--speed", speed]),
        None => arguments.push("--as-fast"),
    }
    if show(handheld, &arguments, Some(LINES_BEFORE_KILL))? {
        println!("⚡ the engine was killed (SIGKILL); it is started again");
        show(handheld, &arguments, None)?;
    }
    Ok(())
}

/// Shows what the engine prints, and kills it after some lines. Returns whether it was killed.
fn show(handheld: &Handheld, arguments: &[&str], kill_after: Option<usize>) -> anyhow::Result<bool> {
    let mut engine = handheld
        .command(arguments)?
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .context("failed to start walkby-field")?;
    let lines = BufReader::new(engine.stdout.take().context("walkby-field has no standard output")?).lines();
    for (count, line) in (1..).zip(lines) {
        println!("{}", line?);
        if kill_after == Some(count) {
            engine.kill()?;
            engine.wait()?;
            return Ok(true);
        }
    }
    let status = engine.wait()?;
    if !status.success() {
        bail!("walkby-field walk ended with {status}");
    }
    Ok(false)
}
