//! Serial ports: 8 data bits, no parity, 1 stop bit.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::time::Duration;

use serialport::SerialPort;

use super::PortError;
use super::port::{Arrival, Port, is_passing};

/// Where most receivers begin; a driver that wants another rate says so before it sends anything.
const BAUD: u32 = 57_600;

/// A stick that takes nothing for so long is gone.
const WRITE: Duration = Duration::from_secs(2);

/// Is an open serial port, which nobody else may open meanwhile.
pub(super) struct SerialReceiverPort {
    port: Box<dyn SerialPort>,
}

impl SerialReceiverPort {
    pub(super) fn open(path: &str) -> Result<Self, PortError> {
        let failed =
            |error: serialport::Error| PortError::Open { place: path.to_owned(), error: error.into() };
        let port = serialport::new(path, BAUD).timeout(WRITE).open().map_err(failed)?;
        Ok(Self { port })
    }
}

impl Port for SerialReceiverPort {
    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> io::Result<Arrival> {
        self.port.set_timeout(wait)?;
        match self.port.read(buffer) {
            // A port that is there has no end.
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => Ok(Arrival::Bytes(count)),
            Err(error) if is_passing(&error) => Ok(Arrival::Nothing),
            Err(error) => Err(error),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.port.set_timeout(WRITE)?;
        self.port.write_all(bytes)
    }

    fn set_baud_rate(&mut self, baud: u32) -> io::Result<()> {
        // What was said at the other rate must not be cut off.
        self.port.set_timeout(WRITE)?;
        self.port.flush()?;
        Ok(self.port.set_baud_rate(baud)?)
    }
}
