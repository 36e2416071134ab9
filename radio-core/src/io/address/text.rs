//! Writing a receiver's address so that it reads back.

use std::fmt;

use super::{Place, Protocol, ReceiverAddress};
use crate::receiver::Tuning;

impl fmt::Display for ReceiverAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.protocol, &self.place) {
            (Protocol::RtlTcp(_), Place::Tcp { host, port }) => {
                write!(f, "rtl_tcp:{}", HostAndPort(host, *port))?;
            }
            (Protocol::Samples(_) | Protocol::Lines, Place::Program(program)) => write!(f, "{program}")?,
            (Protocol::Stream, Place::Tcp { .. } | Place::TcpServer { .. } | Place::Udp { .. })
            | (Protocol::Lines, Place::File(_) | Place::Stdin) => write!(f, "{}", self.place)?,
            (protocol, place) => write!(f, "{}:{place}", protocol_name(protocol))?,
        }
        if let Some(modes) = self.modes {
            write!(f, ":{modes}")?;
        }
        match self.protocol {
            Protocol::RtlTcp(tuning) | Protocol::Samples(tuning) => write_options(f, &tuning),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial(path) => f.write_str(path),
            Self::Tcp { host, port } => write!(f, "tcp:{}", HostAndPort(host, *port)),
            Self::TcpServer { host, port } => write!(f, "tcp-server:{}", HostAndPort(host, *port)),
            Self::Udp { host, port } => write!(f, "udp:{}", HostAndPort(host, *port)),
            Self::Stdin => f.write_str("stdin"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Program(program) => write!(f, "{program}"),
        }
    }
}

struct HostAndPort<'a>(&'a str, u16);

impl fmt::Display for HostAndPort<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(host, port) = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

const fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Auto => "auto",
        Protocol::Stick(kind) => kind.as_str(),
        Protocol::Stream | Protocol::Lines => "lines",
        Protocol::Frames => "frames",
        Protocol::RtlTcp(_) => "rtl_tcp",
        Protocol::Samples(_) => "rtlsdr",
    }
}

/// Writes what is other than usual.
fn write_options(f: &mut fmt::Formatter<'_>, tuning: &Tuning) -> fmt::Result {
    let usual = Tuning::default();
    let gain = tuning.gain_tenths_db.map(|tenths| format!("gain={}.{}", tenths / 10, tenths % 10));
    let ppm =
        (tuning.correction_ppm != usual.correction_ppm).then(|| format!("ppm={}", tuning.correction_ppm));
    let rate = (tuning.rate_hz != usual.rate_hz).then(|| format!("rate={}", tuning.rate_hz));
    let bias = tuning.has_bias_tee.then(|| "bias=1".to_owned());
    let options: Vec<_> = [gain, ppm, rate, bias].into_iter().flatten().collect();
    if options.is_empty() { Ok(()) } else { write!(f, "?{}", options.join("&")) }
}
