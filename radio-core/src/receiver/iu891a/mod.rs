//! IMST iU891A-XL, and the module iM891A-XL (receivers.md §2).

mod message;
mod protocol;

pub(super) use protocol::Iu891a;
