//! Where telegrams come from, when they do not come as JSON.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use super::answer::{Answer, Fault};
use super::decode::Format;
use super::knowledge::Knowledge;
use super::memory::Memory;
use super::output::Output;
use super::request::{Refusal, Request};
use crate::lines::{Line, Lines};

/// Longer than any telegram, whatever is written beside it.
pub(super) const LINE_LIMIT: usize = 1024 * 1024;

/// Where telegrams come from.
#[derive(Debug, clap::Args)]
pub(super) struct Input {
    /// A recording of a wired M-Bus: its bytes, or hexadecimal digits with line breaks anywhere.
    #[arg(long, value_name = "FILE", conflicts_with = "telegrams")]
    wired: Option<PathBuf>,
    /// Telegrams in hexadecimal; without any, lines of standard input.
    #[arg(value_name = "HEX")]
    telegrams: Vec<String>,
}

impl Input {
    /// Answers every telegram; the exit code is 1 when one was refused.
    pub(super) fn answer(
        &self,
        format: Format,
        known: &Knowledge,
        input: impl BufRead,
        output: &mut impl Write,
    ) -> anyhow::Result<ExitCode> {
        let mut output = Output::new(format, output);
        let mut memory = Memory::new(known.formats.known.clone());
        let mut refused = false;
        self.each(input, |request, drained| {
            for answer in Answer::all(request, known, &mut memory, output.beside()) {
                refused |= !output.write(&answer).context("failed to write the output")?;
            }
            if drained {
                output.flush().context("failed to write the output")?;
            }
            Ok(())
        })?;
        output.finish().context("failed to write the output")?;
        known.formats.save(memory.formats())?;
        Ok(ExitCode::from(u8::from(refused)))
    }

    /// Hands over every telegram, and whether the next one has yet to come from outside.
    pub(super) fn each(
        &self,
        input: impl BufRead,
        mut take: impl FnMut(Result<Request, Refusal>, bool) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        if let Some(path) = &self.wired {
            let content =
                std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
            take(Ok(Request::from_bus(&content, 1)), false)?;
        } else if self.telegrams.is_empty() {
            let mut lines = Lines::new(input, LINE_LIMIT);
            let mut number = 0;
            while let Some(line) = lines.next_line().context("failed to read standard input")? {
                number += 1;
                let request = line_text(line)
                    .map_err(|fault| Refusal::new(number, fault))
                    .and_then(|text| Request::from_line(text, number));
                if let Some(request) = request.transpose() {
                    take(request, lines.is_drained())?;
                }
            }
        }
        for (index, telegram) in self.telegrams.iter().enumerate() {
            take(Request::from_argument(telegram, index + 1), false)?;
        }
        Ok(())
    }
}

/// Returns the text of a line, or why it has none.
pub(super) fn line_text(line: Line<'_>) -> Result<&str, Fault> {
    match line {
        Line::Text(text) => Ok(text),
        Line::NotText { index } => Err(Fault::input("not_utf8", "the line is not UTF-8").at(index)),
        Line::TooLong => {
            Err(Fault::input("line_too_long", format!("the line is longer than {LINE_LIMIT} bytes")))
        }
    }
}
