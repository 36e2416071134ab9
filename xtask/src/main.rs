//! The project's commands. `cargo xtask --help` lists them.

mod check;
mod demo;
mod packages;
mod postgres;
mod process;
mod score;
mod test;

use clap::{Parser, Subcommand};

/// The project's commands.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the main job from end to end: office, handheld, walk, upload, merge, export.
    Demo(demo::Arguments),
    /// Check formatting, lints and documentation.
    Check,
    /// Run every test, on SQLite and on a throw-away PostgreSQL.
    Test(test::Arguments),
    /// Decode the development corpus and score it against the published values.
    Score(score::Arguments),
    /// Run the benchmarks, those with a database on SQLite and on a throw-away PostgreSQL.
    Bench(test::BenchArguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Check => check::run(),
        Command::Test(arguments) => test::run(&arguments),
        Command::Score(arguments) => score::run(&arguments),
        Command::Bench(arguments) => test::bench(&arguments),
    }
}
