//! The verb `decode`.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::Value;

use super::answer::{Answer, Fault};
use super::keychain::Keychain;
use super::knowledge::{Knowledge, read_profiles};
use super::output::Output;
use super::request::{Refusal, Request};
use crate::lines::{Line, Lines};

/// Longer than any telegram, whatever is written beside it.
const LINE_LIMIT: usize = 1024 * 1024;

/// Decode telegrams and print what they say.
///
/// Telegrams come as arguments, or line by line from standard input: hexadecimal with or without CRCs,
/// or lines of rtl_wmbus, wmbusmeters and Walkby.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A key for all telegrams, 32 hexadecimal digits (16 for DES and Diehl scrambling).
    #[arg(long, value_name = "HEX", env = "WMBUS_KEY", hide_env_values = true)]
    key: Option<String>,
    /// A CSV file of keys: id;key.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// A folder of meter profiles, read beside the built-in ones; see docs/profiles.md.
    #[arg(long, value_name = "DIR")]
    profiles: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t, conflicts_with = "jsonl")]
    format: Format,
    /// Read one JSON object a line from standard input, {"id":…,"hex":"…","key":"…"?,"frame":"A"|"B"|"none"?},
    /// and print one line each, in order.
    #[arg(long, conflicts_with = "telegrams")]
    jsonl: bool,
    /// Telegrams in hexadecimal.
    #[arg(value_name = "HEX")]
    telegrams: Vec<String>,
}

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, as --jsonl prints.
    Json,
    /// One line for each value.
    Csv,
    /// Every byte, layer by layer.
    Explain,
    /// One JSON object a line with the keys and units of wmbusmeters.
    Wmbusmeters,
}

impl Arguments {
    /// Decodes; the exit code is 1 when a telegram was refused, except in `--jsonl`, where that is an
    /// answer like any other.
    pub(super) fn run(&self, input: impl BufRead, output: &mut impl Write) -> anyhow::Result<ExitCode> {
        let known = Knowledge {
            keys: Keychain::new(self.key.as_deref(), self.keys.as_deref())?,
            profiles: read_profiles(self.profiles.as_deref())?.0,
        };
        if self.jsonl {
            json_lines(input, output, &known)?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut output = Output::new(self.format, output);
        let mut refused = false;
        let mut take = |request, drained| -> anyhow::Result<()> {
            refused |= !output.write(request, &known).context("failed to write the output")?;
            if drained {
                output.flush().context("failed to write the output")?;
            }
            Ok(())
        };
        for (index, telegram) in self.telegrams.iter().enumerate() {
            take(Request::from_argument(telegram, index + 1), false)?;
        }
        if self.telegrams.is_empty() {
            let mut lines = Lines::new(input, LINE_LIMIT);
            let mut number = 0;
            while let Some(line) = lines.next_line().context("failed to read standard input")? {
                number += 1;
                let request = line_text(line)
                    .map_err(|fault| Refusal { id: number.into(), fault })
                    .and_then(|text| Request::from_line(text, number));
                if let Some(request) = request.transpose() {
                    take(request, lines.is_drained())?;
                }
            }
        }
        Ok(ExitCode::from(u8::from(refused)))
    }
}

/// Answers every line of input by one line of output.
fn json_lines(input: impl BufRead, output: &mut impl Write, known: &Knowledge) -> anyhow::Result<()> {
    let mut lines = Lines::new(input, LINE_LIMIT);
    while let Some(line) = lines.next_line().context("failed to read standard input")? {
        let request =
            line_text(line).map_err(|fault| Refusal { id: Value::Null, fault }).and_then(Request::from_json);
        let answer = Answer::to_request(request, known);
        serde_json::to_writer(&mut *output, &answer).map_err(std::io::Error::from)?;
        output.write_all(b"\n")?;
        if lines.is_drained() {
            output.flush()?;
        }
    }
    Ok(())
}

fn line_text(line: Line<'_>) -> Result<&str, Fault> {
    match line {
        Line::Text(text) => Ok(text),
        Line::NotText { index } => Err(Fault::input("not_utf8", "the line is not UTF-8").at(index)),
        Line::TooLong => {
            Err(Fault::input("line_too_long", format!("the line is longer than {LINE_LIMIT} bytes")))
        }
    }
}
