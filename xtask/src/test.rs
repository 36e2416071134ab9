//! `cargo xtask test` and `cargo xtask bench`.

use crate::packages;
use crate::postgres::Cluster;
use crate::process::{self, cargo};

/// Run every test, on SQLite and on a throw-away PostgreSQL.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What to hand to `cargo test`, such as `-p e2e` or a part of a test's name. Without it: everything.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo_arguments: Vec<String>,
}

/// Run the benchmarks.
#[derive(clap::Args)]
pub(crate) struct BenchArguments {
    /// What to hand to `cargo bench`, such as `-p wmbus`. Without it: everything but the window.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo_arguments: Vec<String>,
}

/// Builds every program, then runs the tests against a cluster that lives as long as they do.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    packages::ensure(packages::PROGRAMS)?;
    packages::ensure(packages::WINDOW)?;
    // The tests of the whole chain run the real programs, which `cargo test` does not build for them.
    process::run(&mut cargo(&["build", "--workspace", "--bins", "--locked"]))?;
    let cluster = Cluster::start(false)?;
    let mut command = cargo(&["test", "--locked"]);
    if arguments.cargo_arguments.is_empty() {
        command.arg("--workspace");
    }
    process::run(command.args(&arguments.cargo_arguments).env("TEST_DB_URL", cluster.url()))
}

/// Runs the benchmarks against a cluster whose commits reach the disk.
pub(crate) fn bench(arguments: &BenchArguments) -> anyhow::Result<()> {
    packages::ensure(packages::PROGRAMS)?;
    let cluster = Cluster::start(true)?;
    let mut command = cargo(&["bench", "--locked"]);
    if arguments.cargo_arguments.is_empty() {
        command.args(["-p", "wmbus", "-p", "field-core", "-p", "sync-server", "--benches"]);
    }
    process::run(command.args(&arguments.cargo_arguments).env("TEST_DB_URL", cluster.url()))
}
