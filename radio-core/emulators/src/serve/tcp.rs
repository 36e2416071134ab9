//! A TCP port, as a serial server or a bridge in the network offers it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use super::port::{Happened, Port, READ_BYTES};

/// Serves one host at a time; who comes while another is there waits.
#[derive(Debug)]
pub(super) struct Tcp {
    address: SocketAddr,
    listener: Option<TcpListener>,
    host: Option<TcpStream>,
}

impl Tcp {
    /// Listens at an address; port 0 takes any that is free.
    pub(super) fn at(address: SocketAddr) -> io::Result<Self> {
        let listener = listen(address)?;
        Ok(Self { address: listener.local_addr()?, listener: Some(listener), host: None })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    fn accept(&mut self, wait: Duration) -> Happened {
        match self.listener.as_ref().map(TcpListener::accept) {
            Some(Ok((host, _))) if host.set_nonblocking(false).is_ok() && host.set_nodelay(true).is_ok() => {
                self.host = Some(host);
                Happened::Opened { dtr_rose: true }
            }
            _ => {
                thread::sleep(wait);
                Happened::Nothing
            }
        }
    }
}

impl Port for Tcp {
    fn poll(&mut self, wait: Duration) -> io::Result<Happened> {
        let Some(host) = &mut self.host else { return Ok(self.accept(wait)) };
        host.set_read_timeout(Some(wait.max(Duration::from_millis(1))))?;
        let mut buffer = vec![0; READ_BYTES];
        match host.read(&mut buffer) {
            Ok(count) if count > 0 => {
                buffer.truncate(count);
                Ok(Happened::Bytes(buffer))
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Ok(Happened::Nothing)
            }
            Ok(_) | Err(_) => {
                self.host = None;
                Ok(Happened::Closed)
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(host) = &mut self.host else { return Ok(bytes.len()) };
        host.set_nonblocking(true)?;
        let sent = host.write(bytes);
        host.set_nonblocking(false)?;
        match sent {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            // That the host is gone shows at the next look.
            Err(_) => Ok(bytes.len()),
            Ok(count) => Ok(count),
        }
    }

    fn baud_rate(&self) -> Option<u32> {
        None
    }

    fn unplug(&mut self) {
        if let Some(host) = self.host.take() {
            // It is gone either way.
            let _ = host.shutdown(Shutdown::Both);
        }
        self.listener = None;
    }

    fn plug_in(&mut self) -> io::Result<()> {
        if self.listener.is_none() {
            self.listener = Some(listen(self.address)?);
        }
        Ok(())
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
