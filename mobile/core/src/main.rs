//! The handheld without a window: pair, pull, walk, look, push.
//!
//! For Linux handhelds, scripts and tests. Every line about a telegram is printed only after its
//! commit; killed at any instant, the program goes on where it was.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    match cli::run(cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("walkby-field: {error:#}");
            ExitCode::FAILURE
        }
    }
}
