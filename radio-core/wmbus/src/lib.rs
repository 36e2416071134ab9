//! What a wireless M-Bus telegram means: bytes in, values out.
//!
//! The way of a telegram is a list of types: bytes become a [`Frame`] (link-layer CRCs checked and
//! removed), a frame and [`Keys`] become a [`Telegram`] (all layers, opened where a key fits), and a
//! telegram has [`Content`], most often [`DataRecord`]s with exact [`Value`]s.
//!
//! ```
//! use wmbus::{Content, Frame, KeyRing, Telegram};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // OMS Vol. 2, Annex N: a gas meter, security mode 5.
//! # let hex = "2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD\
//! #            013EC4A6F6D3529B520EDFF0EA6DEFC955B29D6D69EBF3EC8A";
//! # let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
//! # let on_air: Vec<u8> = digits.chunks(2)
//! #     .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16))
//! #     .collect::<Result<_, _>>()?;
//! let mut keys = KeyRing::default();
//! keys.insert("12345678".parse()?, "0102030405060708090A0B0C0D0E0F11".parse()?);
//!
//! let (frame, format) = Frame::detect(&on_air)?;
//! let telegram = Telegram::decode(&frame, &keys)?;
//! match telegram.content() {
//!     Content::Records(records) => records.iter().for_each(|r| println!("{} {r}", telegram.meter())),
//!     Content::Sealed(reason) => println!("{} sealed: {reason}", telegram.meter()),
//!     _ => println!("{}", telegram.explain()),
//! }
//! # assert_eq!(format, wmbus::FrameFormat::A);
//! # assert_eq!(telegram.meter().to_string(), "ELS-12345678-33-03");
//! # assert_eq!(telegram.content().records()[0].to_string(), "volume 28504.27 m³");
//! # Ok(())
//! # }
//! ```
//!
//! Expected trouble is a value: no key, a wrong key, an unsupported mode and a failed MAC are
//! [`SealedReason`]s; what a record does not say clearly is a [`RecordWarning`] beside it, with its raw
//! bytes kept. Numbers are exact [`Decimal`]s, dates are local and without zone, and "not available"
//! codings give [`Value::NotAvailable`], never 0.
//!
//! The library has no I/O, clock, JSON or database, needs `alloc` and nothing else of the standard library, and
//! does not panic on any input.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod afl;
pub mod apl;
pub mod crc;
pub mod dll;
pub mod ell;
pub mod encode;
pub mod explain;
mod hex;
pub mod meter;
mod names;
pub mod nwl;
pub mod phy;
pub mod profiles;
pub mod security;
pub mod state;
pub mod telegram;
pub mod tpl;
pub mod value;
mod wire;
pub mod wired;

pub use apl::{DataRecord, FormatStore, Function, Qualifier, Quantity, RecordWarning, Source, Unit};
pub use dll::{Frame, FrameError, FrameFormat};
pub use explain::Explanation;
pub use hex::Hex;
pub use meter::{IdentificationNumber, Manufacturer, MeterAddress};
pub use phy::LinkMode;
pub use profiles::{Alarm, AlarmCode, AlarmState};
pub use security::{AesKey, Key64, KeyRing, Keys};
pub use state::MeterState;
pub use telegram::{
    Addresses, Authentication, Content, DecodeError, Reassembly, SealedReason, Security, Telegram,
    WaitingFrames, Warning, whole_messages,
};
pub use tpl::Status;
pub use value::{Calendar, Date, DateTime, Decimal, Time, Timestamp, Value};

/// The version of what this decoder makes of telegrams.
///
/// It grows whenever the same telegram and key can give other records than before, so that stores know
/// what to derive again.
pub const DECODER_VERSION: u32 = 3;
