//! What a worker needs of a port.

use std::io::{self, ErrorKind};
use std::time::Duration;

/// Carries bytes in both directions.
pub(super) trait Port {
    /// Waits for bytes at most as long as `wait`.
    ///
    /// # Errors
    /// When the port is gone.
    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> io::Result<Arrival>;

    /// Sends all bytes.
    ///
    /// # Errors
    /// When the port is gone or takes nothing.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Changes the rate of a serial port; others have none.
    ///
    /// # Errors
    /// When the port is gone or cannot do this rate.
    fn set_baud_rate(&mut self, _baud: u32) -> io::Result<()> {
        Ok(())
    }
}

/// Tells what arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// Nothing in time.
    Nothing,
    /// So many bytes.
    Bytes(usize),
    /// So many bytes, with which a message is whole.
    Message(usize),
    /// Nothing more will come.
    End,
}

/// The shortest time to wait: for a socket a timeout of zero means none.
pub(super) const LEAST_WAIT: Duration = Duration::from_millis(1);

/// Tells whether a read only took too long.
pub(super) fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
