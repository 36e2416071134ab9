//! The verb `profiles`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use super::knowledge::read_profiles;

/// List the meter profiles, and check those of a folder.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A folder of meter profiles, read beside the built-in ones; see docs/profiles.md.
    #[arg(long, value_name = "DIR")]
    profiles: Option<PathBuf>,
}

impl Arguments {
    /// Lists all profiles; the exit code is 1 when one of the folder was wrong.
    pub(super) fn run(&self, output: &mut impl Write) -> anyhow::Result<ExitCode> {
        let (profiles, wrong) = read_profiles(self.profiles.as_deref())?;
        for profile in profiles.iter() {
            writeln!(output, "{:<24} {}", profile.name(), profile.title())
                .context("failed to write the output")?;
        }
        Ok(ExitCode::from(u8::from(wrong > 0)))
    }
}
