//! `cargo xtask ui`: the two pages that the app and the server carry in themselves.

use crate::fingerprint::Stamp;
use crate::npm::{self, npm};
use crate::process::{self, root};

/// A page, built by Vite.
struct Page {
    /// Its npm workspace.
    workspace: &'static str,
    /// Its folder; Vite writes `dist` in it.
    folder: &'static str,
}

const PAGES: [Page; 2] = [
    Page { workspace: "@walkby/field-app", folder: "mobile/ui" },
    Page { workspace: "@walkby/office-page", folder: "sync-server/page" },
];

/// What every page is made from beside its own folder.
const SHARED_SOURCES: [&str; 4] = ["ui", "package-lock.json", "tsconfig.base.json", "tauri.conf.json"];

/// Builds the pages whose sources have changed since they were last built.
pub(crate) fn build() -> anyhow::Result<()> {
    npm::ensure()?;
    let root = root();
    for page in PAGES {
        let mut sources = vec![page.folder];
        sources.extend(SHARED_SOURCES);
        let dist = root.join(page.folder).join("dist");
        let stamp = Stamp::of(
            root.join("target/xtask").join(page.workspace.replace(['@', '/'], "-")).with_extension("stamp"),
            &root,
            &sources,
        )?;
        if dist.join("index.html").is_file() && stamp.is_current() {
            continue;
        }
        process::run(&mut npm(&["run", "build", "-w", page.workspace]))?;
        stamp.write()?;
    }
    Ok(())
}

/// Checks types, markup and lints of the user interfaces.
pub(crate) fn check() -> anyhow::Result<()> {
    process::run(&mut npm(&["run", "check"]))
}
