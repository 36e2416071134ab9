//! Files, standard input and the output of programs: whatever can only be read, and may keep its reader waiting.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use super::PortError;
use super::port::{Arrival, Port};
use super::program::Running;

/// As much as an SDR brings in 20 ms.
const CHUNK: usize = 64 * 1024;

/// How many chunks wait for their reader; then the writer waits.
const CHUNKS: usize = 16;

/// Reads on a thread of its own, because reading cannot be told to stop waiting.
#[derive(Debug)]
pub(super) struct PipePort {
    chunks: Receiver<io::Result<Vec<u8>>>,
    /// What did not fit the last buffer, from the index on.
    rest: (Vec<u8>, usize),
    /// Ended when the port is closed.
    _program: Option<Running>,
}

impl PipePort {
    pub(super) fn file(path: &Path) -> Result<Self, PortError> {
        let file =
            File::open(path).map_err(|error| PortError::Open { place: path.display().to_string(), error })?;
        Self::new(file, None)
    }

    pub(super) fn stdin() -> Result<Self, PortError> {
        Self::new(io::stdin(), None)
    }

    pub(super) fn new(
        reader: impl Read + Send + 'static,
        program: Option<Running>,
    ) -> Result<Self, PortError> {
        let (sender, chunks) = mpsc::sync_channel(CHUNKS);
        thread::Builder::new()
            .name("pipe".to_owned())
            .spawn(move || pump(reader, &sender))
            .map_err(|error| PortError::Open { place: "a pipe".to_owned(), error })?;
        Ok(Self { chunks, rest: (Vec::new(), 0), _program: program })
    }

    fn take_rest(&mut self, buffer: &mut [u8]) -> usize {
        let (bytes, from) = &mut self.rest;
        let rest = bytes.get(*from..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, byte) in buffer.iter_mut().zip(rest) {
            *to = *byte;
        }
        *from += count;
        count
    }
}

impl Port for PipePort {
    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> io::Result<Arrival> {
        let count = self.take_rest(buffer);
        if count > 0 {
            return Ok(Arrival::Bytes(count));
        }
        match self.chunks.recv_timeout(wait) {
            Ok(chunk) => {
                self.rest = (chunk?, 0);
                Ok(Arrival::Bytes(self.take_rest(buffer)))
            }
            Err(RecvTimeoutError::Timeout) => Ok(Arrival::Nothing),
            Err(RecvTimeoutError::Disconnected) => Ok(Arrival::End),
        }
    }

    /// Sends nothing: what only writes cannot be told anything.
    fn send(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

/// Reads to the end, or until nobody wants it any more.
fn pump(mut reader: impl Read, chunks: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut chunk = vec![0; CHUNK];
        let read = match reader.read(&mut chunk) {
            Ok(0) => return,
            Ok(count) => {
                chunk.truncate(count);
                Ok(chunk)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = read.is_err();
        if chunks.send(read).is_err() || failed {
            return;
        }
    }
}
