//! `cargo xtask sensitivity`: how much of what is sent the demodulator hears.
//!
//! Without a choice of parts it prints the curves of each mode beside those of the peers and of the reference
//! receiver, frame loss by clock error, and the impairments. Everything follows from `--seed`.

mod clocks;
mod curves;
mod endurance;
mod impairments;
mod kind;
mod noise;
mod recordings;
mod reference;
mod table;

use std::path::PathBuf;

use kind::Kind;

/// How much of what is sent the demodulator hears.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this part; may be repeated.
    #[arg(long, value_enum)]
    part: Vec<Part>,
    /// Only these modes: t1, c1a, c1b, s1, s1m.
    #[arg(long, value_enum, value_delimiter = ',')]
    modes: Vec<Kind>,
    /// Transmissions a point.
    #[arg(long, default_value_t = 200)]
    transmissions: usize,
    /// A quarter of the transmissions, and every other point: to see the direction while working.
    #[arg(long)]
    quick: bool,
    /// Where the numbers by chance begin.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds of noise, or of busy traffic, for the parts that take time.
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u32>,
    /// Telegrams a second of the traffic in the part that takes memory's measure.
    #[arg(long, value_name = "NUMBER", default_value_t = 60.0)]
    traffic: f64,
    /// The recordings and their lists.
    #[arg(long, default_value = "../shared/iq")]
    recordings: PathBuf,
    /// The measured curves of peers and reference.
    #[arg(long, default_value = "../shared/reference/phy_curves.md")]
    reference: PathBuf,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Share heard by Eb/N0, beside the peers and the reference.
    Curves,
    /// Share heard by Eb/N0 and clock error.
    Clocks,
    /// Share heard of strong signals that something is wrong with.
    Impairments,
    /// What is found in the shared recordings.
    Recordings,
    /// Frames that are found in noise: none.
    Noise,
    /// A busy channel for an hour, with the memory that it takes.
    Endurance,
}

impl Arguments {
    fn has(&self, part: Part) -> bool {
        match self.part.as_slice() {
            [] => matches!(part, Part::Curves | Part::Clocks | Part::Impairments | Part::Recordings),
            chosen => chosen.contains(&part),
        }
    }

    fn kinds(&self) -> Vec<Kind> {
        if self.modes.is_empty() { Kind::USUAL.to_vec() } else { self.modes.clone() }
    }

    fn transmissions(&self) -> usize {
        if self.quick { self.transmissions.div_ceil(4) } else { self.transmissions }
    }
}

/// Measures what was asked for.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.has(Part::Curves) {
        curves::run(arguments)?;
    }
    if arguments.has(Part::Clocks) {
        clocks::run(arguments)?;
    }
    if arguments.has(Part::Impairments) {
        impairments::run(arguments)?;
    }
    if arguments.has(Part::Recordings) {
        recordings::run(arguments)?;
    }
    if arguments.has(Part::Noise) {
        noise::run(arguments)?;
    }
    if arguments.has(Part::Endurance) {
        endurance::run(arguments)?;
    }
    Ok(())
}
