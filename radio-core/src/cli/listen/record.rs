//! The recording.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::ReceivedFrame;
use crate::replay;

/// Writes receptions, each at once: a walk may end with an empty battery.
#[derive(Debug)]
pub(super) struct Recorder {
    path: PathBuf,
    file: File,
}

impl Recorder {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.with_context(|| format!("failed to open {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file })
    }

    pub(super) fn write(&mut self, frame: &ReceivedFrame) -> anyhow::Result<()> {
        let line = replay::write_line(frame) + "\n";
        let written = self.file.write_all(line.as_bytes());
        written.with_context(|| format!("failed to write {}", self.path.display()))
    }
}
