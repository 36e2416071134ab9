//! What the engine says unasked.

use serde::Serialize;
use sync_protocol::{TourId, TourMeterId};

use super::{MeterRow, Problem, Progress, Sync, TourSummary, Walk};

/// Everything that the engine says unasked, in the order in which it was committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The walk started, stopped, or its receiver changed.
    Walk {
        /// The walk.
        walk: Walk,
    },
    /// Lines changed; already on disk.
    Meters {
        /// The tour.
        tour: TourId,
        /// The lines as they are now.
        meters: Vec<MeterRow>,
        /// How far the tour is.
        progress: Progress,
        /// Those of them that this walk had not heard before.
        newly_heard: Vec<TourMeterId>,
    },
    /// The sync came forward or failed.
    Sync {
        /// How it stands.
        sync: Sync,
    },
    /// Tours came, changed or were withdrawn.
    Tours {
        /// All of them.
        tours: Vec<TourSummary>,
    },
    /// Something failed that nobody waits for.
    Problem {
        /// What failed.
        problem: Problem,
    },
}
