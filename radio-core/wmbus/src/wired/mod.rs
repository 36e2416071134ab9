//! The wired M-Bus: frames of its link layer, what old meters send, and readouts of several telegrams
//! (EN 13757-2, IEC 60870-5-1 format class FT1.2).
//!
//! A long frame from a meter is a [`crate::Frame`] like any other and decodes with
//! [`crate::Telegram::decode`]. Everything else on the bus, the master's requests and commands and the
//! acknowledgement of a meter, is a [`WiredFrame`].
//!
//! ```
//! use wmbus::wired::{WiredFrame, wired_frames};
//!
//! // The master asks, the meter answers that it is there.
//! let found: Vec<_> = wired_frames(&[0x10, 0x40, 0x05, 0x45, 0x16, 0xE5]).collect();
//! assert_eq!(found[0].frame.as_ref().unwrap().to_string(), "SND-NKE to address 5");
//! assert_eq!(found[1].frame, Ok(WiredFrame::Acknowledge));
//! assert_eq!(found[1].range, 5..6);
//! ```

mod address;
mod control;
mod explain;
mod fixed;
mod frame;
mod frames;
mod readout;

pub use address::PrimaryAddress;
pub use control::WiredControl;
pub use fixed::FixedData;
pub use frame::WiredFrame;
pub(crate) use frame::check_long;
pub use frames::{WiredFound, WiredFrames, wired_frames};
pub use readout::{Readout, ReadoutError};
