//! The walk and what must come of it.

/// Holds a whole walk: what the office hands out, what is on the air, and what must come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DemoWalk {
    /// The tour in the office's CSV columns, `;` separated.
    pub tour_csv: String,
    /// Keys that the office has in a file of its own before the walk, `id;key`. Some are in the tour's
    /// own column instead.
    pub keys_csv: String,
    /// Keys that reach the office after the walk: with them the server decodes the rest.
    pub late_keys_csv: String,
    /// The recording, in Walkby's own lines.
    pub replay_jsonl: String,
    /// What the walk must end in, one for every line of the tour, in its order.
    pub expected: Vec<ExpectedMeter>,
    /// Frames in the recording that belong to no meter of the tour.
    pub foreign_frames: usize,
    /// Lines of the recording that hold no usable frame.
    pub damaged_lines: usize,
}

/// Tells what one line of the tour must end in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpectedMeter {
    /// The identification number that the radio sends.
    pub radio_id: String,
    /// The state after the whole walk.
    pub state: ExpectedState,
    /// The value and unit now, where the meter is read: `("123.529", "m³")`.
    pub current: Option<(String, String)>,
    /// The value on the due date in the same unit, where the meter sends it.
    pub due: Option<String>,
    /// The date of `due` as the meter sends it (`YYYY-MM-DD`).
    pub due_date: Option<String>,
    /// How often the meter's frames are in the recording, duplicates included.
    pub frames: usize,
    /// How many different ones they are.
    pub telegrams: usize,
}

/// The state of a meter after a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ExpectedState {
    /// Never heard.
    Open,
    /// Heard, but the tour has no key.
    HeardNoKey,
    /// Heard, and the tour's key does not fit.
    HeardWrongKey,
    /// Heard, and not understood.
    HeardUndecodable,
    /// Read, with a value outside the tour's limits.
    Implausible,
    /// Read.
    Read,
}

impl ExpectedState {
    /// Returns the name, such as `heard_no_key`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::HeardNoKey => "heard_no_key",
            Self::HeardWrongKey => "heard_wrong_key",
            Self::HeardUndecodable => "heard_undecodable",
            Self::Implausible => "implausible",
            Self::Read => "read",
        }
    }
}
