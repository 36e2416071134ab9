//! The verb `listen`.

mod answers;
mod reception;
mod record;
mod status;
mod table;

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::ValueEnum;

use super::knowledge::{Knowledge, KnowledgeOptions};
use super::memory::Memory;
use crate::ReceivedFrame;
use crate::io::{Listener, Notice, ReceiverAddress, ReceiverId, What, attached_ports, attached_rtl_sdrs};
use crate::receiver::{Duplicates, Event, LinkModes};

use answers::Answers;
use record::Recorder;
use status::Status;
use table::Table;

/// The first RTL-SDR at USB.
const RTL_SDR: &str = "rtlsdr";

/// How often the table is drawn.
const DRAWING: Duration = Duration::from_secs(1);

/// Listen to receivers and print what is in the air.
///
/// On a terminal a live table shows who is heard; in a pipe every telegram is a line. A telegram that several
/// receivers heard is printed once. docs/receivers.md tells how receivers are named.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Receivers, such as im871a:/dev/ttyUSB0, rtl_tcp:HOST:1234, udp:0.0.0.0:7227 or file:walk.jsonl; without any,
    /// those at USB.
    #[arg(value_name = "RECEIVER")]
    receivers: Vec<ReceiverAddress>,
    /// Link modes to listen to; a receiver that cannot hear all of them at once takes turns.
    #[arg(long, default_value_t = LinkModes::C_AND_T)]
    modes: LinkModes,
    #[command(flatten)]
    known: KnowledgeOptions,
    /// How to print; a table on a terminal, json in a pipe.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write every reception to a file, behind what is in it; listen, decode and the app read it back.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// End after so many seconds.
    #[arg(long, value_name = "N")]
    seconds: Option<u32>,
    /// End after so many telegrams.
    #[arg(long, value_name = "N")]
    telegrams: Option<u64>,
}

/// How what was heard is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Who is heard, drawn anew every second.
    Table,
    /// For people, one block for each telegram.
    Text,
    /// One JSON object a line, as decode prints, with a member "reception".
    Json,
    /// The same as json.
    Jsonl,
    /// One line for each value.
    Csv,
    /// Every byte, layer by layer.
    Explain,
    /// One JSON object a line with the keys and units of wmbusmeters.
    Wmbusmeters,
    /// The frames as --record writes them, not decoded.
    Frames,
}

impl Arguments {
    /// Listens until it is told to end, or all files and pipes have ended.
    pub(super) fn run(self, output: &mut impl Write) -> anyhow::Result<ExitCode> {
        let known = self.known.read()?;
        let format = self
            .format
            .unwrap_or_else(|| if std::io::stdout().is_terminal() { Format::Table } else { Format::Json });
        let (mut listener, notices) = Listener::new(self.modes);
        let mut receivers = BTreeMap::new();
        for address in self.addresses()? {
            let name = address.to_string();
            let id = listener.add(address).context("failed to begin to listen")?;
            receivers.insert(id, Status::new(name));
        }
        let recorder = self.record.as_deref().map(Recorder::open).transpose()?;
        let mut listening = Listening {
            memory: Memory::new(known.formats.known.clone()),
            known: &known,
            duplicates: Duplicates::default(),
            receivers,
            recorder,
            shown: match format {
                Format::Table => Shown::Table(Table::default(), output),
                _ => Shown::Answers(Answers::new(format, output)),
            },
            telegrams: 0,
            heard_at: Instant::now(),
            saved_formats: None,
        };
        let until = self.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds.into()));
        listening.listen(&notices, until, self.telegrams)?;
        listener.stop();
        listening.save_formats()?;
        Ok(ExitCode::SUCCESS)
    }

    fn addresses(&self) -> anyhow::Result<Vec<ReceiverAddress>> {
        if !self.receivers.is_empty() {
            return Ok(self.receivers.clone());
        }
        let mut attached: Vec<_> =
            attached_ports().into_iter().map(|port| ReceiverAddress::at_serial_port(port.path)).collect();
        if attached_rtl_sdrs() > 0 {
            attached.push(RTL_SDR.parse()?);
        }
        if attached.is_empty() {
            bail!(
                "no receiver is attached at USB; name one, such as rtl_tcp:HOST:1234, or ask wmbus receivers"
            );
        }
        Ok(attached)
    }
}

/// What goes on while it listens.
struct Listening<'a, W: Write> {
    known: &'a Knowledge,
    memory: Memory,
    duplicates: Duplicates<ReceiverId>,
    receivers: BTreeMap<ReceiverId, Status>,
    recorder: Option<Recorder>,
    shown: Shown<'a, W>,
    /// Transmissions that were heard.
    telegrams: u64,
    /// When the last frame came.
    heard_at: Instant,
    /// How many formats of compact frames were known when they were saved.
    saved_formats: Option<usize>,
}

enum Shown<'a, W: Write> {
    Table(Table, &'a mut W),
    Answers(Answers<'a, W>),
}

impl<W: Write> Listening<'_, W> {
    fn listen(
        &mut self,
        notices: &Receiver<Notice>,
        until: Option<Instant>,
        most: Option<u64>,
    ) -> anyhow::Result<()> {
        let mut draw_at = Instant::now();
        while most.is_none_or(|most| self.telegrams < most) && self.receivers.values().any(Status::goes_on) {
            let now = Instant::now();
            if until.is_some_and(|until| now >= until) {
                break;
            }
            if now >= draw_at {
                draw_at = now + DRAWING;
                self.draw()?;
                self.save_formats()?;
            }
            let wake = until.map_or(draw_at, |until| until.min(draw_at));
            match notices.recv_timeout(wake.saturating_duration_since(now)) {
                Ok(notice) => {
                    self.take(notice)?;
                    self.take_waiting(notices, most)?;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.draw()
    }

    /// Takes what has come meanwhile, and hands the lines over at once: whoever reads them wants them now.
    fn take_waiting(&mut self, notices: &Receiver<Notice>, most: Option<u64>) -> anyhow::Result<()> {
        while most.is_none_or(|most| self.telegrams < most)
            && let Ok(notice) = notices.try_recv()
        {
            self.take(notice)?;
        }
        match &mut self.shown {
            Shown::Table(..) => Ok(()),
            Shown::Answers(answers) => answers.flush().context("failed to write the output"),
        }
    }

    fn take(&mut self, notice: Notice) -> anyhow::Result<()> {
        let Some(status) = self.receivers.get_mut(&notice.receiver) else { return Ok(()) };
        let told = status.take(&notice.what);
        if let (Shown::Answers(_), Some(told)) = (&self.shown, told) {
            super::tell(format_args!("{}: {told}", status.name));
        }
        match notice.what {
            What::Event(Event::Frame(frame)) => self.take_frame(*frame, notice.receiver, notice.at.monotonic),
            _ => Ok(()),
        }
    }

    fn take_frame(
        &mut self,
        mut frame: ReceivedFrame,
        receiver: ReceiverId,
        at: Duration,
    ) -> anyhow::Result<()> {
        frame.offset.get_or_insert(at);
        self.heard_at = Instant::now();
        if let Some(recorder) = &mut self.recorder {
            recorder.write(&frame)?;
        }
        let is_first = self.duplicates.is_first(&frame.frame, receiver, at);
        if is_first {
            self.telegrams += 1;
        }
        match &mut self.shown {
            Shown::Table(table, _) => {
                table.take(&frame, is_first, &mut self.memory, &self.known.keys);
                Ok(())
            }
            Shown::Answers(answers) if is_first => {
                answers.write(&frame, self.telegrams, self.known, &mut self.memory)
            }
            Shown::Answers(_) => Ok(()),
        }
    }

    /// Saves what was learned since; whoever interrupts the program has it, too.
    fn save_formats(&mut self) -> anyhow::Result<()> {
        let known = self.memory.formats().len();
        if self.saved_formats.replace(known) == Some(known) {
            return Ok(());
        }
        self.known.formats.save(self.memory.formats())
    }

    /// Draws the table, or hands over the lines that wait.
    fn draw(&mut self) -> anyhow::Result<()> {
        match &mut self.shown {
            Shown::Table(table, output) => {
                let silence = self.heard_at.elapsed();
                let page = table.page(self.receivers.values(), self.telegrams, silence, table::size());
                output.write_all(page.as_bytes()).and_then(|()| output.flush())
            }
            Shown::Answers(answers) => answers.flush(),
        }
        .context("failed to write the output")
    }
}
