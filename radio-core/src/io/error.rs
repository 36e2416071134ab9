//! Why a port is not there.

use std::io;

/// Tells why a receiver's port could not be opened, or was lost.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PortError {
    /// The name of a host did not resolve to an address.
    #[error("no host {host:?} is known; check the name and the network")]
    NoHost {
        /// The name.
        host: String,
    },
    /// The port did not open.
    #[error("failed to open {place}: {error}")]
    Open {
        /// Which port.
        place: String,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// A program that receives is not installed.
    #[error("the program {program} is not installed; install it, or choose another receiver")]
    NoProgram {
        /// Its name.
        program: String,
    },
    /// The receiver's driver gave it up.
    #[error("the receiver does not answer; check that it is the right one, and plug it in anew")]
    Silent,
    /// Reading or writing failed; a stick was pulled, or the network went away.
    #[error("lost: {0}")]
    Lost(#[source] io::Error),
    /// A program that receives ended.
    #[error("the program {program} ended; is its stick plugged in? Run it alone to see what it says")]
    ProgramEnded {
        /// Its name.
        program: String,
    },
    /// The other side closed the connection.
    #[error("the other side closed the connection")]
    Closed,
}
