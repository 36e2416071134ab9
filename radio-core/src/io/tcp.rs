//! A connection to a receiver on the network.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

use super::PortError;
use super::port::{Arrival, LEAST_WAIT, Port, is_passing};

const CONNECT: Duration = Duration::from_secs(5);
/// A gateway without power is noticed after about a minute, though it never says so.
const KEEPALIVE: Duration = Duration::from_secs(20);
const WRITE: Duration = Duration::from_secs(2);

/// Is a connection that this side opened.
#[derive(Debug)]
pub(super) struct TcpPort {
    stream: TcpStream,
}

impl TcpPort {
    /// Connects to `host:port`, to the first of the host's addresses that answers.
    pub(super) fn connect(host: &str, port: u16) -> Result<Self, PortError> {
        let failed = |error| PortError::Open { place: format!("{host}:{port}"), error };
        let no_host = |_| PortError::NoHost { host: host.to_owned() };
        let mut refused = None;
        for address in (host, port).to_socket_addrs().map_err(no_host)? {
            match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(stream) => {
                    stream.set_nodelay(true).map_err(failed)?;
                    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE);
                    SockRef::from(&stream).set_tcp_keepalive(&keepalive).map_err(failed)?;
                    stream.set_write_timeout(Some(WRITE)).map_err(failed)?;
                    return Ok(Self { stream });
                }
                Err(error) => refused = Some(error),
            }
        }
        Err(refused.map_or_else(|| PortError::NoHost { host: host.to_owned() }, failed))
    }
}

impl Port for TcpPort {
    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> io::Result<Arrival> {
        self.stream.set_read_timeout(Some(wait.max(LEAST_WAIT)))?;
        match self.stream.read(buffer) {
            Ok(0) => Ok(Arrival::End),
            Ok(count) => Ok(Arrival::Bytes(count)),
            Err(error) if is_passing(&error) => Ok(Arrival::Nothing),
            Err(error) => Err(error),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }
}
