//! `cargo xtask check`: what needs no running of tests.

use crate::process::{self, cargo};
use crate::steps::Steps;
use crate::{npm, packages, ui};

/// Checks formatting, types and lints of every part, and that the documentation builds.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut steps = Steps::default();
    steps.run("packages", || {
        packages::ensure(&[packages::PROGRAMS, packages::WINDOW])?;
        npm::ensure()
    })?;
    steps.run("format", || process::run(&mut cargo(&["fmt", "--all", "--check"])))?;
    steps.run("types and lints of the pages", ui::check)?;
    // The app and the server carry the pages in themselves: without them they do not compile.
    steps.run("pages", ui::build)?;
    steps.run("clippy", || {
        process::run(&mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "--deny",
            "warnings",
        ]))
    })?;
    steps.run("decoder without profiles", || {
        process::run(&mut cargo(&[
            "clippy",
            "--package",
            "wmbus",
            "--no-default-features",
            "--locked",
            "--",
            "--deny",
            "warnings",
        ]))
    })?;
    steps.run("documentation", || {
        process::run(
            cargo(&["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "--deny warnings"),
        )
    })
}
