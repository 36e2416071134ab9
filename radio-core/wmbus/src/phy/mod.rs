//! The radio's part of EN 13757-4: link modes, their channels, line codes, preambles and sync words.
//!
//! Bits and chips only; samples are the business of the `demodulator` package. A chip is what the radio sends
//! at the chip rate; `true` is the higher frequency.
//!
//! ```
//! use wmbus::phy::{self, Preamble};
//! use wmbus::{Frame, FrameFormat, LinkMode};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bytes = [0x0F, 0x44, 0x30, 0x4C, 0x11, 0x22, 0x33, 0x44, 0x01, 0x07, 0x7A, 1, 2, 3, 4, 5];
//! let frame = Frame::parse(&bytes, FrameFormat::WithoutCrc)?;
//! let chips = phy::chips(&frame, LinkMode::T1, FrameFormat::A, Preamble::Shortest)?;
//! assert_eq!(chips.header().len(), 48);
//! assert_eq!(phy::three_of_six::decode(chips.frame())?, frame.to_format_a());
//! # Ok(())
//! # }
//! ```

mod channel;
mod chips;
mod line_code;
mod link_mode;
pub mod manchester;
pub mod nrz;
pub mod sync;
pub mod three_of_six;

pub use channel::{Band, Deviation};
pub use chips::{Chips, ChipsError, Preamble, chips};
pub use line_code::{LineCode, LineCodeError};
pub use link_mode::{LinkMode, ParseLinkModeError};
