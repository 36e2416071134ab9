//! Where the built programs are.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

/// Returns the path of a program of this workspace, built beside the running one.
///
/// # Errors
/// When it was not built: `cargo test` builds a package's own programs only.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("failed to find this program's own path")?;
    // A test lies in `target/debug/deps`, a program in `target/debug`.
    let found = own.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.is_file());
    match found {
        Some(path) => Ok(path),
        None => bail!(
            "the program `{name}` is not built; run `cargo xtask test`, or `cargo build --workspace --bins`"
        ),
    }
}
