//! A disk that is soon full.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::bail;

/// How a program is given mounts of its own: without rights of an administrator, or else with them.
const WAYS: [&[&str]; 2] = [&["--user", "--map-root-user", "--mount"], &["--mount"]];

/// A disk of some size in memory that only a program and what it starts can see.
#[derive(Debug)]
pub(super) struct SmallDisk {
    kib: u32,
    way: &'static [&'static str],
}

impl SmallDisk {
    /// Finds out how a disk can be mounted. None where it cannot: a desk need not allow it.
    ///
    /// # Errors
    /// When it cannot and `CI` is set.
    pub(super) fn find(kib: u32) -> anyhow::Result<Option<Self>> {
        let found = WAYS.iter().find(|way| allows(way));
        if found.is_none() {
            const TROUBLE: &str = "this system lets no program mount a disk of its own (unshare)";
            if std::env::var_os("CI").is_some() {
                bail!(TROUBLE);
            }
            eprintln!("not tested: {TROUBLE}");
        }
        Ok(found.map(|way| Self { kib, way }))
    }

    /// Returns the command that mounts the disk on a folder and then becomes a program.
    pub(super) fn before(&self, program: &Path, folder: &Path) -> Command {
        const MOUNT: &str = "mount -t tmpfs -o size=\"$1\" tmpfs \"$2\" && shift 2 && exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(self.way).args(["sh", "-c", MOUNT, "sh"]);
        command.arg(format!("{}k", self.kib)).arg(folder).arg(program);
        command
    }
}

fn allows(way: &[&str]) -> bool {
    let mut attempt = Command::new("unshare");
    attempt.args(way).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
    attempt.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// A file that leaves no room on a small disk.
#[derive(Debug)]
pub struct Ballast(PathBuf);

impl Ballast {
    /// Fills the disk that a process sees on a folder.
    pub(super) fn fill(process: u32, folder: &Path) -> anyhow::Result<Self> {
        let inside = PathBuf::from(format!("/proc/{process}/root"));
        let path = inside.join(folder.strip_prefix("/")?).join("ballast");
        let mut file = std::fs::File::create(&path)?;
        for piece in [&[7; 4096][..], &[7; 1]] {
            while file.write_all(piece).is_ok() {}
        }
        Ok(Self(path))
    }

    /// Makes room again.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove(self) -> std::io::Result<()> {
        std::fs::remove_file(self.0)
    }
}
