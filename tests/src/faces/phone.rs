//! A phone: a display of its size, a home that outlives the app, and the app's real window.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde_json::json;
use tempfile::TempDir;

use super::small_disk::{Ballast, SmallDisk};
use super::{kept, log};
use crate::programs::program;
use crate::webdriver::{Camera, Display, Group, Page, Session, Tools, Turn, free_port, wait_for_port};

/// The size of the screen in CSS pixels.
const SIZE: (u32, u32) = (412, 892);
/// How often a driver is started again whose port somebody else took in between.
const ATTEMPTS: u32 = 3;

/// A phone with a disk and a screen. The app may be opened on it again and again.
#[derive(Debug)]
pub struct Phone {
    name: String,
    log: PathBuf,
    tools: Tools,
    home: TempDir,
    display: Arc<Display>,
    disk: Option<SmallDisk>,
    speed: String,
    _turn: Turn,
}

impl Phone {
    /// Switches a phone on; its name is that of the test. None where the system's programs are missing.
    ///
    /// # Errors
    /// When they are missing and `CI` is set, or the display does not start.
    pub async fn switch_on(name: &str) -> anyhow::Result<Option<Self>> {
        let Some(tools) = Tools::find()? else { return Ok(None) };
        let turn = Turn::wait().await;
        let home = tempfile::tempdir()?;
        for folder in ["data", "config/gtk-3.0", "run", "recordings"] {
            std::fs::create_dir_all(home.path().join(folder))?;
        }
        // What moves or blinks would make every picture a matter of luck.
        let calm = "[Settings]\ngtk-enable-animations=false\ngtk-cursor-blink=false\n";
        std::fs::write(home.path().join("config/gtk-3.0/settings.ini"), calm)?;
        let display = Arc::new(Display::start(&tools, SIZE.0, SIZE.1)?);
        Ok(Some(Self {
            name: name.to_owned(),
            log: log(name)?,
            tools,
            home,
            display,
            disk: None,
            speed: "max".into(),
            _turn: turn,
        }))
    }

    /// Gives the app's data a disk of its own size, which is empty whenever the app is opened. None where
    /// the system lets nobody mount one.
    ///
    /// # Errors
    /// When it does not and `CI` is set.
    pub fn with_disk(self, kib: u32) -> anyhow::Result<Option<Self>> {
        if let Some(disk) = SmallDisk::find(kib)? {
            return Ok(Some(Self { disk: Some(disk), ..self }));
        }
        Ok(None)
    }

    /// Lets recordings be heard so many times faster than they were made; as fast as they can be read
    /// when nothing is said. Holds for the next time that the app is opened.
    pub fn replay_at(&mut self, speed: u32) {
        self.speed = speed.to_string();
    }

    /// Returns the folder of the app's data.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Puts a recording where the app offers it for training.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_recording(&self, name: &str, text: &str) -> std::io::Result<()> {
        std::fs::write(self.home.path().join("recordings").join(name), text)
    }

    /// Opens the app's window.
    ///
    /// # Errors
    /// When the app is not built, or its window does not come.
    pub async fn open_app(&self) -> anyhow::Result<App> {
        let program = program("walkby")?.canonicalize()?;
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match self.try_open(&program).await {
                Ok(app) => return Ok(app),
                Err(error) => last = Some(error),
            }
        }
        let error = last.context("no attempt was made")?;
        Err(error.context(format!("failed to open the app; its output is in {}", self.log.display())))
    }

    async fn try_open(&self, program: &Path) -> anyhow::Result<App> {
        let (port, native_port) = (free_port()?, free_port()?);
        let mut command = self.driver();
        command.args(["--port", &port.to_string(), "--native-port", &native_port.to_string()]);
        command.arg("--native-driver").arg(&self.tools.webkit_driver);
        let group = Group::start(self.surround(&mut command), &self.log)?;
        wait_for_port(port)?;
        wait_for_port(native_port)?;
        let session = Session::open(port, json!({ "tauri:options": { "application": program } })).await?;
        let camera = Camera::Display(Arc::clone(&self.display));
        let page = Page::new(session, camera, kept(&format!("{}.png", self.name))?);
        Ok(App { page, group, program: program.to_owned(), data: self.data() })
    }

    /// Returns the command of the driver, behind a small disk where one is asked for.
    fn driver(&self) -> Command {
        match &self.disk {
            Some(disk) => disk.before(&self.tools.tauri_driver, &self.data()),
            None => Command::new(&self.tools.tauri_driver),
        }
    }

    /// Sets what the app finds around it: nothing of the person's own home, and no keyring.
    fn surround<'command>(&self, command: &'command mut Command) -> &'command mut Command {
        let home = self.home.path();
        command
            .env("DISPLAY", self.display.name())
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("WALKBY_DATA_DIR", self.data())
            .env("WALKBY_FIELD_RECORDINGS", home.join("recordings"))
            .env("WALKBY_FIELD_SPEED", &self.speed)
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", "C.UTF-8")
            .env_remove("LANGUAGE")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("WAYLAND_DISPLAY")
    }
}

/// The app, open on a phone. It ends when this is dropped.
#[derive(Debug)]
pub struct App {
    /// What is in the window.
    pub page: Page,
    group: Group,
    program: PathBuf,
    data: PathBuf,
}

impl App {
    /// Kills the app at once (SIGKILL), as the system does when memory is short.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill(self) -> anyhow::Result<()> {
        let running = self.group.running(&self.program);
        let [app] = running.as_slice() else { bail!("{} apps run", running.len()) };
        self.group.kill(*app)
    }

    /// Fills the rest of a small disk, and returns what frees it again.
    ///
    /// # Errors
    /// When the disk cannot be reached.
    pub fn fill_disk(&self) -> anyhow::Result<Ballast> {
        Ballast::fill(self.group.id(), &self.data)
    }
}
