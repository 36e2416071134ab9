//! A line or block for each telegram.

use std::io::{self, Write};

use anyhow::Context as _;
use serde::Serialize;

use super::Format;
use super::reception::Reception;
use crate::ReceivedFrame;
use crate::cli::answer::Answer;
use crate::cli::decode;
use crate::cli::knowledge::Knowledge;
use crate::cli::memory::Memory;
use crate::cli::message::Message;
use crate::cli::output::Output;
use crate::cli::request::Request;
use crate::replay;

/// Writes telegrams as they are heard.
pub(super) enum Answers<'a, W: Write> {
    /// Lines with what is known about the reception.
    Json(&'a mut W),
    Frames(&'a mut W),
    Others(Output<'a, W>),
}

/// An answer of `decode`, and how its telegram was received.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    answer: &'a Answer,
    reception: Reception<'a>,
}

impl<'a, W: Write> Answers<'a, W> {
    pub(super) fn new(format: Format, output: &'a mut W) -> Self {
        let format = match format {
            Format::Table | Format::Json | Format::Jsonl => return Self::Json(output),
            Format::Frames => return Self::Frames(output),
            Format::Text => decode::Format::Text,
            Format::Csv => decode::Format::Csv,
            Format::Explain => decode::Format::Explain,
            Format::Wmbusmeters => decode::Format::Wmbusmeters,
        };
        Self::Others(Output::new(format, output))
    }

    /// Writes one telegram under its number.
    pub(super) fn write(
        &mut self,
        frame: &ReceivedFrame,
        number: u64,
        known: &Knowledge,
        memory: &mut Memory,
    ) -> anyhow::Result<()> {
        if let Self::Frames(output) = self {
            return writeln!(output, "{}", replay::write_line(frame)).context("failed to write the output");
        }
        let message = Message::Frame { frame: frame.frame.clone(), format: frame.frame_format };
        let request = Request { id: number.into(), message, key: None };
        let reception = Reception::new(frame);
        match self {
            Self::Json(output) => {
                let answer = &Answer::one(Ok(request), known, memory);
                serde_json::to_writer(&mut **output, &Line { answer, reception }).map_err(io::Error::from)?;
                output.write_all(b"\n").context("failed to write the output")?;
            }
            Self::Others(output) => {
                output.write_heading(&reception).context("failed to write the output")?;
                for answer in Answer::all(Ok(request), known, memory, output.beside()) {
                    output.write(&answer).context("failed to write the output")?;
                }
            }
            Self::Frames(_) => {}
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Json(output) | Self::Frames(output) => output.flush(),
            Self::Others(output) => output.flush(),
        }
    }
}
