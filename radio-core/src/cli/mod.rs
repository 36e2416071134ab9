//! The toolkit program `wmbus`.
//!
//! Its machine-readable output is a contract of its own version, [`CONTRACT_VERSION`], written down in
//! `docs/wmbus-decode.md` and pinned by golden files. Keys are read and never printed.

mod answer;
mod answering;
mod decode;
mod demod;
mod explain;
mod formats;
mod input;
mod keychain;
mod keys;
mod knowledge;
mod listen;
mod memory;
mod message;
mod modulate;
mod output;
mod profiles;
mod reading;
mod receivers;
mod request;
mod state;
mod value;
mod wmbusmeters;

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;
use std::sync::LazyLock;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

/// The version of the JSON and CSV that `wmbus decode` writes.
///
/// It rises when a member changes its name, type or meaning, or goes away; not when one is added.
pub const CONTRACT_VERSION: u32 = 1;

/// The program's command line.
#[derive(Debug, Parser)]
#[command(name = "wmbus", about = "A toolkit for wireless M-Bus telegrams", version = VERSION.as_str())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Decode(decode::Arguments),
    Demod(demod::Arguments),
    Modulate(modulate::Arguments),
    Explain(explain::Arguments),
    State(state::Arguments),
    Keys(keys::Arguments),
    Profiles(profiles::Arguments),
    Receivers(receivers::Arguments),
    Listen(listen::Arguments),
}

/// Runs the program on the process's arguments and streams.
///
/// # Errors
/// When a file or stream fails; what is wrong with a telegram is part of the output.
pub fn main() -> anyhow::Result<ExitCode> {
    let Cli { command } = Cli::parse();
    let mut output = BufWriter::new(io::stdout().lock());
    let result = match command {
        Command::Decode(arguments) => arguments.run(io::stdin().lock(), &mut output),
        Command::Modulate(arguments) => arguments.run(io::stdin().lock(), &mut output),
        Command::Demod(arguments) => arguments.run(io::stdin().lock(), &mut output),
        Command::Explain(arguments) => arguments.run(io::stdin().lock(), &mut output),
        Command::State(arguments) => arguments.run(io::stdin().lock(), &mut output),
        Command::Keys(arguments) => arguments.run(&mut output),
        Command::Profiles(arguments) => arguments.run(&mut output),
        Command::Receivers(arguments) => arguments.run(&mut output),
        Command::Listen(arguments) => arguments.run(&mut output),
    };
    let flushed = output.flush().context("failed to write the output");
    let result = result.and_then(|exit| flushed.map(|()| exit));
    match result {
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        result => result,
    }
}

/// Tells whether the reader of the output went away, such as `head`: nothing that anyone has to be told.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &&(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    error.chain().any(|cause| broken(&cause))
}

/// Tells something on standard error; nobody has to listen there.
fn tell(message: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "wmbus: {message}");
}

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let program = env!("CARGO_PKG_VERSION");
    format!("{program} (decode contract {CONTRACT_VERSION}, decoder {})", wmbus::DECODER_VERSION)
});
