//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sync_protocol::EventId;

/// Reads utility meters by walking past them: the handheld without a window.
#[derive(Debug, Parser)]
#[command(name = "walkby-field", version)]
pub(crate) struct Arguments {
    /// Directory of the encrypted store; made when it is not there.
    #[arg(long, env = "WALKBY_STORE", value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// File with the passphrase of the store. Without it the environment variable WALKBY_PASSPHRASE,
    /// without that the platform's keyring.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    pub(crate) format: Format,
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Jsonl,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Pair this handheld with a server.
    Pair(Pair),
    /// Fetch tours.
    Pull,
    /// Walk a tour: read what a recording brings.
    Walk(Walk),
    /// Show the progress of a tour, missing meters first.
    Status {
        /// Name or identity of the tour; all tours when it is not given.
        #[arg(long)]
        tour: Option<String>,
    },
    /// Enter the value on a meter's display.
    Manual(Manual),
    /// Say why a meter is not read.
    Skip(Skip),
    /// Write a note for the office.
    Note {
        #[command(flatten)]
        at: At,
        /// The words.
        text: String,
    },
    /// Keep a photo that was taken.
    Photo {
        #[command(flatten)]
        at: At,
        /// The picture.
        file: PathBuf,
        /// Its media type.
        #[arg(long, default_value = "image/jpeg")]
        media_type: String,
    },
    /// Offer to the server what was read.
    Push,
    /// Fetch tours and offer what was read.
    Sync {
        /// Only look.
        #[command(subcommand)]
        verb: Option<SyncVerb>,
    },
    /// End the walk of a tour.
    End {
        /// Name or identity of the tour.
        #[arg(long)]
        tour: Option<String>,
    },
    /// Say that the store came out of a backup.
    Restored,
    /// Write a support file: numbers, states and versions, no keys, numbers of meters or values.
    Support {
        /// The file; printed when it is not given.
        #[arg(long)]
        output: Option<PathBuf>,
    },
}

/// What to do about the sync.
#[derive(Debug, Subcommand)]
pub(crate) enum SyncVerb {
    /// Show what waits, what is on its way and what the server has.
    Status,
}

/// How to pair.
#[derive(Debug, Args)]
pub(crate) struct Pair {
    /// The server's address, such as `https://walkby.example`.
    pub(crate) server: String,
    /// The office's one-time code.
    #[arg(long)]
    pub(crate) code: String,
    /// What the office shall call this handheld.
    #[arg(long, default_value = "handheld")]
    pub(crate) name: String,
    /// Certificates (PEM) that alone are to be trusted for this server.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
}

/// How to walk.
#[derive(Debug, Args)]
pub(crate) struct Walk {
    /// Name or identity of the tour; not needed when there is only one.
    #[arg(long)]
    pub(crate) tour: Option<String>,
    /// A recording; - reads standard input, which cannot be resumed.
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: PathBuf,
    /// How many times faster than it was recorded.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) speed: u32,
    /// As fast as it can be read.
    #[arg(long, conflicts_with = "speed")]
    pub(crate) as_fast: bool,
    /// End the walk with the recording.
    #[arg(long)]
    pub(crate) end: bool,
}

/// Which meter.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// Name or identity of the tour; not needed when there is only one.
    #[arg(long)]
    pub(crate) tour: Option<String>,
    /// The meter: its number, its radio number, or the identity of its line.
    #[arg(long)]
    pub(crate) meter: String,
}

/// What was read by hand.
#[derive(Debug, Args)]
pub(crate) struct Manual {
    #[command(flatten)]
    pub(crate) at: At,
    /// The digits of the display, with comma or point.
    pub(crate) value: String,
    /// Why it is read by hand.
    #[arg(long)]
    pub(crate) reason: String,
    /// The unit; the tour's when it is not given.
    #[arg(long)]
    pub(crate) unit: Option<String>,
    /// Codes of what is odd about the value and true nevertheless.
    #[arg(long, value_delimiter = ',')]
    pub(crate) confirm: Vec<String>,
    /// Words beside it.
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// An earlier entry that this one corrects.
    #[arg(long, value_name = "EVENT")]
    pub(crate) corrects: Option<EventId>,
}

/// Why it was not read.
#[derive(Debug, Args)]
pub(crate) struct Skip {
    #[command(flatten)]
    pub(crate) at: At,
    /// The code of the reason.
    #[arg(long)]
    pub(crate) reason: String,
    /// Words beside it.
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// An earlier entry that this one corrects.
    #[arg(long, value_name = "EVENT")]
    pub(crate) corrects: Option<EventId>,
}
