//! The office's browser.

use std::process::Command;

use anyhow::Context as _;
use serde_json::json;
use tempfile::TempDir;

use super::{kept, log};
use crate::webdriver::{Camera, Group, Page, Session, Tools, free_port, wait_for_port};

/// A Chromium with a profile of its own, which ends when it is dropped.
#[derive(Debug)]
pub struct Browser {
    /// What is in its window.
    pub page: Page,
    _group: Group,
    _profile: TempDir,
}

impl Browser {
    /// Opens a browser on an address; its name is that of the test. None where the system's programs are
    /// missing. Whoever has a phone as well has had the turn already.
    ///
    /// # Errors
    /// When they are missing and `CI` is set, or the browser does not come.
    pub async fn open(name: &str, address: &str) -> anyhow::Result<Option<Self>> {
        let Some(tools) = Tools::find()? else { return Ok(None) };
        let log = log(&format!("{name}-browser"))?;
        let profile = tempfile::tempdir()?;
        let port = free_port()?;
        let mut command = Command::new(&tools.chromedriver);
        command.arg(format!("--port={port}")).env("HOME", profile.path());
        let group = Group::start(&mut command, &log)?;
        wait_for_port(port)?;
        let options = json!({
            "binary": tools.chromium,
            "args": [
                "--headless=new",
                // Root has no sandbox; a test's page is our own.
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--force-prefers-reduced-motion",
                "--lang=en",
                "--window-size=1280,900",
                format!("--user-data-dir={}", profile.path().join("profile").display()),
            ],
        });
        let capabilities = json!({ "browserName": "chrome", "goog:chromeOptions": options });
        let session = Session::open(port, capabilities)
            .await
            .with_context(|| format!("failed to open Chromium; its output is in {}", log.display()))?;
        session.go_to(address).await?;
        let page = Page::new(session, Camera::Driver, kept(&format!("{name}-browser.png"))?);
        Ok(Some(Self { page, _group: group, _profile: profile }))
    }
}
