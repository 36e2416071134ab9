//! What the program knows about meters: keys, profiles and formats of compact frames.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use wmbus::profiles::Profiles;

use super::formats::{FormatOptions, Formats};
use super::keychain::{KeyOptions, Keychain};

/// What the command line says that the program is to know.
#[derive(Debug, clap::Args)]
pub(super) struct KnowledgeOptions {
    #[command(flatten)]
    keys: KeyOptions,
    /// A folder of meter profiles, read beside the built-in ones; see docs/profiles.md.
    #[arg(long, value_name = "DIR")]
    profiles: Option<PathBuf>,
    #[command(flatten)]
    formats: FormatOptions,
}

impl KnowledgeOptions {
    /// Reads keys and profiles; what is wrong with a row or a file is told on standard error.
    pub(super) fn read(&self) -> anyhow::Result<Knowledge> {
        Ok(Knowledge {
            keys: self.keys.read()?,
            profiles: read_profiles(self.profiles.as_deref())?.0,
            formats: self.formats.read()?,
        })
    }
}

/// What the program knows about meters.
#[derive(Debug)]
pub(super) struct Knowledge {
    pub(super) keys: Keychain,
    pub(super) profiles: Profiles,
    pub(super) formats: Formats,
}

/// Reads the profiles of a folder behind the built-in ones; a file that is wrong is told on standard
/// error and left out. Returns them, and how many files were wrong.
pub(super) fn read_profiles(folder: Option<&Path>) -> anyhow::Result<(Profiles, usize)> {
    let mut profiles = Profiles::builtin();
    let mut wrong = 0;
    let Some(folder) = folder else { return Ok((profiles, wrong)) };
    let context = || format!("failed to read {}", folder.display());
    let entries = std::fs::read_dir(folder).with_context(context)?;
    let mut paths =
        entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>().with_context(context)?;
    paths.retain(|path| path.extension() == Some(OsStr::new("toml")));
    paths.sort();
    for path in paths {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if let Err(error) = profiles.add(&name, &text) {
            super::tell(format_args!("{}: {error}", path.display()));
            wrong += 1;
        }
    }
    Ok((profiles, wrong))
}
