//! Whether what was made from files is still what they would make.
//!
//! By content, not by time: a checkout gives every file a new time, and a page that is built again
//! without need makes cargo compile again what embeds it.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Folders that hold what is made or fetched, not what is written.
const NOT_SOURCES: &[&str] = &["node_modules", "dist", "e2e"];

/// A note of the files from which something was made.
pub(crate) struct Stamp {
    file: PathBuf,
    fingerprint: String,
}

impl Stamp {
    /// Reads the files as they are now. Folders count with all that is in them but what is made or fetched.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) fn of(file: PathBuf, root: &Path, sources: &[&str]) -> anyhow::Result<Self> {
        let mut hasher = DefaultHasher::new();
        for source in sources {
            for path in files(&root.join(source))? {
                path.strip_prefix(root).unwrap_or(&path).hash(&mut hasher);
                fs::read(&path)
                    .with_context(|| format!("failed to read {}", path.display()))?
                    .hash(&mut hasher);
            }
        }
        Ok(Self { file, fingerprint: format!("{:016x}\n", hasher.finish()) })
    }

    /// Returns whether the files are the same as when the note was last written.
    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|noted| noted == self.fingerprint)
    }

    /// Writes the note down: what is made from the files is now up to date.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self) -> anyhow::Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.file, &self.fingerprint)
            .with_context(|| format!("failed to write {}", self.file.display()))
    }
}

/// Returns a file, or every source file below a folder, in an order that does not change.
fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(path)
        .with_context(|| format!("failed to list {}", path.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        let is_source = entry.file_name().is_none_or(|name| !NOT_SOURCES.iter().any(|made| name == *made));
        if is_source {
            found.extend(files(&entry)?);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is gone when dropped; this crate depends on nothing that makes one.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("walkby-xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(path.join("page/src")).unwrap();
            fs::create_dir_all(path.join("page/dist")).unwrap();
            fs::write(path.join("page/src/main.ts"), "one").unwrap();
            Self(path)
        }

        fn stamp(&self) -> Stamp {
            Stamp::of(self.0.join("made/page.stamp"), &self.0, &["page"]).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn nothing_is_up_to_date_before_the_stamp_is_written() {
        let folder = Folder::new("first");
        let stamp = folder.stamp();
        assert!(!stamp.is_current());
        stamp.write().unwrap();
        assert!(folder.stamp().is_current());
    }

    #[test]
    fn a_changed_or_renamed_source_is_out_of_date_and_a_made_file_does_not_count() {
        let folder = Folder::new("changed");
        folder.stamp().write().unwrap();
        fs::write(folder.0.join("page/dist/index.html"), "made").unwrap();
        assert!(folder.stamp().is_current());
        fs::rename(folder.0.join("page/src/main.ts"), folder.0.join("page/src/other.ts")).unwrap();
        assert!(!folder.stamp().is_current());
        fs::rename(folder.0.join("page/src/other.ts"), folder.0.join("page/src/main.ts")).unwrap();
        assert!(folder.stamp().is_current());
        fs::write(folder.0.join("page/src/main.ts"), "two").unwrap();
        assert!(!folder.stamp().is_current());
    }
}
