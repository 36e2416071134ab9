//! Bridges that send a datagram for each telegram.

use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use super::PortError;
use super::port::{Arrival, LEAST_WAIT, Port, is_passing};

/// Takes datagrams from anyone.
#[derive(Debug)]
pub(super) struct UdpPort {
    socket: UdpSocket,
}

impl UdpPort {
    pub(super) fn bind(host: &str, port: u16) -> Result<Self, PortError> {
        let failed = |error| PortError::Open { place: format!("{host}:{port}"), error };
        UdpSocket::bind((host, port)).map(|socket| Self { socket }).map_err(failed)
    }
}

impl Port for UdpPort {
    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> io::Result<Arrival> {
        self.socket.set_read_timeout(Some(wait.max(LEAST_WAIT)))?;
        match self.socket.recv(buffer) {
            Ok(count) => Ok(Arrival::Message(count)),
            Err(error) if is_passing(&error) => Ok(Arrival::Nothing),
            Err(error) => Err(error),
        }
    }

    /// Sends nothing: whoever sends datagrams expects no answer.
    fn send(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }
}
