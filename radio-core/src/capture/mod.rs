//! Captures: recorded or live samples of an SDR, from a file, a pipe or memory.
//!
//! What a capture says about itself (a WAV header, the metadata of SigMF, or the name that SDR programs give their
//! files) is read into a [`Description`]; what is left open the caller decides.
//!
//! ```
//! use radio_core::capture::{Capture, Description, SampleFormat};
//!
//! # fn main() -> Result<(), radio_core::capture::CaptureError> {
//! let described = Description::of_name("meters_868.95M_1600k.cu8");
//! assert_eq!(described.center_hz, Some(868_950_000));
//! assert_eq!(described.rate_hz, Some(1_600_000));
//!
//! let capture = Capture::from_reader([255, 0, 128, 127].as_slice(), described)?;
//! let mut samples = capture.into_samples(SampleFormat::Cu8);
//! assert_eq!(samples.next_block()?.map(<[_]>::len), Some(2));
//! assert_eq!(samples.next_block()?, None);
//! # Ok(())
//! # }
//! ```

mod description;
mod error;
mod sigmf;
mod source;
mod wav;

pub use demodulator::SampleFormat;
pub use description::Description;
pub use error::CaptureError;
pub use sigmf::parse as parse_sigmf;
pub use source::{Capture, Samples};
