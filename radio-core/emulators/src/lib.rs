//! Receivers that are not there: each speaks as the real one does.
//!
//! An [`Emulator`] is pure: bytes that the host wrote, telegrams that are in the air and the time go in, bytes that
//! the receiver says come out. A [`serve::Station`] puts it behind a pseudo-terminal or a TCP port and lets things
//! go wrong on the way ([`Fault`]). The program `walkby-emulator` serves one to any other program.
//!
//! They are written from the receivers' documents and share no code with the drivers in `radio_core::receiver`,
//! because a misunderstanding that both sides share would pass every test.

pub mod air;
pub mod amb8465;
pub mod checksum;
mod commanded;
pub mod cul;
mod emulator;
mod family;
mod fault;
pub mod im871a;
pub mod iu891a;
mod kind;
mod line;
pub mod lines;
mod random;
pub mod rc1180;
mod rssi;
pub mod rtl_tcp;
pub mod serve;

pub use air::AirTelegram;
pub use emulator::{Emulator, Heard};
pub use fault::{Fault, ParseFaultError};
pub use kind::{Kind, ParseKindError};
pub use line::{Line, Sent};
