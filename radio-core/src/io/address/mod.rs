//! Receivers as people write them.

mod parse;
mod text;

use std::path::PathBuf;

use jiff::tz::TimeZone;

pub use parse::ParseReceiverAddressError;

use super::PortError;
use super::pipe::PipePort;
use super::port::Port;
use super::program::Program;
use super::tcp::TcpPort;
use super::tcp_server::TcpServerPort;
use super::udp::UdpPort;
use crate::receiver::{
    Driver, FrameDriver, Kind, LineDriver, LinkModes, ProbeDriver, RtlTcpDriver, SampleDriver, StreamDriver,
    Tuning,
};

/// Names a receiver: what it speaks, where it is, and optionally which link modes are wanted of it.
///
/// | written | meant |
/// |---|---|
/// | `im871a:/dev/ttyUSB0`, `/dev/ttyUSB0:im871a` | a stick of a known [`Kind`] at a serial port |
/// | `auto:/dev/ttyUSB0`, `/dev/ttyUSB0` | a stick that tells what it is |
/// | `im871a:tcp:HOST:PORT` | the same at the other end of a network |
/// | `rtl_tcp:HOST:PORT`, `rtlsdr`, `rtlsdr:1` | an RTL-SDR, demodulated here; `?gain=28.0&ppm=-2&rate=2400000&bias=1` |
/// | `rtlwmbus`, `rtl433` | these programs, started here |
/// | `rtlwmbus:-`, `lines:tcp:HOST:PORT` | lines of these or other programs |
/// | `frames:udp:0.0.0.0:7227` | bare frames |
/// | `tcp:HOST:PORT`, `tcp-server:0.0.0.0:7227`, `udp:0.0.0.0:7227` | lines or bare frames over the network |
/// | `file:walk.jsonl`, `-` | a recording, standard input |
///
/// Link modes of its own stand at the end, before a `?`: `im871a:/dev/ttyUSB0:t,c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverAddress {
    protocol: Protocol,
    place: Place,
    modes: Option<LinkModes>,
}

/// Is what a receiver speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// A stick of a kind that is found out.
    Auto,
    /// A stick.
    Stick(Kind),
    /// One frame a line, or bare frames.
    Stream,
    /// One frame a line, in any format of [`replay`](crate::replay).
    Lines,
    /// Bare frames.
    Frames,
    /// Commands and samples of `rtl_tcp`.
    RtlTcp(Tuning),
    /// Samples.
    Samples(Tuning),
}

/// Is where a receiver is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// At a serial port of this machine.
    Serial(String),
    /// On the network; this side connects.
    Tcp {
        /// Its name or address.
        host: String,
        /// Its port.
        port: u16,
    },
    /// On the network; the other side connects.
    TcpServer {
        /// The address of this machine to which others connect, or `0.0.0.0`.
        host: String,
        /// The port.
        port: u16,
    },
    /// Datagrams to this machine.
    Udp {
        /// The address of this machine to which they are sent, or `0.0.0.0`.
        host: String,
        /// The port.
        port: u16,
    },
    /// Standard input.
    Stdin,
    /// A recording.
    File(PathBuf),
    /// A program that is started.
    Program(Program),
}

/// Tells when frames were heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum Source {
    /// At any time; only the recording knows.
    Recorded,
    /// Now, unless the line says otherwise: what is piped in may be a recording.
    Piped,
    /// Now, or a little earlier.
    Live,
}

impl ReceiverAddress {
    /// Names a stick of unknown kind at a serial port.
    pub fn at_serial_port(path: impl Into<String>) -> Self {
        Self { protocol: Protocol::Auto, place: Place::Serial(path.into()), modes: None }
    }

    /// Names the stick that was found there to be of this kind; what was named exactly stays as it is.
    #[must_use]
    pub fn found_to_be(self, kind: Kind) -> Self {
        match self.protocol {
            Protocol::Auto => Self { protocol: Protocol::Stick(kind), ..self },
            _ => self,
        }
    }

    /// Returns what the receiver speaks.
    pub const fn protocol(&self) -> Protocol {
        self.protocol
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
        matches!(self.place, Place::Stdin | Place::File(_))
    }

    /// Tells when what comes from there was heard.
    pub(super) const fn source(&self) -> Source {
        match self.place {
            Place::File(_) => Source::Recorded,
            Place::Stdin => Source::Piped,
            _ => Source::Live,
        }
    }

    /// Tells why nothing more comes from what has no end.
    pub(super) fn closed(&self) -> PortError {
        match &self.place {
            Place::Program(program) => PortError::ProgramEnded { program: program.name().to_owned() },
            _ => PortError::Closed,
        }
    }

    pub(super) fn open(&self) -> Result<Box<dyn Port>, PortError> {
        Ok(match &self.place {
            Place::Serial(path) => open_serial(path)?,
            Place::Tcp { host, port } => Box::new(TcpPort::connect(host, *port)?),
            Place::TcpServer { host, port } => Box::new(TcpServerPort::bind(host, *port)?),
            Place::Udp { host, port } => Box::new(UdpPort::bind(host, *port)?),
            Place::Stdin => Box::new(PipePort::stdin()?),
            Place::File(path) => Box::new(PipePort::file(path)?),
            Place::Program(program) => Box::new(program.start()?),
        })
    }

    pub(super) fn driver(&self, modes: LinkModes) -> Box<dyn Driver> {
        let lines = || LineDriver::new().in_time_zone(TimeZone::system());
        match self.protocol {
            Protocol::Auto => Box::new(ProbeDriver::new(modes)),
            Protocol::Stick(kind) => kind.driver(modes),
            Protocol::Stream => Box::new(StreamDriver::new(lines())),
            Protocol::Lines => Box::new(lines()),
            Protocol::Frames => Box::new(FrameDriver::new()),
            Protocol::RtlTcp(tuning) => Box::new(RtlTcpDriver::new(tuning, modes)),
            Protocol::Samples(tuning) => Box::new(SampleDriver::new(tuning, modes)),
        }
    }
}

#[cfg(not(target_os = "android"))]
fn open_serial(path: &str) -> Result<Box<dyn Port>, PortError> {
    Ok(Box::new(super::serial::SerialReceiverPort::open(path)?))
}

/// Android gives an app no serial ports; what is attached there is reached over TCP.
#[cfg(target_os = "android")]
fn open_serial(path: &str) -> Result<Box<dyn Port>, PortError> {
    Err(PortError::Open { place: path.to_owned(), error: std::io::ErrorKind::Unsupported.into() })
}
