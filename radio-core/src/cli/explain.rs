//! The verb `explain`.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use super::decode::Format;
use super::input::Input;
use super::knowledge::KnowledgeOptions;

/// Explain telegrams byte by byte: each layer, each field by its name in the standard, each record.
///
/// What was decrypted is shown in clear, and keys never. Of a frame that is damaged or not understood, the
/// part that is understood is explained, and then what is wrong and where.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    known: KnowledgeOptions,
    #[command(flatten)]
    input: Input,
}

impl Arguments {
    /// Explains; the exit code is 1 when a telegram was refused.
    pub(super) fn run(&self, input: impl BufRead, output: &mut impl Write) -> anyhow::Result<ExitCode> {
        self.input.answer(Format::Explain, &self.known.read()?, input, output)
    }
}
