//! The verb `modulate`.

use std::fs::File;
use std::io::{BufRead, BufWriter, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use demodulator::modulator::{Air, Emission, Random, Shaping, Transmitter, quantise};
use demodulator::{Complex32, SampleFormat};
use wmbus::phy::{self, Band, Chips, Preamble};
use wmbus::{Frame, FrameFormat, LinkMode};

use super::input::{LINE_LIMIT, line_text};
use crate::capture::Description;
use crate::hex;
use crate::lines::Lines;

const USUAL_RATE_HZ: u32 = 1_600_000;
/// What a converter can write and the demodulator could ever need.
const RATES_HZ: RangeInclusive<u32> = 200_000..=20_000_000;
/// The noise of a cheap receiver: 9 of the 127.5 steps of an RTL-SDR.
const USUAL_NOISE_RMS: f64 = 9.0 / 127.5;
/// The amplitude without noise, and the largest with it, full scale being 1.
const AMPLITUDE: f64 = 0.7;
/// Samples that are made at a time.
const BLOCK: usize = 16_384;

/// Modulate telegrams: what a meter would send, as samples of an SDR.
///
/// For tests and training; it makes a file and sends nothing. Each telegram is sent once, one after the other.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How it is sent: S1, S1-m, S2, T1, T2, C1 or C2.
    #[arg(long, value_name = "MODE", default_value = "T1")]
    mode: LinkMode,
    /// The frame format on the air; B in modes C1 and C2 only.
    #[arg(long, value_name = "A|B", default_value = "A", value_parser = parse_frame_format)]
    frame: FrameFormat,
    /// Energy per bit over the noise's density (Eb/N0); without it there is no noise.
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = parse_number)]
    snr: Option<f64>,
    /// The carrier, less the mode's nominal one.
    #[arg(long, value_name = "HZ", default_value_t = 0.0, allow_negative_numbers = true, value_parser = parse_number)]
    offset: f64,
    /// How much the carrier changes during a telegram.
    #[arg(long, value_name = "HZ", default_value_t = 0.0, allow_negative_numbers = true, value_parser = parse_number)]
    drift: f64,
    /// How much faster the chips are than nominal, in millionths.
    #[arg(long, value_name = "PPM", default_value_t = 0.0, allow_negative_numbers = true, value_parser = parse_number)]
    clock_error: f64,
    /// How much that changes during a telegram, in millionths.
    #[arg(long, value_name = "PPM", default_value_t = 0.0, allow_negative_numbers = true, value_parser = parse_number)]
    clock_drift: f64,
    /// Half the distance of the two frequencies; otherwise the mode's nominal one.
    #[arg(long, value_name = "HZ", value_parser = parse_number)]
    deviation: Option<f64>,
    /// Shape chips by a Gaussian filter of this bandwidth times chip duration, such as 0.5.
    #[arg(long, value_name = "BT", value_parser = parse_number)]
    bt: Option<f64>,
    /// Pairs of chips before the sync word; otherwise the fewest that the mode allows.
    #[arg(long, value_name = "PAIRS")]
    preamble: Option<u16>,
    /// Silence before, between and behind telegrams, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 5)]
    pause: u32,
    /// Complex samples per second; otherwise from the output's name, or 1600000.
    #[arg(long, value_name = "HZ")]
    rate: Option<u32>,
    /// The frequency in the middle of the capture; otherwise from the output's name, or the mode's.
    #[arg(long, value_name = "HZ")]
    center: Option<u32>,
    /// How samples are written: cu8, cs8, cs16 or cf32; otherwise from the output's name, or cu8.
    #[arg(long, value_name = "FORMAT")]
    format: Option<SampleFormat>,
    /// Where the noise begins: the same seed makes the same samples.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// The file to write, or - for standard output.
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Telegrams in hexadecimal, with CRCs or without; without any, lines of standard input.
    #[arg(value_name = "HEX")]
    telegrams: Vec<String>,
}

fn parse_number(text: &str) -> Result<f64, &'static str> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or("use a number such as -12.5")
}

fn parse_frame_format(text: &str) -> Result<FrameFormat, &'static str> {
    match text {
        "a" | "A" => Ok(FrameFormat::A),
        "b" | "B" => Ok(FrameFormat::B),
        _ => Err("frame formats are A and B"),
    }
}

impl Arguments {
    /// Writes the samples of all telegrams.
    pub(super) fn run(&self, input: impl BufRead, output: &mut impl Write) -> anyhow::Result<ExitCode> {
        let signal = self.signal()?;
        if self.output == Path::new("-") {
            self.write(signal, input, output)?;
        } else {
            let context = || format!("failed to write {}", self.output.display());
            let mut file = BufWriter::new(File::create(&self.output).with_context(context)?);
            self.write(signal, input, &mut file)?;
            file.flush().with_context(context)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Finds out what is sent how, before anything is written.
    fn signal(&self) -> anyhow::Result<Signal> {
        let mode = self.mode;
        let band = mode.band().with_context(|| {
            format!("mode {mode} is not known to the modulator; S1, S1-m, S2, T1, T2, C1 and C2 are")
        })?;
        let said = Description { format: self.format, rate_hz: self.rate, center_hz: self.center };
        let known = said.or(Description::of_name(&self.output));
        let rate_hz = known.rate_hz.unwrap_or(USUAL_RATE_HZ);
        let center_hz = known.center_hz.unwrap_or(band.center_hz);
        if !RATES_HZ.contains(&rate_hz) {
            bail!(
                "{rate_hz} samples a second are out of range; use {} to {}",
                RATES_HZ.start(),
                RATES_HZ.end()
            );
        }
        let deviation_hz = self.deviation.unwrap_or(f64::from(band.deviation.nominal_hz));
        let carrier_hz = f64::from(band.center_hz) + self.offset - f64::from(center_hz);
        if carrier_hz.abs() + deviation_hz.abs() > f64::from(rate_hz) / 2.0 {
            bail!("the carrier lies outside the capture; use --center {} or a higher --rate", band.center_hz);
        }
        let transmitter = Transmitter {
            deviation_hz,
            shaping: self.bt.map_or(Shaping::Rectangular, |bt| Shaping::Gaussian { bt }),
            frequency_offset_hz: self.offset,
            frequency_drift_hz: self.drift,
            chip_rate_error_ppm: self.clock_error,
            chip_rate_drift_ppm: self.clock_drift,
            ..Transmitter::nominal(band)
        };
        let mut random = Random::new(self.seed);
        let (noise_rms, amplitude) = self.snr.map_or((0.0, AMPLITUDE), |snr_db| {
            let usual = Air::new(rate_hz, center_hz, Random::new(0)).with_noise_rms(USUAL_NOISE_RMS);
            let amplitude = usual.amplitude_at_ebn0_db(band, snr_db);
            // A signal this far above the noise would not fit into full scale: less of both.
            let scale = (AMPLITUDE / amplitude).min(1.0);
            (USUAL_NOISE_RMS * scale, amplitude * scale)
        });
        Ok(Signal {
            air: Air::new(rate_hz, center_hz, random.fork()).with_noise_rms(noise_rms),
            random,
            band,
            transmitter,
            amplitude,
            rate_hz,
            format: known.format.unwrap_or(SampleFormat::Cu8),
            samples: vec![Complex32::default(); BLOCK],
            bytes: Vec::new(),
        })
    }

    fn write(&self, mut signal: Signal, input: impl BufRead, output: &mut impl Write) -> anyhow::Result<()> {
        if self.telegrams.is_empty() {
            let mut lines = Lines::new(input, LINE_LIMIT);
            let mut number = 0;
            while let Some(line) = lines.next_line().context("failed to read standard input")? {
                number += 1;
                match line_text(line).map(str::trim) {
                    Ok("") => {}
                    Ok(text) => {
                        self.send(text, &mut signal, output).with_context(|| format!("line {number}"))?;
                    }
                    Err(fault) => bail!("line {number}: {}", fault.message),
                }
            }
        }
        for (index, telegram) in self.telegrams.iter().enumerate() {
            self.send(telegram, &mut signal, output).with_context(|| format!("telegram {}", index + 1))?;
        }
        signal.run_for(f64::from(self.pause) / 1000.0, output)
    }

    fn send(&self, telegram: &str, signal: &mut Signal, output: &mut impl Write) -> anyhow::Result<()> {
        let (frame, _) = Frame::detect(&hex::parse(telegram)?)?;
        let preamble = self.preamble.map_or(Preamble::Shortest, Preamble::Pairs);
        let chips = phy::chips(&frame, self.mode, self.frame, preamble)?;
        signal.run_for(f64::from(self.pause) / 1000.0, output)?;
        signal.send(&chips, output)
    }
}

/// What is sent, and how far it is written.
struct Signal {
    air: Air,
    random: Random,
    band: &'static Band,
    transmitter: Transmitter,
    amplitude: f64,
    rate_hz: u32,
    format: SampleFormat,
    samples: Vec<Complex32>,
    bytes: Vec<u8>,
}

impl Signal {
    /// Writes a transmission.
    fn send(&mut self, chips: &Chips, output: &mut impl Write) -> anyhow::Result<()> {
        let begin_s = self.air.now_s();
        let emission = Emission::new(chips, self.band, &self.transmitter, &mut self.random);
        let emission = emission.at(begin_s, self.amplitude);
        let lasts_s = emission.end_s() - begin_s;
        self.air.send(emission);
        self.run_for(lasts_s, output)
    }

    /// Writes what is in the air for so many seconds.
    fn run_for(&mut self, seconds: f64, output: &mut impl Write) -> anyhow::Result<()> {
        let mut left = (seconds * f64::from(self.rate_hz)).ceil() as usize;
        while left > 0 {
            let length = left.min(self.samples.len());
            let block = self.samples.get_mut(..length).unwrap_or_default();
            self.air.fill(block);
            self.bytes.clear();
            quantise(self.format, block, &mut self.bytes);
            output.write_all(&self.bytes).context("failed to write the samples")?;
            left -= length;
        }
        Ok(())
    }
}
