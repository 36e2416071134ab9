//! Reading a receiver's address.

use std::str::FromStr;

use super::super::program::Program;
use super::{Place, Protocol, ReceiverAddress};
use crate::receiver::{Kind, LinkModes, Tuning};

/// Tells why a text names no receiver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseReceiverAddressError {
    /// The text begins with nothing that is known.
    #[error(
        "unknown receiver {0:?}; examples are im871a:/dev/ttyUSB0, auto:/dev/ttyUSB0, rtl_tcp:HOST:1234, rtlsdr, \
         rtlwmbus, rtl433, tcp:HOST:PORT, udp:0.0.0.0:7227, file:walk.jsonl"
    )]
    Unknown(String),
    /// A host and a port were expected.
    #[error("expected HOST:PORT instead of {0:?}")]
    HostAndPort(String),
    /// A stick was named without its place.
    #[error("where is it? Add a serial port or tcp:HOST:PORT, such as {0}:/dev/ttyUSB0")]
    NoPlace(String),
    /// The number of an RTL-SDR is none.
    #[error("expected the number of the stick instead of {0:?}, such as rtlsdr:0")]
    Stick(String),
    /// An option of an RTL-SDR is not known, or its value is out of range.
    #[error(
        "{0:?} is no option; known are gain=0.0..=60.0, ppm=-200..=200, rate=950000..=3200000 and bias=0 or 1"
    )]
    Option(String),
}

use ParseReceiverAddressError as Error;

/// Rates at which both channels lie within what is received.
const RATES: std::ops::RangeInclusive<u32> = 950_000..=3_200_000;
const MOST_CORRECTION_PPM: i32 = 200;
const MOST_GAIN_TENTHS_DB: u32 = 600;

impl FromStr for ReceiverAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, options) = match text.split_once('?') {
            // A file may have a question mark in its name.
            Some((name, options)) if is_sdr(name) => (name, Some(options)),
            _ => (text, None),
        };
        let (name, modes) = split_modes(name);
        let tuning = options.map(tuning).transpose()?.unwrap_or_default();
        let (protocol, place) = parse(name, tuning)?;
        Ok(Self { protocol, place, modes })
    }
}

fn is_sdr(name: &str) -> bool {
    name.starts_with("rtl_tcp:") || name == "rtlsdr" || name.starts_with("rtlsdr:")
}

fn parse(name: &str, tuning: Tuning) -> Result<(Protocol, Place), Error> {
    let (kind, rest) = name.split_once(':').map_or((name, None), |(kind, rest)| (kind, Some(rest)));
    match (kind, rest) {
        ("rtlwmbus", None) => Ok((Protocol::Lines, Place::Program(Program::RtlWmbus))),
        ("rtl433", None) => Ok((Protocol::Lines, Place::Program(Program::Rtl433))),
        ("rtlwmbus" | "rtl433" | "lines", Some(rest)) => Ok((Protocol::Lines, place(rest)?)),
        ("frames", Some(rest)) => Ok((Protocol::Frames, place(rest)?)),
        ("rtlsdr", rest) => {
            let number = |rest: &str| rest.parse().map_err(|_| Error::Stick(rest.to_owned()));
            let stick = rest.map(number).transpose()?;
            Ok((Protocol::Samples(tuning), Place::Program(Program::RtlSdr { stick, tuning })))
        }
        ("rtl_tcp", Some(rest)) => {
            let (host, port) = host_and_port(rest)?;
            Ok((Protocol::RtlTcp(tuning), Place::Tcp { host, port }))
        }
        ("auto", Some(rest)) => Ok((Protocol::Auto, place(rest)?)),
        ("tcp" | "tcp-server" | "udp", Some(_)) => Ok((Protocol::Stream, place(name)?)),
        ("file", Some(_)) | ("-" | "stdin", None) => Ok((Protocol::Lines, place(name)?)),
        (kind, rest) => match (kind.parse::<Kind>(), rest) {
            (Ok(kind), Some(rest)) => Ok((Protocol::Stick(kind), place(rest)?)),
            (Ok(kind), None) => Err(Error::NoPlace(kind.to_string())),
            (Err(_), _) => serial(name),
        },
    }
}

/// Reads a serial port, with a kind behind it or without.
fn serial(name: &str) -> Result<(Protocol, Place), Error> {
    let (path, protocol) = match name.rsplit_once(':').map(|(path, kind)| (path, kind.parse())) {
        Some((path, Ok(kind))) => (path, Protocol::Stick(kind)),
        _ => (name, Protocol::Auto),
    };
    if is_serial_port(path) {
        Ok((protocol, Place::Serial(path.to_owned())))
    } else {
        Err(Error::Unknown(name.to_owned()))
    }
}

fn is_serial_port(path: &str) -> bool {
    let com = path.strip_prefix("COM").or_else(|| path.strip_prefix("com"));
    let is_com =
        com.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    path.starts_with('/') || path.starts_with("./") || path.starts_with(r"\\.\") || is_com
}

fn place(text: &str) -> Result<Place, Error> {
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    match kind {
        "tcp" => host_and_port(rest).map(|(host, port)| Place::Tcp { host, port }),
        "tcp-server" => host_and_port(rest).map(|(host, port)| Place::TcpServer { host, port }),
        "udp" => host_and_port(rest).map(|(host, port)| Place::Udp { host, port }),
        "file" if !rest.is_empty() => Ok(Place::File(rest.into())),
        "-" | "stdin" => Ok(Place::Stdin),
        _ if is_serial_port(text) => Ok(Place::Serial(text.to_owned())),
        _ => Err(Error::Unknown(text.to_owned())),
    }
}

fn host_and_port(text: &str) -> Result<(String, u16), Error> {
    let wrong = || Error::HostAndPort(text.to_owned());
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port = port.parse().map_err(|_| wrong())?;
    if bare.is_empty() || bare.contains(['[', ']']) { Err(wrong()) } else { Ok((bare.to_owned(), port)) }
}

/// Splits link modes off the end, if there are any.
fn split_modes(text: &str) -> (&str, Option<LinkModes>) {
    match text.rsplit_once(':').map(|(name, modes)| (name, modes.parse())) {
        Some((name, Ok(modes))) => (name, Some(modes)),
        _ => (text, None),
    }
}

fn tuning(options: &str) -> Result<Tuning, Error> {
    let mut tuning = Tuning::default();
    for option in options.split('&') {
        let wrong = || Error::Option(option.to_owned());
        let (name, value) = option.split_once('=').ok_or_else(wrong)?;
        match name {
            "gain" if value == "auto" => tuning.gain_tenths_db = None,
            "gain" => tuning.gain_tenths_db = Some(gain(value).ok_or_else(wrong)?),
            "ppm" => {
                let within = |ppm: &i32| (-MOST_CORRECTION_PPM..=MOST_CORRECTION_PPM).contains(ppm);
                tuning.correction_ppm = value.parse().ok().filter(within).ok_or_else(wrong)?;
            }
            "rate" => {
                let within = |rate: &u32| RATES.contains(rate);
                tuning.rate_hz = value.parse().ok().filter(within).ok_or_else(wrong)?;
            }
            "bias" if matches!(value, "0" | "1") => tuning.has_bias_tee = value == "1",
            _ => return Err(wrong()),
        }
    }
    Ok(tuning)
}

/// Reads dB with one decimal at most.
fn gain(text: &str) -> Option<u32> {
    let (whole, tenths) = text.split_once('.').unwrap_or((text, "0"));
    let tenths = tenths.parse().ok().filter(|tenths: &u32| *tenths < 10)?;
    let gain = whole.parse::<u32>().ok()?.checked_mul(10)?.checked_add(tenths)?;
    (gain <= MOST_GAIN_TENTHS_DB).then_some(gain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> ReceiverAddress {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn an_address_reads_back_what_it_writes() {
        for text in [
            "auto:/dev/ttyUSB0",
            "im871a:/dev/ttyUSB0",
            "iu891a:tcp:10.0.0.7:4001",
            "auto:tcp:[::1]:4001:s",
            "im871a:COM3:s",
            "lines:/dev/ttyACM0",
            "tcp:gateway.local:7227",
            "tcp:[::1]:7227",
            "tcp:10.0.0.7:7227:t,c",
            "tcp-server:0.0.0.0:7227",
            "udp:0.0.0.0:7227",
            "frames:udp:0.0.0.0:7227",
            "rtlwmbus",
            "rtl433",
            "rtlsdr",
            "rtlsdr:1?gain=28.0&ppm=-2",
            "rtl_tcp:127.0.0.1:1234",
            "rtl_tcp:phone.local:1234:t,c?gain=0.9&ppm=12&rate=2400000&bias=1",
            "file:walks/monday.jsonl",
            "stdin",
        ] {
            assert_eq!(parsed(text).to_string(), text);
        }
    }

    #[test]
    fn a_stick_that_was_found_out_is_named_exactly_and_hears_the_same_modes() {
        for (text, exact) in [
            ("/dev/ttyUSB0", "im871a:/dev/ttyUSB0"),
            ("auto:tcp:[::1]:4001:s", "im871a:tcp:[::1]:4001:s"),
            ("cul:/dev/ttyACM0", "cul:/dev/ttyACM0"),
            ("lines:/dev/ttyACM0", "lines:/dev/ttyACM0"),
        ] {
            assert_eq!(parsed(text).found_to_be(Kind::Im871a).to_string(), exact);
        }
    }

    #[test]
    fn other_ways_to_write_the_same_are_understood() {
        for (text, same) in [
            ("/dev/ttyUSB0", "auto:/dev/ttyUSB0"),
            ("/dev/ttyUSB0:im871a", "im871a:/dev/ttyUSB0"),
            ("/dev/ttyUSB0:im871a:c1,t1", "im871a:/dev/ttyUSB0:t,c"),
            ("-", "stdin"),
            ("rtlwmbus:-", "lines:stdin"),
            ("rtl433:tcp:pi:9000", "lines:tcp:pi:9000"),
            ("rtlsdr?gain=auto", "rtlsdr"),
        ] {
            assert_eq!(parsed(text), parsed(same), "{text}");
        }
    }

    #[test]
    fn what_names_no_receiver_is_told() {
        let error = |text: &str| text.parse::<ReceiverAddress>().unwrap_err();
        assert_eq!(error("tcp:gateway"), Error::HostAndPort("gateway".to_owned()));
        assert_eq!(error("tcp::7227"), Error::HostAndPort(":7227".to_owned()));
        assert_eq!(error("radio"), Error::Unknown("radio".to_owned()));
        assert_eq!(error("im871a"), Error::NoPlace("im871a".to_owned()));
        assert_eq!(error("rtlsdr:one"), Error::Stick("one".to_owned()));
        for option in ["gain=61", "gain=2.85", "ppm=201", "rate=48000", "bias=2", "level=3", ""] {
            assert_eq!(error(&format!("rtlsdr?{option}")), Error::Option(option.to_owned()));
        }
    }
}
