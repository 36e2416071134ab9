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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiverState {
    /// It does not listen.
    Idle,
    /// Frames come.
    Receiving,
    /// No frame came for a minute.
    NothingHeard,
}

/// A receiver at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Receiver {
    /// How it fares.
    pub state: ReceiverState,
    /// All frames of the last minute, foreign ones too.
    pub frames_per_minute: u64,
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
    /// Lines of recordings that could not be read.
    pub rejected_lines: u64,
    /// Whether a recording was heard to its end.
    pub finished: bool,
}
