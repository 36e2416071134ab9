//! IMST iM871A-USB, the receiver that speaks IMST's first HCI (receivers.md §1).

mod config;
mod message;
mod receiver;

pub use receiver::Im871a;
