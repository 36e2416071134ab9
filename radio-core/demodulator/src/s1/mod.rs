//! Mode S: Manchester-coded chips at 32.768 kHz, sent with an index of about 3.
//!
//! The energies of the tones show where a header may be (`tones`, `detector`), the header tells how a transmission
//! sends (`header`), a trellis hears the bits behind it (`trellis`), and the CRCs of the blocks make a frame of
//! them (`body`). Where no phase fits the header or no frame is heard, chips are taken one by one (`chip_fit`,
//! `noncoherent`): meters may let their clock jitter. Every transmission is decoded from the ring of recent samples
//! on its own, so a stronger one is heard whichever came first. What was heard is taken out of the ring (`subtract`),
//! and what lies under it is sought again.

mod body;
mod chip_fit;
mod decisions;
mod detector;
mod header;
mod noncoherent;
mod receiver;
mod shape;
mod subtract;
mod tones;
mod trellis;

pub use receiver::Receiver;

/// The nominal chip rate.
const CHIP_RATE_HZ: f64 = wmbus::phy::Band::S.chip_rate_hz as f64;
