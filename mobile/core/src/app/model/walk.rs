//! The walk that goes on, and what hears.

use serde::Serialize;
use sync_protocol::{Timestamp, TourId};

/// Something that hears: a receiver, or a recording for training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its identity among the sources.
    pub id: String,
    /// What it is.
    pub kind: SourceKind,
    /// What people call it.
    pub name: String,
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A receiver.
    Receiver,
    /// A recording.
    Recording,
}

/// How a receiver fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiverState {
    /// It does not listen.
    #[default]
    Idle,
    /// Frames come.
    Receiving,
    /// More comes than is taken in, or most of it is damaged.
    Overloaded,
    /// No frame came for a minute.
    NothingHeard,
    /// It does not answer, or its port is gone.
    Lost,
}

/// A receiver at work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Receiver {
    /// How it fares.
    pub state: ReceiverState,
    /// All frames of the last minute, foreign ones too.
    pub frames_per_minute: u64,
    /// Frames of the last minute whose checksums or line code did not fit.
    pub damaged_per_minute: u64,
    /// What it calls itself, once it answered.
    pub model: Option<String>,
    /// What it hears now, such as `t,c`; one that takes turns hears something else soon.
    pub link_modes: Option<String>,
}

/// What a receiver showed while it was tried out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReceiverTrial {
    /// What it calls itself.
    pub model: Option<String>,
    /// Its serial number or radio address.
    pub id: Option<String>,
    /// The version of its firmware.
    pub firmware: Option<String>,
    /// How it fared at the end.
    pub state: ReceiverState,
    /// What it heard last, such as `t,c`.
    pub link_modes: Option<String>,
    /// Frames that were heard whole.
    pub frames: u64,
    /// What else came.
    pub damaged: u64,
    /// Meters that were heard.
    pub meters: usize,
    /// The strongest frame.
    pub best_rssi_dbm: Option<i16>,
}

/// The walk that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Walk {
    /// The tour that is walked.
    pub tour: TourId,
    /// When it began, by the handheld's clock.
    pub started_at: Timestamp,
    /// Whether it listens now.
    pub listening: bool,
    /// What hears, or heard last.
    pub source: Option<Source>,
    /// How that fares.
    pub receiver: Receiver,
    /// Frames of meters that are not in the tour.
    pub foreign_frames: u64,
    /// Frames that came damaged, and lines of recordings that could not be read.
    pub rejected_lines: u64,
    /// Whether a recording was heard to its end.
    pub finished: bool,
}
