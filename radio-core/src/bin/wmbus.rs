//! The toolkit for wireless M-Bus telegrams.

use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    radio_core::cli::main()
}
