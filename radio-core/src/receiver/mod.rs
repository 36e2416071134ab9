//! Receivers: drivers without ports and clocks.
//!
//! A [`Driver`] speaks one receiver's protocol. Bytes that arrived and the time go in; bytes to send and
//! [`Event`]s come out. Whoever owns the port (a serial port, a socket, a test) calls in any order
//!
//! - [`Driver::handle_input`] with what arrived,
//! - [`Driver::handle_end`] when a datagram or a connection of one message ended,
//! - [`Driver::handle_timeout`] when [`Driver::poll_timeout`] has come,
//!
//! and after each call drains [`Driver::poll_transmit`] and [`Driver::poll_event`] until both are empty.

mod amb8465;
mod bare;
mod cul;
mod damaged;
mod driver;
mod duplicates;
mod event;
mod frame;
mod im871a;
mod iu891a;
mod kind;
mod link_modes;
mod now;
mod probe;
mod rc1180;
mod rtl_tcp;
mod samples;
mod session;
mod stream;
mod tuning;
mod x25;

pub use driver::{Driver, Transmit};
pub use duplicates::Duplicates;
pub use event::{Event, Identity, Reject, State};
pub use kind::{Kind, ParseKindError};
pub use link_modes::{LinkModes, ParseLinkModesError};
pub use now::Now;
pub use probe::ProbeDriver;
pub use rtl_tcp::RtlTcpDriver;
pub use samples::SampleDriver;
pub use stream::{FrameDriver, LineDriver, StreamDriver};
pub use tuning::Tuning;
