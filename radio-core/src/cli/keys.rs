//! The verb `keys`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::keys::KeyFile;

/// Judge every row of a key file, before it is used. Keys are never printed.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// CSV with id;key, or Kamstrup's KEM and KEM2, also zipped.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The password of a KEM file.
    #[arg(long, value_name = "TEXT", env = "WMBUS_KEYS_PASSWORD", hide_env_values = true)]
    keys_password: Option<String>,
}

/// Says no password.
impl std::fmt::Debug for Arguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arguments").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Arguments {
    /// Prints a verdict for each row; the exit code is 1 when one was refused.
    pub(super) fn run(&self, output: &mut impl Write) -> anyhow::Result<ExitCode> {
        let path = self.file.display();
        let content = std::fs::read(&self.file).with_context(|| format!("failed to read {path}"))?;
        let file = KeyFile::read(content, self.keys_password.as_deref()).with_context(|| path.to_string())?;
        for row in &file.rows {
            writeln!(output, "{row}").context("failed to write the output")?;
        }
        let refused = file.refused().count();
        writeln!(output, "{} of {} rows accepted", file.rows.len() - refused, file.rows.len())
            .context("failed to write the output")?;
        Ok(ExitCode::from(u8::from(refused > 0)))
    }
}
