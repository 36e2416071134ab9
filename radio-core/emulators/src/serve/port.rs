//! What a port is to an emulator.

use std::fmt;
use std::io;
use std::time::Duration;

/// Is one end of a line; the host has the other end.
pub(super) trait Port: fmt::Debug + Send {
    /// Waits at most so long for something to happen at the port.
    fn poll(&mut self, wait: Duration) -> io::Result<Happened>;

    /// Sends what the line takes now and returns how many bytes that were.
    fn send(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Returns the rate that the host has set; none where ports have none.
    fn baud_rate(&self) -> Option<u32>;

    /// Pulls the plug: the port is gone for its host.
    fn unplug(&mut self);

    /// Plugs in again, at the same place.
    fn plug_in(&mut self) -> io::Result<()>;
}

/// Is what happened at a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Happened {
    Nothing,
    /// A host opened it. DTR rose unless the host before left it up.
    Opened {
        dtr_rose: bool,
    },
    Bytes(Vec<u8>),
    Closed,
}

pub(super) const READ_BYTES: usize = 4_096;
