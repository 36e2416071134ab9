//! What every receiver's driver can do.

use std::fmt;
use std::time::Duration;

use super::{Event, LinkModes, Now};

/// Speaks one receiver's protocol, without a port and without a clock.
///
/// A driver begins when it is made: its first [`poll_transmit`](Self::poll_transmit) gives what identifies and
/// sets up the receiver. It never fails: what goes wrong is an [`Event`], and it begins anew by itself when the
/// receiver answers again. Whoever opened the port again after it was gone makes a new driver.
pub trait Driver: fmt::Debug + Send {
    /// Takes bytes in the order in which they arrived, split and merged in any way.
    fn handle_input(&mut self, bytes: &[u8], now: Now);

    /// Tells that what arrived so far is whole: a datagram or a connection that brought one message ended.
    /// Means nothing to a driver whose messages have ends of their own.
    fn handle_end(&mut self, _now: Now) {}

    /// Lets time pass: answers that are overdue are asked for again, a receiver that says nothing is reported.
    fn handle_timeout(&mut self, now: Now);

    /// Returns what is to be sent next; none when there is nothing to send yet.
    fn poll_transmit(&mut self) -> Option<Transmit>;

    /// Returns what happened next; none when all was told.
    fn poll_event(&mut self) -> Option<Event>;

    /// Returns when [`handle_timeout`](Self::handle_timeout) wants to be called, on the clock of
    /// [`Now::monotonic`]; none when nothing is awaited.
    fn poll_timeout(&self) -> Option<Duration>;

    /// Asks for these link modes from now on. A receiver that cannot hear all of them at once takes turns and
    /// tells each turn by [`Event::Listening`].
    fn set_link_modes(&mut self, modes: LinkModes, now: Now);
}

/// Is what a driver wants done with its port.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transmit {
    /// Send these bytes.
    Bytes(Vec<u8>),
    /// Send and receive at this rate from now on, 8 data bits, no parity, 1 stop bit; means nothing on a socket.
    BaudRate(u32),
}
