//! IMST iU891A-XL, the receiver that speaks IMST's second HCI, in SLIP (receivers.md §2).

mod config;
mod message;
mod receiver;
mod slip;

pub use receiver::Iu891a;
