//! A bridge in the network: it comes to its server with each telegram (receivers.md §6.4).

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use crate::AirTelegram;
use crate::lines::LineFormat;

/// Brings lines to a server, one connection or datagram each.
#[derive(Debug)]
pub struct Bridge {
    format: LineFormat,
    server: SocketAddr,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Tcp,
    Udp(UdpSocket),
}

impl Bridge {
    /// Makes a bridge that opens a connection for each telegram.
    pub fn over_tcp(format: LineFormat, server: SocketAddr) -> Self {
        Self { format, server, way: Way::Tcp }
    }

    /// Makes a bridge that sends a datagram for each telegram.
    ///
    /// # Errors
    /// Says why there is no socket.
    pub fn over_udp(format: LineFormat, server: SocketAddr) -> io::Result<Self> {
        let any: SocketAddr =
            if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
        Ok(Self { format, server, way: Way::Udp(UdpSocket::bind(any)?) })
    }

    /// Brings a telegram to the server.
    ///
    /// # Errors
    /// Says why the server could not be reached.
    pub fn hear(&self, telegram: &AirTelegram) -> io::Result<()> {
        let line = self.format.line(telegram, Duration::ZERO);
        match &self.way {
            Way::Tcp => TcpStream::connect(self.server)?.write_all(line.as_bytes()),
            Way::Udp(socket) => socket.send_to(line.as_bytes(), self.server).map(|_| ()),
        }
    }
}
