//! The project's commands. `cargo xtask --help` lists them.

mod app;
mod bundle;
mod check;
mod deb;
mod demo;
mod display;
mod fingerprint;
mod fuzz;
mod npm;
mod packages;
mod postgres;
mod process;
mod score;
mod sensitivity;
mod startup;
mod steps;
mod test;
mod tools;
mod ui;

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
    /// Build the two pages that the app and the server carry in themselves.
    Ui,
    /// Check formatting, types, lints and documentation.
    Check,
    /// Run every test: of the pages, of the programs, of the app's window.
    Test(test::Arguments),
    /// Build the app's Debian package.
    Bundle(bundle::Arguments),
    /// Decode the development corpus and score it against the published values.
    Score(score::Arguments),
    /// Measure how much of what is sent the demodulator hears, beside its peers and the reference.
    Sensitivity(sensitivity::Arguments),
    /// Fuzz the decoder: any bytes, no crash, no hang, bounded memory, every promise kept.
    Fuzz(fuzz::Arguments),
    /// Run the benchmarks, those with a database on SQLite and on a throw-away PostgreSQL.
    Bench(test::BenchArguments),
    /// Measure how long the app takes from its start to its window and to its first screen.
    Startup(startup::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Ui => ui::build(),
        Command::Check => check::run(),
        Command::Test(arguments) => test::run(&arguments),
        Command::Bundle(arguments) => bundle::run(&arguments),
        Command::Score(arguments) => score::run(&arguments),
        Command::Sensitivity(arguments) => sensitivity::run(&arguments),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
        Command::Bench(arguments) => test::bench(&arguments),
        Command::Startup(arguments) => startup::run(&arguments),
    }
}
