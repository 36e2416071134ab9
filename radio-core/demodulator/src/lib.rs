//! Samples of an SDR in, frames of wireless M-Bus out.
//!
//! The way of the samples is `docs/signal-path.md`: the front end makes two channels of the capture, one for
//! modes T and C at 868.95 MHz and one for mode S at 868.30 MHz; each channel's receiver finds transmissions in
//! it and decodes them into [`HeardFrame`]s. No I/O, no clock; numbers are floats here and nowhere else.

#![forbid(unsafe_code)]

mod channel;
mod heard;
#[allow(dead_code, reason = "used by the receivers of the channels, which land next")]
mod ring;
#[allow(dead_code, unused_imports, reason = "used by the receivers of the channels, which land next")]
mod sequence;

pub use channel::{Channel, ChannelReceiver};
pub use heard::HeardFrame;
pub use num_complex::Complex32;
