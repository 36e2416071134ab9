//! Samples of an SDR in, frames of wireless M-Bus out.
//!
//! The way of the samples is `docs/signal-path.md`: the front end makes two channels of the capture, one for
//! modes T and C at 868.95 MHz and one for mode S at 868.30 MHz; each channel's receiver finds transmissions in
//! it and decodes them into [`HeardFrame`]s. No I/O, no clock; numbers are floats here and nowhere else.

#![forbid(unsafe_code)]

mod budget;
mod channel;
pub mod conditioning;
pub mod decimator;
mod demodulator;
pub mod fir;
pub mod front_end;
mod heard;
pub mod mixer;
pub mod modulator;
mod phasor;
mod plan;
pub mod planar;
mod ring;
pub mod s1;
mod samples;
pub mod sensitivity;
mod sequence;
mod statistics;
mod tc;

pub use channel::{Channel, ChannelReceiver};
pub use demodulator::{BuildError, Builder, Demodulator};
pub use heard::HeardFrame;
pub use num_complex::Complex32;
pub use plan::ChannelName;
pub use samples::{ParseSampleFormatError, SampleDecoder, SampleFormat};
pub use statistics::{Rejected, Statistics};
