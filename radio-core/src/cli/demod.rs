//! The verb `demod`.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::Context as _;
use demodulator::{ChannelName, Demodulator, HeardFrame, Rejected, Statistics};
use serde::Serialize;
use wmbus::{FrameFormat, LinkMode};

use super::tell;
use crate::capture::{Capture, Description, SampleFormat, Samples};
use crate::hex;

/// What most programs record when nothing else is said.
const USUAL_FORMAT: SampleFormat = SampleFormat::Cu8;
const USUAL_RATE_HZ: u32 = 1_600_000;

/// Demodulate samples of an SDR: one JSON object a line for each frame whose CRCs fit, as it is found.
///
/// Reads bare samples, WAV and SigMF. What the file's header or name tells need not be said.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Complex samples per second, 800000 to 3200000; otherwise from the header or name, or 1600000.
    #[arg(long, value_name = "HZ")]
    rate: Option<u32>,
    /// The frequency in the middle of the capture; otherwise from the header or name, or the middle of the modes.
    #[arg(long, value_name = "HZ")]
    center: Option<u32>,
    /// How samples are written: cu8, cs8, cs16 or cf32; otherwise from the header or name, or cu8.
    #[arg(long, value_name = "FORMAT")]
    format: Option<SampleFormat>,
    /// What to listen to, of s, t and c; otherwise all that lies in the capture.
    #[arg(long, value_name = "MODES", value_delimiter = ',')]
    modes: Option<Vec<Mode>>,
    /// End with a line of counts: syncs, frames, rejects by reason.
    #[arg(long)]
    stats: bool,
    /// A file, or - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// A link mode by its letter or its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mode(LinkMode);

impl FromStr for Mode {
    type Err = wmbus::phy::ParseLinkModeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "s" | "S" => Ok(Self(LinkMode::S1)),
            "t" | "T" => Ok(Self(LinkMode::T1)),
            "c" | "C" => Ok(Self(LinkMode::C1)),
            name => name.parse().map(Self),
        }
    }
}

impl Arguments {
    /// Demodulates everything; the exit code is 0 whether or not there were frames.
    pub(super) fn run(&self, input: impl Read, output: &mut impl Write) -> anyhow::Result<ExitCode> {
        if self.file == Path::new("-") {
            let capture = Capture::from_reader(input, Description::default()).context("standard input")?;
            self.demodulate(capture, output)?;
        } else {
            let capture = Capture::open(&self.file).with_context(|| self.file.display().to_string())?;
            self.demodulate(capture, output)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn demodulate<R: Read>(&self, capture: Capture<R>, output: &mut impl Write) -> anyhow::Result<()> {
        let said = Description { format: self.format, rate_hz: self.rate, center_hz: self.center };
        let known = said.or(capture.description());
        let rate_hz = known.rate_hz.unwrap_or_else(|| {
            tell(format_args!("assuming {USUAL_RATE_HZ} samples a second; --rate says otherwise"));
            USUAL_RATE_HZ
        });
        let mut builder = Demodulator::builder(rate_hz);
        if let Some(center_hz) = known.center_hz {
            builder = builder.center_hz(center_hz);
        }
        if let Some(modes) = &self.modes {
            builder = builder.link_modes(heard_in(modes, rate_hz, known.center_hz));
        }
        let mut demodulator = builder.build().context("this capture cannot be demodulated")?;
        let samples = capture.into_samples(known.format.unwrap_or(USUAL_FORMAT));
        let count = print_frames(samples, &mut demodulator, output)?;
        if self.stats {
            let seconds = count as f64 / f64::from(rate_hz);
            let stats = StatsLine { stats: Stats::new(count, seconds, demodulator.statistics()) };
            write_line(&stats, output)?;
        }
        output.flush().context("failed to write the output")
    }
}

/// Returns the link modes that lie in the capture, and tells of those that do not. Where none does, or the capture's
/// centre is not known, it returns all: the demodulator finds a centre, or says which one would do.
fn heard_in(wanted: &[Mode], rate_hz: u32, center_hz: Option<u32>) -> Vec<LinkMode> {
    let wanted = || wanted.iter().map(|mode| mode.0);
    let Some(center_hz) = center_hz else { return wanted().collect() };
    let lies_in =
        |mode: &LinkMode| ChannelName::of(*mode).is_some_and(|channel| channel.lies_in(rate_hz, center_hz));
    if !wanted().any(|mode| lies_in(&mode)) {
        return wanted().collect();
    }
    let (inside, outside): (Vec<_>, Vec<_>) = wanted().partition(lies_in);
    for mode in outside {
        tell(format_args!("mode {mode} lies outside the capture and is not listened to"));
    }
    inside
}

/// Prints every frame as soon as it is known, and returns how many samples there were.
fn print_frames<R: Read>(
    mut samples: Samples<R>,
    demodulator: &mut Demodulator,
    output: &mut impl Write,
) -> anyhow::Result<u64> {
    let mut count = 0;
    while let Some(block) = samples.next_block()? {
        count += block.len() as u64;
        let mut heard = false;
        for frame in demodulator.feed(block) {
            write_line(&FrameLine::new(&frame), output)?;
            heard = true;
        }
        if heard {
            output.flush().context("failed to write the output")?;
        }
    }
    for frame in demodulator.finish() {
        write_line(&FrameLine::new(&frame), output)?;
    }
    Ok(count)
}

fn write_line(line: &impl Serialize, output: &mut impl Write) -> anyhow::Result<()> {
    let text = serde_json::to_string(line).context("failed to write the output")?;
    writeln!(output, "{text}").context("failed to write the output")
}

/// A frame as it is printed; `docs/wmbus-demod.md`.
#[derive(Debug, Serialize)]
struct FrameLine {
    t: f64,
    mode: &'static str,
    frame: &'static str,
    hex: String,
    rssi_dbfs: Option<f64>,
    snr_db: Option<f64>,
    frequency_offset_hz: Option<i64>,
    chip_rate_error_ppm: Option<i64>,
    corrected_bits: u16,
}

impl FrameLine {
    fn new(heard: &HeardFrame) -> Self {
        Self {
            t: (heard.start_s * 1e6).round() / 1e6,
            mode: heard.link_mode.as_str(),
            frame: if heard.format == FrameFormat::B { "B" } else { "A" },
            // As rtl_wmbus writes it.
            hex: hex::write(heard.frame.bytes()).to_ascii_lowercase(),
            rssi_dbfs: rounded(heard.rssi_dbfs, 10.0),
            snr_db: rounded(heard.snr_db, 10.0),
            frequency_offset_hz: whole(heard.frequency_offset_hz),
            chip_rate_error_ppm: whole(heard.chip_rate_error_ppm),
            corrected_bits: heard.corrected_bits,
        }
    }
}

/// Returns the number to so many parts of one, or nothing where it is none.
fn rounded(number: f32, parts: f64) -> Option<f64> {
    // Without a negative zero.
    number.is_finite().then(|| (f64::from(number) * parts).round() / parts + 0.0)
}

fn whole(number: f32) -> Option<i64> {
    number.is_finite().then(|| number.round() as i64)
}

#[derive(Debug, Serialize)]
struct StatsLine {
    stats: Stats,
}

/// The counts as they are printed.
#[derive(Debug, Serialize)]
struct Stats {
    samples: u64,
    seconds: f64,
    candidates: u64,
    syncs: u64,
    frames: u64,
    corrected_frames: u64,
    rejects: Rejects,
}

#[derive(Debug, Serialize)]
struct Rejects {
    length: u64,
    line_code: u64,
    crc: u64,
    implausible: u64,
    duplicate: u64,
    cut_off: u64,
    overload: u64,
}

impl Stats {
    fn new(samples: u64, seconds: f64, counted: Statistics) -> Self {
        let Statistics { candidates, syncs, frames, corrected_frames, rejected, .. } = counted;
        let Rejected { length, line_code, crc, implausible, duplicate, cut_off, overload, .. } = rejected;
        Self {
            samples,
            seconds: (seconds * 1e6).round() / 1e6,
            candidates,
            syncs,
            frames,
            corrected_frames,
            rejects: Rejects { length, line_code, crc, implausible, duplicate, cut_off, overload },
        }
    }
}

#[cfg(test)]
mod tests {
    use wmbus::Frame;

    use super::*;

    #[test]
    fn a_frame_is_printed_as_the_contract_says() {
        let bytes = hex::parse("0F44AE0C785634120107780B13436587").unwrap();
        let frame = Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap();
        let mut heard = HeardFrame::new(frame, FrameFormat::B, LinkMode::C1, 1.234_567_8, 1.235_207_8);
        heard.rssi_dbfs = -20.04;
        heard.frequency_offset_hz = -0.2;
        heard.chip_rate_error_ppm = 1234.4;
        heard.corrected_bits = 2;
        let expected = r#"{"t":1.234568,"mode":"C1","frame":"B","hex":"0f44ae0c785634120107780b13436587","rssi_dbfs":-20.0,"snr_db":null,"frequency_offset_hz":0,"chip_rate_error_ppm":1234,"corrected_bits":2}"#;
        assert_eq!(serde_json::to_string(&FrameLine::new(&heard)).unwrap(), expected);
    }

    #[test]
    fn modes_are_letters_or_names() {
        for (text, mode) in
            [("s", LinkMode::S1), ("T", LinkMode::T1), ("c1", LinkMode::C1), ("S1-m", LinkMode::S1m)]
        {
            assert_eq!(text.parse(), Ok(Mode(mode)));
        }
        assert!("x".parse::<Mode>().is_err());
    }

    #[test]
    fn a_mode_outside_the_capture_is_left_out_unless_nothing_would_be_left() {
        let wanted = [Mode(LinkMode::S1), Mode(LinkMode::T1), Mode(LinkMode::C1)];
        let heard = |rate_hz, center_hz| heard_in(&wanted, rate_hz, center_hz);
        assert_eq!(heard(1_000_000, Some(868_950_000)), [LinkMode::T1, LinkMode::C1]);
        assert_eq!(heard(1_000_000, Some(868_300_000)), [LinkMode::S1]);
        assert_eq!(heard(1_000_000, Some(868_625_000)), [LinkMode::S1, LinkMode::T1, LinkMode::C1]);
        assert_eq!(heard(1_000_000, Some(433_000_000)), [LinkMode::S1, LinkMode::T1, LinkMode::C1]);
        assert_eq!(heard(1_000_000, None), [LinkMode::S1, LinkMode::T1, LinkMode::C1]);
    }
}
