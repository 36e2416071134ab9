//! The app's program, started on a display of its own as on a machine where it never ran.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::display::Display;

/// The title of the app's window.
const TITLE: &str = "Walkby";

/// More colours than an empty window, a frame or a line of progress has: a screen with text is drawn.
const COLOURS_OF_A_SCREEN: usize = 24;

/// A started app; ended when dropped.
pub(crate) struct StartedApp {
    process: Child,
    started: Instant,
    log: PathBuf,
}

/// How long the app took from its start.
pub(crate) struct Opened {
    /// Until its window was on the display.
    pub(crate) window: Duration,
    /// Until a screen was drawn in it.
    pub(crate) screen: Duration,
}

impl StartedApp {
    /// Starts a program in an empty folder, with an empty home and nothing of this environment.
    ///
    /// # Errors
    /// When the folder cannot be made or the program does not start.
    pub(crate) fn start(program: &Path, display: &Display, folder: &Path) -> anyhow::Result<Self> {
        let (home, runtime, work) = (folder.join("home"), folder.join("runtime"), folder.join("work"));
        for folder in [&home, &runtime, &work] {
            fs::create_dir_all(folder)?;
        }
        let log = folder.join("app.log");
        let output = fs::File::create(&log)?;
        let started = Instant::now();
        let process = Command::new(program)
            .current_dir(work)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", runtime)
            .env("LANG", "C.UTF-8")
            .env("DISPLAY", display.name())
            // Xvfb has no graphics card.
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("failed to start {}", program.display()))?;
        Ok(Self { process, started, log })
    }

    /// Waits until a screen is drawn in the window.
    ///
    /// # Errors
    /// When the program ends before, or nothing is drawn in the given time.
    pub(crate) fn wait_until_drawn(
        &mut self,
        display: &Display,
        patience: Duration,
    ) -> anyhow::Result<Opened> {
        let window = self.wait_until("no window appeared", patience, || Ok(display.shows(TITLE)))?;
        let screen = self.wait_until("nothing was drawn in the window", patience, || {
            Ok(display.colours()? >= COLOURS_OF_A_SCREEN)
        })?;
        Ok(Opened { window, screen })
    }

    /// Fails when the program has ended.
    ///
    /// # Errors
    /// With what it said.
    pub(crate) fn check_alive(&mut self) -> anyhow::Result<()> {
        if let Some(status) = self.process.try_wait()? {
            let said = fs::read_to_string(&self.log).unwrap_or_default();
            bail!("the app ended with {status}; it said: {}", said.trim());
        }
        Ok(())
    }

    fn wait_until(
        &mut self,
        otherwise: &str,
        patience: Duration,
        mut seen: impl FnMut() -> anyhow::Result<bool>,
    ) -> anyhow::Result<Duration> {
        loop {
            if seen()? {
                return Ok(self.started.elapsed());
            }
            self.check_alive()?;
            if self.started.elapsed() > patience {
                bail!("{otherwise} within {} s; the app's log is {}", patience.as_secs(), self.log.display());
            }
            // Looks often enough to measure, seldom enough to leave the processor to the app.
            std::thread::sleep(Duration::from_millis(4));
        }
    }
}

impl Drop for StartedApp {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
