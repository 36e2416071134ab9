//! Bridges that connect to this machine: for each telegram anew, or once for many.

use std::collections::VecDeque;
use std::io::{self, Read as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use super::PortError;
use super::port::{Arrival, Port};

/// More bridges than anyone has; a further connection is closed at once.
const MOST_CONNECTIONS: usize = 64;

/// Longer than any line or frame; a connection that sends more without an end is cut there.
const MESSAGE: usize = 16 * 1024;

/// How often connections are looked at, and how often it is looked for the first one.
const STEP: Duration = Duration::from_millis(10);
const STEP_ALONE: Duration = Duration::from_millis(50);

/// Takes what all connections send, message by message, so that they do not mix.
#[derive(Debug)]
pub(super) struct TcpServerPort {
    server: TcpListener,
    connections: Vec<Connection>,
    messages: VecDeque<Vec<u8>>,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    begun: Vec<u8>,
}

impl TcpServerPort {
    pub(super) fn bind(host: &str, port: u16) -> Result<Self, PortError> {
        let failed = |error| PortError::Open { place: format!("{host}:{port}"), error };
        let server = TcpListener::bind((host, port)).map_err(failed)?;
        server.set_nonblocking(true).map_err(failed)?;
        Ok(Self { server, connections: Vec::new(), messages: VecDeque::new() })
    }

    /// Takes new connections and what arrived on all of them.
    fn look(&mut self) -> io::Result<()> {
        loop {
            match self.server.accept() {
                Ok((stream, _)) if self.connections.len() < MOST_CONNECTIONS => {
                    // A connection that broke off at once is none.
                    if stream.set_nonblocking(true).is_ok() {
                        self.connections.push(Connection { stream, begun: Vec::new() });
                    }
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
        }
        let messages = &mut self.messages;
        self.connections.retain_mut(|connection| connection.read(messages));
        Ok(())
    }
}

impl Connection {
    /// Reads what is there; returns whether more may come.
    fn read(&mut self, messages: &mut VecDeque<Vec<u8>>) -> bool {
        let mut buffer = [0; 4096];
        let is_open = match self.stream.read(&mut buffer) {
            Ok(0) => false,
            Ok(count) => {
                self.begun.extend_from_slice(buffer.get(..count).unwrap_or_default());
                true
            }
            Err(error) => matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted),
        };
        let end = if is_open { self.whole() } else { self.begun.len() };
        let rest = self.begun.split_off(end.min(self.begun.len()));
        let message = std::mem::replace(&mut self.begun, rest);
        if !message.is_empty() {
            messages.push_back(message);
        }
        is_open
    }

    /// Returns up to where messages are whole: text to its last line, bare frames as they were sent.
    fn whole(&self) -> usize {
        let is_text = self.begun.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        if !is_text || self.begun.len() >= MESSAGE {
            return self.begun.len();
        }
        self.begun.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
    }
}

impl Port for TcpServerPort {
    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> io::Result<Arrival> {
        let mut waited = Duration::ZERO;
        loop {
            if let Some(message) = self.messages.pop_front() {
                let count = message.len().min(buffer.len());
                buffer.iter_mut().zip(&message).for_each(|(to, byte)| *to = *byte);
                return Ok(Arrival::Message(count));
            }
            self.look()?;
            if !self.messages.is_empty() {
                continue;
            }
            if waited >= wait {
                return Ok(Arrival::Nothing);
            }
            let step = if self.connections.is_empty() { STEP_ALONE } else { STEP };
            thread::sleep(step.min(wait));
            waited += step;
        }
    }

    /// Sends nothing: bridges expect no answer.
    fn send(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }
}
