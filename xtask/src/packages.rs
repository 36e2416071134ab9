//! Debian packages that a command needs, installed when they are missing and it is allowed.

use std::process::Command;

use anyhow::bail;

use crate::process;

/// What the programs without a window need to build: SQLCipher's OpenSSL is built from source.
pub(crate) const PROGRAMS: &[&str] = &["gcc", "make", "perl", "pkg-config"];

/// What the app's window needs to build.
pub(crate) const WINDOW: &[&str] = &["libwebkit2gtk-4.1-dev", "librsvg2-dev"];

/// What opens a window where there is no display, finds it and takes a picture of it.
pub(crate) const DISPLAY: &[&str] = &["xvfb", "xdotool", "imagemagick"];

/// The browser of the pages' tests, and fonts for what is not built into the pages.
pub(crate) const BROWSER: &[&str] = &["chromium", "fonts-noto-cjk", "fonts-dejavu-core"];

/// What drives the app's window and the browser from outside.
pub(crate) const DRIVERS: &[&str] = &["webkit2gtk-driver", "chromium-driver"];

/// What looks into the app's Debian package.
pub(crate) const DPKG: &[&str] = &["dpkg"];

/// What the tests with a real PostgreSQL need.
pub(crate) const POSTGRES: &[&str] = &["postgresql"];

/// Installs what is missing of some groups, or says which one command to run.
pub(crate) fn ensure(groups: &[&[&str]]) -> anyhow::Result<()> {
    let missing: Vec<&str> =
        groups.iter().flat_map(|group| *group).copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !available("apt-get") {
        bail!("this command needs what Debian calls: {list}. Install it with your system's package manager");
    }
    let Some(privilege) = privilege() else {
        bail!("system packages are missing. Run this once, then try again:\n    sudo apt-get install {list}");
    };
    eprintln!("installing system packages: {list}");
    let apt = |arguments: &[&str]| {
        let mut words = privilege.to_vec();
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]);
        words.extend(arguments);
        let (program, rest) = words.split_first().unwrap_or((&"apt-get", &[]));
        process::run(Command::new(program).args(rest))
    };
    apt(&["update"])?;
    let mut install = vec!["install", "--no-install-recommends"];
    install.extend(&missing);
    apt(&install)
}

/// Returns whether dpkg knows the package as installed, or, where there is no dpkg, assumes so: the
/// build then names what is missing.
fn installed(package: &str) -> bool {
    match Command::new("dpkg-query").args(["-W", "-f=${Status}", package]).output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).ends_with(" installed"),
        Err(_) => true,
    }
}

fn available(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Returns the words that give a command the right to install, if any do without asking.
fn privilege() -> Option<&'static [&'static str]> {
    if is_root() {
        return Some(&[]);
    }
    let sudo = available("sudo")
        && Command::new("sudo").args(["-n", "true"]).output().is_ok_and(|output| output.status.success());
    sudo.then_some(&["sudo", "-n"])
}

/// Returns whether this process runs as root.
pub(crate) fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|uid| uid == "0")
}
