//! `walkby-emulator`: a receiver for any program, without a receiver.

use std::fs::File;
use std::io::BufReader;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use walkby_emulators::serve::Station;
use walkby_emulators::{AirTelegram, Fault, Kind, air};

/// Serves an emulated wireless M-Bus receiver that hears the telegrams of a file again and again.
#[derive(Debug, Parser)]
#[command(name = "walkby-emulator")]
struct Arguments {
    /// The receiver, such as im871a.
    kind: Kind,
    /// Telegrams in any format that `wmbus decode` reads.
    #[arg(long, value_name = "FILE")]
    telegrams: PathBuf,
    /// Milliseconds between two telegrams.
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    every: u64,
    /// Serve at this TCP address instead of a pseudo-terminal.
    #[arg(long, value_name = "ADDRESS")]
    tcp: Option<SocketAddr>,
    /// Where the pseudo-terminal is found.
    #[arg(long, value_name = "PATH", conflicts_with = "tcp")]
    pty: Option<PathBuf>,
    /// What goes wrong.
    #[arg(long, value_name = "NAME")]
    fault: Option<Fault>,
    /// End after hearing all telegrams so many times.
    #[arg(long, value_name = "TIMES")]
    rounds: Option<u64>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let telegrams = read(&arguments.telegrams)?;
    let station = serve(&arguments)?;
    let mut round = 0;
    while arguments.rounds.is_none_or(|rounds| round < rounds) {
        for telegram in &telegrams {
            thread::sleep(Duration::from_millis(arguments.every));
            station.hear(telegram);
        }
        round += 1;
    }
    station.stop().context("failed to serve the receiver")
}

fn read(path: &PathBuf) -> Result<Vec<AirTelegram>> {
    let failed = || format!("failed to read the telegrams of {}", path.display());
    let file = File::open(path).with_context(failed)?;
    let telegrams = air::read_telegrams(BufReader::new(file)).with_context(failed)?;
    ensure!(!telegrams.is_empty(), "{} holds no telegram", path.display());
    Ok(telegrams)
}

/// Serves where it was asked to and prints the place.
fn serve(arguments: &Arguments) -> Result<Station> {
    if let Some(address) = arguments.tcp {
        let (station, address) = Station::over_tcp(arguments.kind, arguments.fault, address)
            .with_context(|| format!("failed to listen at {address}"))?;
        println!("{address}");
        return Ok(station);
    }
    serve_over_pty(arguments)
}

#[cfg(unix)]
fn serve_over_pty(arguments: &Arguments) -> Result<Station> {
    let link = arguments.pty.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("walkby-{}-{}", arguments.kind, std::process::id()))
    });
    let station = Station::over_pty(arguments.kind, arguments.fault, &link)
        .with_context(|| format!("failed to open a pseudo-terminal at {}", link.display()))?;
    println!("{}", link.display());
    Ok(station)
}

#[cfg(not(unix))]
fn serve_over_pty(_: &Arguments) -> Result<Station> {
    anyhow::bail!("there are no pseudo-terminals here; use --tcp")
}
