//! `walkby-emulator`: a receiver for any program, without a receiver.

use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use walkby_emulators::lines::LineFormat;
use walkby_emulators::rtl_tcp::{Pace, RtlTcp};
use walkby_emulators::serve::{Bridge, Station};
use walkby_emulators::{AirTelegram, Emulator, Fault, Kind, ParseKindError, air};

/// Serves an emulated wireless M-Bus receiver that hears the telegrams of a file again and again.
///
/// Prints the place where it is served: the path of a pseudo-terminal, or an address.
#[derive(Debug, Parser)]
#[command(name = "walkby-emulator", after_help = AFTER_HELP)]
struct Arguments {
    /// The receiver, such as im871a; rtl_tcp plays samples.
    receiver: Receiver,
    /// Telegrams in any format that `wmbus decode` reads.
    #[arg(long, value_name = "FILE")]
    telegrams: Option<PathBuf>,
    /// 8-bit samples for rtl_tcp, I and Q by turns.
    #[arg(long, value_name = "FILE", conflicts_with = "telegrams")]
    samples: Option<PathBuf>,
    /// Milliseconds between two telegrams.
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    every: u64,
    /// End after the file's telegrams were heard so many times.
    #[arg(long, value_name = "TIMES")]
    rounds: Option<u64>,
    /// What goes wrong.
    #[arg(long, value_name = "NAME")]
    fault: Option<Fault>,
    #[command(flatten)]
    place: Place,
}

/// Where the receiver is served.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Place {
    /// Serve at this TCP address instead of a pseudo-terminal.
    #[arg(long, value_name = "ADDRESS")]
    tcp: Option<SocketAddr>,
    /// Where the pseudo-terminal is found, also after it was unplugged; without this, where the system puts it.
    #[arg(long, value_name = "PATH")]
    pty: Option<PathBuf>,
    /// Say lines to standard output, as rtl_wmbus does in a pipe.
    #[arg(long)]
    stdout: bool,
    /// Bring each line to this TCP server, as a bridge does.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<SocketAddr>,
    /// Bring each line to this UDP server, as a bridge does.
    #[arg(long, value_name = "ADDRESS")]
    to_udp: Option<SocketAddr>,
}

const AFTER_HELP: &str = "\
Receivers: im871a, im871a-fw13, iu891a, amb8465, rc1180, cul, nanocul, rtl_wmbus, rtl_433, esphome-hex, \
esphome-rtlwmbus, rtl_tcp.
Faults: split, merged, garbage, wrong-checksum, lost-answers, slow-answers, flood, unplug, mute.";

#[derive(Debug, Clone, Copy)]
enum Receiver {
    Hears(Kind),
    RtlTcp,
}

impl FromStr for Receiver {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "rtl_tcp" { Ok(Self::RtlTcp) } else { text.parse().map(Self::Hears) }
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    match arguments.receiver {
        Receiver::RtlTcp => play(arguments),
        Receiver::Hears(kind) => {
            let telegrams = read(arguments)?;
            match &arguments.place {
                Place { stdout: true, .. } => say(arguments, kind, &telegrams),
                Place { to: Some(server), .. } => {
                    bring(arguments, &Bridge::over_tcp(format(kind)?, *server), &telegrams)
                }
                Place { to_udp: Some(server), .. } => {
                    let bridge =
                        Bridge::over_udp(format(kind)?, *server).context("failed to open a UDP socket")?;
                    bring(arguments, &bridge, &telegrams)
                }
                _ => {
                    let station = serve(kind.into(), arguments)?;
                    hear(arguments, &telegrams, |telegram| {
                        station.hear(telegram);
                        Ok(())
                    })?;
                    station.stop().context("failed to serve the receiver")
                }
            }
        }
    }
}

fn read(arguments: &Arguments) -> Result<Vec<AirTelegram>> {
    let Some(path) = &arguments.telegrams else { bail!("name what it hears with --telegrams FILE") };
    let failed = || format!("failed to read the telegrams of {}", path.display());
    let file = File::open(path).with_context(failed)?;
    let telegrams = air::read_telegrams(BufReader::new(file)).with_context(failed)?;
    ensure!(!telegrams.is_empty(), "{} holds no telegram", path.display());
    Ok(telegrams)
}

/// Lets all telegrams be heard, one after another, as often as was asked for.
fn hear(
    arguments: &Arguments,
    telegrams: &[AirTelegram],
    mut heard: impl FnMut(&AirTelegram) -> Result<()>,
) -> Result<()> {
    let mut round = 0;
    while arguments.rounds.is_none_or(|rounds| round < rounds) {
        for telegram in telegrams {
            thread::sleep(Duration::from_millis(arguments.every));
            heard(telegram)?;
        }
        round += 1;
    }
    Ok(())
}

fn say(arguments: &Arguments, kind: Kind, telegrams: &[AirTelegram]) -> Result<()> {
    let format = format(kind)?;
    let start = Instant::now();
    hear(arguments, telegrams, |telegram| {
        let mut stdout = io::stdout().lock();
        stdout.write_all(format.line(telegram, start.elapsed()).as_bytes()).and_then(|()| stdout.flush())?;
        Ok(())
    })
}

fn bring(arguments: &Arguments, bridge: &Bridge, telegrams: &[AirTelegram]) -> Result<()> {
    hear(arguments, telegrams, |telegram| {
        // A server that is not there yet misses a telegram, as with a real bridge.
        if let Err(error) = bridge.hear(telegram) {
            eprintln!("failed to reach the server: {error}");
        }
        Ok(())
    })
}

fn play(arguments: &Arguments) -> Result<()> {
    let Some(path) = &arguments.samples else { bail!("name what it plays with --samples FILE") };
    let samples =
        fs::read(path).with_context(|| format!("failed to read the samples of {}", path.display()))?;
    let Some(address) = arguments.place.tcp else { bail!("say where it is served with --tcp ADDRESS") };
    let (receiver, commands) = RtlTcp::new(samples, Pace::Real);
    let (_station, address) =
        Station::over_tcp(Box::new(receiver) as Box<dyn Emulator>, arguments.fault, address)
            .with_context(|| format!("failed to listen at {address}"))?;
    println!("{address}");
    for command in commands {
        eprintln!("command {:02X}: {}", command.number, command.value);
    }
    Ok(())
}

fn format(kind: Kind) -> Result<LineFormat> {
    kind.line_format().with_context(|| format!("{kind} says no lines; serve it with --pty or --tcp"))
}

/// Serves where it was asked to and prints the place.
fn serve(receiver: Box<dyn Emulator>, arguments: &Arguments) -> Result<Station> {
    let Some(address) = arguments.place.tcp else { return serve_over_pty(receiver, arguments) };
    let (station, address) = Station::over_tcp(receiver, arguments.fault, address)
        .with_context(|| format!("failed to listen at {address}"))?;
    println!("{address}");
    Ok(station)
}

#[cfg(unix)]
fn serve_over_pty(receiver: Box<dyn Emulator>, arguments: &Arguments) -> Result<Station> {
    let fault = arguments.fault;
    let (station, path) = match &arguments.place.pty {
        Some(link) => (Station::over_pty(receiver, fault, link), link.clone()),
        None => match Station::over_any_pty(receiver, fault) {
            Ok((station, path)) => (Ok(station), path),
            Err(error) => (Err(error), PathBuf::from("/dev/pts")),
        },
    };
    let station =
        station.with_context(|| format!("failed to open a pseudo-terminal at {}", path.display()))?;
    println!("{}", path.display());
    Ok(station)
}

#[cfg(not(unix))]
fn serve_over_pty(_: Box<dyn Emulator>, _: &Arguments) -> Result<Station> {
    bail!("there are no pseudo-terminals here; use --tcp")
}
