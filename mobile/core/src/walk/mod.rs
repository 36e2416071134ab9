//! A walk through a tour: frames and what people do go in; what may be shown comes out.
//!
//! [`Walk`] has no port and no clock. Frames collect in memory and are committed in groups; what a
//! group brought is handed out only after its commit, so that a power cut takes nothing away that was
//! shown. Foreign frames raise a counter and leave no other trace.
//!
//! ```text
//! receiver ── handle_frame ──► Walk ── handle_timeout(store) ──► WalkUpdate
//! reader ──── enter_manual, skip, … (store) ──► Recorded
//! ```

mod derive;
mod deriving;
#[cfg(test)]
mod disk_full;
mod engine;
mod entry;
mod pace;
mod pending;
mod reason;
mod view;

pub use derive::derive_again;
pub use engine::{Shown, ShownLine, Walk, WalkError, WalkUpdate};
pub use entry::{EntryError, ManualEntry, PhotoEntry, Recorded};
pub use pace::Pace;
pub use pending::{GROUP_COMMIT_MS, ReplayPosition};
pub use reason::{MANUAL_REASONS, Reason, SKIP_REASONS};
pub use view::{LineView, TourView, unit_of};
