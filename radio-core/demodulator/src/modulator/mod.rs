//! The modulator beside the demodulator: telegrams become samples, as meters send and cheap receivers hear them.
//!
//! An [`Emission`] is one transmission, sent by a [`Transmitter`] that may be off in every way that the standard
//! allows and some that it does not. The [`Air`] adds up what is sent at the same time, and noise; a receiver's
//! own faults are [`Impairments`]. Everything is drawn from a [`Random`] with a seed, so a signal can be made again.
//!
//! ```
//! use demodulator::Complex32;
//! use demodulator::modulator::{Air, Emission, Random, Transmitter};
//! use wmbus::phy::{self, Band, Preamble};
//! use wmbus::{Frame, FrameFormat, LinkMode};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bytes = [0x0F, 0x44, 0x30, 0x4C, 0x11, 0x22, 0x33, 0x44, 0x01, 0x07, 0x7A, 1, 2, 3, 4, 5];
//! let frame = Frame::parse(&bytes, FrameFormat::WithoutCrc)?;
//! let chips = phy::chips(&frame, LinkMode::T1, FrameFormat::A, Preamble::Shortest)?;
//!
//! let mut air = Air::new(1_600_000, 868_950_000, Random::new(1)).with_noise_rms(9.0 / 127.5);
//! let amplitude = air.amplitude_at_ebn0_db(&Band::T, 12.0);
//! let meter = Transmitter { chip_rate_error_ppm: 40_000.0, ..Transmitter::nominal(&Band::T) };
//! air.send(Emission::new(&chips, &Band::T, &meter, &mut Random::new(2)).at(0.001, amplitude));
//! let mut samples = vec![Complex32::default(); 16_000];
//! air.fill(&mut samples);
//! # Ok(())
//! # }
//! ```

mod air;
mod clock;
mod emission;
mod impairments;
mod pulse;
mod quantise;
mod random;
mod traffic;
mod transmitter;

pub use air::Air;
pub use clock::Wander;
pub use emission::Emission;
pub use impairments::{GainStep, Impairments};
pub use pulse::Shaping;
pub use quantise::quantise;
pub use random::Random;
pub use traffic::{Sent, Traffic, random_frame, sync_flood};
pub use transmitter::Transmitter;
