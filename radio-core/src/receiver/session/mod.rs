//! What all receivers at a serial port have in common: asking in order, again where no answer comes, taking turns,
//! watching, and beginning anew.

mod channels;
mod driver;
mod inbox;
mod protocol;
mod watch;

pub(super) use channels::Channels;
pub(super) use driver::Session;
pub(super) use protocol::{Found, Handled, Protocol, Request, Turn, Unanswered};
