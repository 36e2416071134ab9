//! The formats of compact frames: read from a file, and written to one at the end.

use std::path::PathBuf;

use anyhow::Context as _;
use wmbus::FormatStore;

/// What the command line says of formats.
#[derive(Debug, clap::Args)]
pub(super) struct FormatOptions {
    /// A file of formats of compact frames, as --learn-formats writes it.
    #[arg(long, value_name = "FILE")]
    formats: Option<PathBuf>,
    /// Write the formats that were read and learned to a file at the end.
    #[arg(long, value_name = "FILE")]
    learn_formats: Option<PathBuf>,
}

impl FormatOptions {
    /// Reads the formats of the file.
    pub(super) fn read(&self) -> anyhow::Result<Formats> {
        let mut known = FormatStore::new();
        if let Some(path) = &self.formats {
            let context = || format!("failed to read {}", path.display());
            let text = std::fs::read_to_string(path).with_context(context)?;
            known.add_text(&text).with_context(context)?;
        }
        Ok(Formats { known, to: self.learn_formats.clone() })
    }
}

/// The formats that are known from the start, and where to write those that are known at the end.
#[derive(Debug, Default)]
pub(super) struct Formats {
    pub(super) known: FormatStore,
    to: Option<PathBuf>,
}

impl Formats {
    /// Writes the file that the command line names.
    pub(super) fn save(&self, formats: &FormatStore) -> anyhow::Result<()> {
        let Some(path) = &self.to else { return Ok(()) };
        std::fs::write(path, formats.to_text()).with_context(|| format!("failed to write {}", path.display()))
    }
}
