//! The radio's part of EN 13757-4: link modes, line codes, preambles and sync words.
//!
//! Bits and chips only; samples are the business of the `demodulator` package.

mod link_mode;

pub use link_mode::{LinkMode, ParseLinkModeError};
