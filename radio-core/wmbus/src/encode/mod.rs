//! The encoder beside the decoder: records → application data → telegram → frame.
//!
//! It makes telegrams for tests, demonstrations and training; it speaks for no meter. What it makes is
//! what [`Telegram::decode`](crate::Telegram::decode) reads.
//!
//! ```
//! use wmbus::encode::{Record, TelegramBuilder};
//! use wmbus::{AesKey, MeterAddress, Telegram};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let address: MeterAddress = "ELS-12345678-33-03".parse()?;
//! let key: AesKey = "0102030405060708090A0B0C0D0E0F11".parse()?;
//! let frame = TelegramBuilder::new(address)
//!     .access_number(42)
//!     .record(Record::bcd8(2_850_427).volume(-2))
//!     .mode5(key.clone())
//!     .build()?;
//!
//! assert_eq!(Telegram::decode(&frame, &key)?.meter(), address);
//! assert_eq!(frame.to_format_a().len(), 37);
//! # Ok(())
//! # }
//! ```

mod cipher;
mod data;
mod error;
mod fragments;
mod frame;
mod layers;
mod record;
mod scale;
mod telegram;

pub use error::{EncodeError, RecordError};
pub use record::Record;
pub use telegram::{TagLength, TelegramBuilder};
