//! Answers in the formats of `--format`.

mod csv;
mod text;
mod xml;

use std::fmt::Display;
use std::io::{self, Write};

use super::answer::Answer;
use super::answering::Beside;
use super::decode::Format;
use super::wmbusmeters;

/// Writes answers in one format.
pub(super) enum Output<'a, W: Write> {
    Text(&'a mut W),
    JsonLines(&'a mut W),
    Csv(csv::CsvOutput<&'a mut W>),
    Xml(xml::XmlOutput<&'a mut W>),
    Explain(&'a mut W),
    Wmbusmeters(&'a mut W),
}

impl<'a, W: Write> Output<'a, W> {
    pub(super) fn new(format: Format, writer: &'a mut W) -> Self {
        match format {
            Format::Text => Self::Text(writer),
            Format::Json | Format::Jsonl => Self::JsonLines(writer),
            Format::Csv => Self::Csv(csv::CsvOutput::new(writer)),
            Format::Xml => Self::Xml(xml::XmlOutput::new(writer)),
            Format::Explain => Self::Explain(writer),
            Format::Wmbusmeters => Self::Wmbusmeters(writer),
        }
    }

    /// Returns what is wanted beside the values.
    pub(super) const fn beside(&self) -> Beside {
        match self {
            Self::Explain(_) => Beside::Explanation,
            Self::Wmbusmeters(_) => Beside::Wmbusmeters,
            _ => Beside::Nothing,
        }
    }

    /// Writes an answer; returns whether the telegram was understood.
    pub(super) fn write(&mut self, answer: &Answer) -> io::Result<bool> {
        match self {
            Self::Text(writer) => text::values(*writer, answer)?,
            Self::JsonLines(writer) => {
                serde_json::to_writer(&mut **writer, answer)?;
                writer.write_all(b"\n")?;
            }
            Self::Csv(csv) => csv.write(answer)?,
            Self::Xml(xml) => xml.write(answer)?,
            Self::Explain(writer) => text::explanation(*writer, answer)?,
            Self::Wmbusmeters(writer) => match answer {
                Answer::Decoded(decoded) => wmbusmeters::line(*writer, decoded, jiff::Timestamp::now())?,
                Answer::Refused { .. } => text::tell(answer),
            },
        }
        Ok(matches!(answer, Answer::Decoded(_)))
    }

    /// Writes a line above what is for people; other formats have no place for it.
    pub(super) fn write_heading(&mut self, heading: &impl Display) -> io::Result<()> {
        match self {
            Self::Text(writer) | Self::Explain(writer) => writeln!(writer, "{heading}"),
            _ => Ok(()),
        }
    }

    /// Hands over what was written.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Text(writer)
            | Self::JsonLines(writer)
            | Self::Explain(writer)
            | Self::Wmbusmeters(writer) => writer.flush(),
            Self::Csv(csv) => csv.flush(),
            Self::Xml(xml) => xml.flush(),
        }
    }

    /// Ends the output.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if let Self::Xml(xml) = &mut self {
            xml.finish()?;
        }
        self.flush()
    }
}
