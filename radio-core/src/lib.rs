//! What hears: received frames, replay files, key files, and the toolkit program `wmbus`.
//!
//! A receiver, a dongle and a replay file all yield the same [`ReceivedFrame`]: link-layer CRCs checked
//! and removed, the address still unread. What the bytes mean is the business of the `wmbus` package.
//!
//! ```
//! use radio_core::replay::Replay;
//!
//! let recording = "telegram=|0F44AE0C785634120107780B13436587|+5\nnot a telegram\n";
//! let mut frames = Replay::new(recording.as_bytes());
//! assert!(frames.next().is_some_and(|frame| frame.is_ok()));
//! assert!(frames.next().is_some_and(|frame| frame.is_err_and(|error| error.line == 2)));
//! assert!(frames.next().is_none());
//! ```

pub mod capture;
#[cfg(feature = "program")]
pub mod cli;
pub mod demo;
mod hex;
pub mod io;
mod json;
pub mod keys;
mod lines;
mod received;
pub mod receiver;
pub mod replay;

pub use received::{Quality, ReceivedFrame};
pub use wmbus::LinkMode;
pub use wmbus::phy::ParseLinkModeError;
