//! IMST iM871A-USB, and its sister iM170A for 169 MHz (receivers.md §1).

mod message;
mod protocol;

pub(super) use protocol::Im871a;
