//! The verb `decode`.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::Value;

use super::answer::Answer;
use super::input::{Input, LINE_LIMIT, line_text};
use super::knowledge::{Knowledge, KnowledgeOptions};
use super::memory::Memory;
use super::request::{Refusal, Request};
use crate::lines::Lines;

/// Decode telegrams and print what they say.
///
/// Telegrams come as arguments, or line by line from standard input: hexadecimal with or without CRCs,
/// lines of rtl_wmbus, wmbusmeters and Walkby, or frames of a wired M-Bus.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    known: KnowledgeOptions,
    /// How to print.
    #[arg(long, value_enum, default_value_t, conflicts_with = "jsonl")]
    format: Format,
    /// Read one JSON object a line from standard input, {"id":…,"hex":"…","key":"…"?,"frame":"A"|"B"|"none"?},
    /// and print one line each, in order.
    #[arg(long, conflicts_with_all = ["telegrams", "wired"])]
    jsonl: bool,
    #[command(flatten)]
    input: Input,
}

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, as --jsonl prints.
    Json,
    /// The same as json.
    Jsonl,
    /// One line for each value.
    Csv,
    /// One XML document.
    Xml,
    /// Every byte, layer by layer.
    Explain,
    /// One JSON object a line with the keys and units of wmbusmeters.
    Wmbusmeters,
}

impl Arguments {
    /// Decodes; the exit code is 1 when a telegram was refused, except in `--jsonl`, where that is an
    /// answer like any other.
    pub(super) fn run(&self, input: impl BufRead, output: &mut impl Write) -> anyhow::Result<ExitCode> {
        let known = self.known.read()?;
        if self.jsonl {
            json_lines(input, output, &known)?;
            return Ok(ExitCode::SUCCESS);
        }
        self.input.answer(self.format, &known, input, output)
    }
}

/// Answers every line of input by one line of output.
fn json_lines(input: impl BufRead, output: &mut impl Write, known: &Knowledge) -> anyhow::Result<()> {
    let mut lines = Lines::new(input, LINE_LIMIT);
    let mut memory = Memory::new(known.formats.known.clone());
    while let Some(line) = lines.next_line().context("failed to read standard input")? {
        let request =
            line_text(line).map_err(|fault| Refusal::new(Value::Null, fault)).and_then(Request::from_json);
        let answer = Answer::one(request, known, &mut memory);
        serde_json::to_writer(&mut *output, &answer).map_err(std::io::Error::from)?;
        output.write_all(b"\n")?;
        if lines.is_drained() {
            output.flush()?;
        }
    }
    known.formats.save(memory.formats())
}
