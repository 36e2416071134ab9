//! `cargo xtask check`: what needs no running of tests.

use crate::packages;
use crate::process::{self, cargo};

/// Checks formatting, lints of every target, and that the documentation builds.
pub(crate) fn run() -> anyhow::Result<()> {
    packages::ensure(packages::PROGRAMS)?;
    packages::ensure(packages::WINDOW)?;
    process::run(&mut cargo(&["fmt", "--all", "--check"]))?;
    process::run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))?;
    process::run(
        cargo(&["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "--deny warnings"),
    )
}
