//! What is known of one meter from all its telegrams.
//!
//! Meters alternate: a short telegram every few seconds and a long one now and then, the maker's own
//! layout and an open one. [`MeterState`] puts them together, and each value says from which telegram it
//! is, when that was received, and what the meter's clock said.
//!
//! - Nothing of another meter gets in, and nothing of a telegram that may be damaged.
//! - Of two statements of the same kind the newer one counts, in whatever order they come in: merging the
//!   same telegrams in another order, or twice, gives the same state.
//! - An open statement comes before one of the maker's own layout.
//! - "Not available" never replaces a value and never becomes 0; it is told beside the last value.
//!
//! ```
//! use wmbus::encode::{Record, TelegramBuilder};
//! use wmbus::profiles::Profiles;
//! use wmbus::{KeyRing, MeterState, Telegram};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let meter = TelegramBuilder::new("KAM-12345678-1B-16".parse()?);
//! let long = meter.clone().record(Record::int32(123_529).volume(-3)).record(Record::int16(12).volume_flow(-3));
//! let short = meter.record(Record::int32(123_530).volume(-3));
//! # let (profiles, keys) = (Profiles::builtin(), KeyRing::default());
//! # let (long, short) = (Telegram::decode(&long.build()?, &keys)?, Telegram::decode(&short.build()?, &keys)?);
//! let mut state = MeterState::new(&long);
//! state.merge(&long, &profiles, 1)?;
//! state.merge(&short, &profiles, 2)?;
//! let volume = state.field("total_volume").and_then(|field| field.best()).unwrap();
//! assert_eq!((volume.value.to_string(), volume.reception), ("123.530".to_owned(), 2));
//! assert_eq!(state.field("flow").and_then(|field| field.best()).unwrap().reception, 1);
//! # Ok(())
//! # }
//! ```

mod field;
mod identity;
mod meter_state;

pub use field::{Place, StateField, Statement};
pub use meter_state::{MergeError, MeterState};
