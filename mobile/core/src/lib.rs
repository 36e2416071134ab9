//! The field app without a window: encrypted store, walks, manual readings, sync.
//!
//! Frames, requests and *time* go in; values come out. Ports and windows live elsewhere. What is
//! absent on purpose: foreign telegrams are nowhere but in a counter, and nothing is shown before it
//! is committed.

pub mod app;
pub mod clock;
pub mod meter;
pub mod randomness;
pub mod store;
pub mod support;
pub mod sync;
pub mod walk;

pub use clock::{Now, SystemClock};
pub use randomness::{OsRandomness, Randomness, RandomnessError};
pub use store::{KeySource, Passphrase, Store, StoreError, StoreKey};
pub use walk::{TourView, Walk, WalkError, WalkUpdate};
