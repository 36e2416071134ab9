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
    /// Reading or writing failed; a stick was pulled, or the network went away.
    #[error("lost: {0}")]
    Lost(#[source] io::Error),
    /// The other side closed the connection, or the program ended.
    #[error("the other side closed the connection")]
    Closed,
}
