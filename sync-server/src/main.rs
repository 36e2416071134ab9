//! `walkby-server`: the central database of a walk-by system, served to handhelds and the office.

mod program;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match program::run(program::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("walkby-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}
