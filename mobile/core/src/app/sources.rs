//! What can be listened to.

use std::path::PathBuf;

use radio_core::replay::Replay;
use sync_protocol::Digest;

use super::model::{Problem, Source, SourceKind};
use super::open::App;
use crate::store::recordings;

/// A larger recording is no training but an archive.
const LARGEST_RECORDING: usize = 64 << 20;

/// The two places of recordings: the store, by their digest, and the folder of the options, by their name.
const KEPT: &str = "kept:";
const OFFERED: &str = "offered:";

impl App {
    /// Returns what can be listened to.
    ///
    /// # Errors
    /// When the store fails.
    pub fn sources(&self) -> Result<Vec<Source>, Problem> {
        let mut sources = self.receivers()?;
        sources.extend(self.offered().iter().map(|path| offered_source(path)));
        let kept = recordings::all(self.store.connection())?;
        sources.extend(kept.into_iter().map(|(digest, name)| kept_source(digest, name)));
        Ok(sources)
    }

    /// Keeps a recording for training.
    ///
    /// # Errors
    /// `wrong_encoding` and `recording_unreadable` say why it is none.
    pub fn add_recording(&mut self, name: &str, bytes: &[u8]) -> Result<Source, Problem> {
        if bytes.len() > LARGEST_RECORDING {
            return Err(Problem::lasting("recording_unreadable", "the recording is larger than 64 MiB"));
        }
        if std::str::from_utf8(bytes).is_err() {
            return Err(Problem::lasting("wrong_encoding", "the recording is not UTF-8"));
        }
        if !Replay::new(bytes).any(|line| line.is_ok()) {
            return Err(Problem::lasting("recording_unreadable", "no line holds a telegram"));
        }
        let (digest, name) = (Digest::of(bytes), name.trim().to_owned());
        recordings::put(self.store.connection(), digest, &name, bytes)?;
        Ok(kept_source(digest, name))
    }

    /// Returns what can be listened to under this identity.
    pub(super) fn source(&self, id: &str) -> Result<Source, Problem> {
        self.sources()?.into_iter().find(|source| source.id == id).ok_or_else(gone)
    }

    /// Returns the bytes of a recording.
    pub(super) fn recording(&self, id: &str) -> Result<Vec<u8>, Problem> {
        Ok(match id.strip_prefix(KEPT) {
            Some(digest) => {
                let digest = digest.parse().map_err(|_| gone())?;
                recordings::bytes(self.store.connection(), digest)?.ok_or_else(gone)?
            }
            None => {
                let path = self.offered().into_iter().find(|path| offered_source(path).id == id);
                std::fs::read(path.ok_or_else(gone)?).map_err(|_| gone())?
            }
        })
    }

    /// Returns the files of the folder of recordings, by name.
    fn offered(&self) -> Vec<PathBuf> {
        let Some(folder) = &self.options.recordings else { return Vec::new() };
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| entry.ok())
            .map(|entry| entry.path())
            .filter(|path| path.is_file())
            .collect();
        files.sort();
        files
    }
}

fn gone() -> Problem {
    Problem::passing("no_receiver", "there is no such source")
}

fn kept_source(digest: Digest, name: String) -> Source {
    Source { id: format!("{KEPT}{digest}"), kind: SourceKind::Recording, name }
}

fn offered_source(path: &std::path::Path) -> Source {
    let text = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let file = text(path.file_name()).unwrap_or_default();
    let name = text(path.file_stem()).unwrap_or_default();
    Source { id: format!("{OFFERED}{file}"), kind: SourceKind::Recording, name }
}
