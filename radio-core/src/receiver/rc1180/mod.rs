//! Radiocrafts RC1180-MBUS and its clones (receivers.md §4).

mod message;
mod protocol;

pub(super) use protocol::Rc1180;
