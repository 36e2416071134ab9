//! Receivers as people write them.

use std::fmt;
use std::str::FromStr;

use super::PortError;
use super::port::Port;
use super::tcp::TcpPort;
use super::udp::UdpPort;
use crate::receiver::{Driver, LineDriver, LinkModes};

/// Names a receiver: what it speaks, where it is, and optionally which link modes are wanted of it.
///
/// `tcp:HOST:PORT` is anything on the network that sends a frame a line, `udp:HOST:PORT` waits for datagrams. Link modes of its own follow at the
/// end: `tcp:gateway.local:7227:t,c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverAddress {
    protocol: Protocol,
    place: Place,
    modes: Option<LinkModes>,
}

/// Is what a receiver speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// One frame a line, in any format of [`replay`](crate::replay).
    Lines,
}

/// Is where a receiver is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// On the network; this side connects.
    Tcp {
        /// Its name or address.
        host: String,
        /// Its port.
        port: u16,
    },
    /// Datagrams to this machine.
    Udp {
        /// The address of this machine to which they are sent, or `0.0.0.0`.
        host: String,
        /// The port.
        port: u16,
    },
}

/// Tells why a text names no receiver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseReceiverAddressError {
    /// The text begins with nothing that is known.
    #[error("unknown receiver {0:?}; known are tcp:HOST:PORT and udp:HOST:PORT")]
    Unknown(String),
    /// A host and a port were expected.
    #[error("expected HOST:PORT instead of {0:?}")]
    HostAndPort(String),
}

impl ReceiverAddress {
    /// Returns what the receiver speaks.
    pub const fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// Returns where the receiver is.
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Returns the link modes that this receiver is to hear whatever the others do; none where it hears what
    /// the listener wants.
    pub const fn link_modes(&self) -> Option<LinkModes> {
        self.modes
    }

    /// Tells whether the source is used up when it comes to its end, so that it is not opened again.
    pub(super) const fn has_end(&self) -> bool {
        match self.place {
            Place::Tcp { .. } | Place::Udp { .. } => false,
        }
    }

    pub(super) fn open(&self) -> Result<Box<dyn Port>, PortError> {
        match &self.place {
            Place::Tcp { host, port } => Ok(Box::new(TcpPort::connect(host, *port)?)),
            Place::Udp { host, port } => Ok(Box::new(UdpPort::bind(host, *port)?)),
        }
    }

    pub(super) fn driver(&self, _modes: LinkModes) -> Box<dyn Driver> {
        match self.protocol {
            Protocol::Lines => Box::new(LineDriver::new().in_time_zone(jiff::tz::TimeZone::system())),
        }
    }
}

impl FromStr for ReceiverAddress {
    type Err = ParseReceiverAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, modes) = split_modes(text);
        let (kind, rest) = name.split_once(':').unwrap_or((name, ""));
        let (host, port) = match kind {
            "tcp" | "udp" => host_and_port(rest)?,
            _ => return Err(ParseReceiverAddressError::Unknown(text.to_owned())),
        };
        let place = if kind == "udp" { Place::Udp { host, port } } else { Place::Tcp { host, port } };
        Ok(Self { protocol: Protocol::Lines, place, modes })
    }
}

/// Writes the address so that it reads back.
impl fmt::Display for ReceiverAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, host, port) = match &self.place {
            Place::Tcp { host, port } => ("tcp", host, port),
            Place::Udp { host, port } => ("udp", host, port),
        };
        if host.contains(':') {
            write!(f, "{kind}:[{host}]:{port}")?
        } else {
            write!(f, "{kind}:{host}:{port}")?
        }
        match self.modes {
            Some(modes) => write!(f, ":{modes}"),
            None => Ok(()),
        }
    }
}

/// Splits link modes off the end, if there are any.
fn split_modes(text: &str) -> (&str, Option<LinkModes>) {
    match text.rsplit_once(':').map(|(name, modes)| (name, modes.parse())) {
        Some((name, Ok(modes))) => (name, Some(modes)),
        _ => (text, None),
    }
}

fn host_and_port(text: &str) -> Result<(String, u16), ParseReceiverAddressError> {
    let wrong = || ParseReceiverAddressError::HostAndPort(text.to_owned());
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port = port.parse().map_err(|_| wrong())?;
    if bare.is_empty() { Err(wrong()) } else { Ok((bare.to_owned(), port)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_what_it_writes() {
        for text in ["tcp:gateway.local:7227", "tcp:[::1]:7227", "udp:0.0.0.0:7227", "tcp:10.0.0.7:7227:t,c"]
        {
            assert_eq!(
                text.parse::<ReceiverAddress>().map(|address| address.to_string()).as_deref(),
                Ok(text)
            );
        }
    }

    #[test]
    fn what_names_no_receiver_is_told() {
        let error = |text: &str| text.parse::<ReceiverAddress>().map(|_| ()).unwrap_err();
        assert_eq!(error("tcp:gateway"), ParseReceiverAddressError::HostAndPort("gateway".to_owned()));
        assert_eq!(error("tcp::7227"), ParseReceiverAddressError::HostAndPort(":7227".to_owned()));
        assert_eq!(error("radio"), ParseReceiverAddressError::Unknown("radio".to_owned()));
    }
}
