//! A handheld without a window: `walkby-field` on a store of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::programs::program;

/// A handheld's store and the passphrase that opens it.
#[derive(Clone)]
pub struct Handheld {
    folder: PathBuf,
    passphrase: String,
}

impl Handheld {
    /// Returns a handheld whose store is in a folder; the first command makes it.
    pub fn in_folder(folder: &Path) -> Self {
        Self::with_passphrase(folder, &uuid::Uuid::new_v4().simple().to_string())
    }

    /// Returns a handheld whose store is in a folder and opened with a passphrase that a person may type.
    pub fn with_passphrase(folder: &Path, passphrase: &str) -> Self {
        Self { folder: folder.to_path_buf(), passphrase: passphrase.to_owned() }
    }

    /// Returns the folder of the store.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns a command of the engine, not yet started.
    ///
    /// # Errors
    /// When the program is not built.
    pub fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = Command::new(program("walkby-field")?);
        command.arg("--store").arg(&self.folder).args(arguments);
        command.env("WALKBY_PASSPHRASE", &self.passphrase).stdin(Stdio::null());
        Ok(command)
    }

    /// Runs a command and returns what it printed.
    ///
    /// # Errors
    /// When it fails; the error holds what it said.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command(arguments)?.output().context("failed to start walkby-field")?;
        if !output.status.success() {
            let verb = arguments.first().copied().unwrap_or_default();
            bail!(
                "walkby-field {verb} ended with {}: {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs a command with `--format jsonl` and returns its lines.
    ///
    /// # Errors
    /// When it fails, or prints a line that is not JSON.
    pub fn jsonl(&self, arguments: &[&str]) -> anyhow::Result<Vec<Value>> {
        let mut with_format = vec!["--format", "jsonl"];
        with_format.extend(arguments);
        self.run(&with_format)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }

    /// Pairs the handheld with a server.
    ///
    /// # Errors
    /// When the code is wrong or the server is not reached.
    pub fn pair(&self, server: &str, code: &str, name: &str) -> anyhow::Result<()> {
        self.run(&["pair", server, "--code", code, "--name", name]).map(drop)
    }
}
