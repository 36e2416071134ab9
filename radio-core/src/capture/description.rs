//! What is known about a capture before its first sample.

use std::path::Path;

use demodulator::SampleFormat;

/// Tells what a capture says about itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Description {
    /// How its samples are written.
    pub format: Option<SampleFormat>,
    /// Complex samples per second.
    pub rate_hz: Option<u32>,
    /// The frequency in its middle.
    pub center_hz: Option<u32>,
}

impl Description {
    /// Reads what SDR programs write into the names of their files.
    ///
    /// The format is the ending, a rate or frequency a number with a unit between underscores, blanks or hyphens:
    /// `g001_868.95M_1600k.cu8` (rtl_433), `868.625M_2M4.cu8`, `gqrx_20260101_120000_868950000_1600000_fc.raw`,
    /// `SDRSharp_20260101_120000Z_868950kHz_IQ.wav`. Whatever lies above 100 MHz is the centre.
    pub fn of_name(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let mut description = Self { format: format_of_ending(path), ..Self::default() };
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { return description };
        for word in stem.split(['_', ' ', '-']) {
            if word == "fc" && description.format.is_none() {
                description.format = Some(SampleFormat::Cf32);
            }
            match frequency_hz(word) {
                Some(center_hz) if center_hz >= 100_000_000 => description.center_hz = Some(center_hz),
                Some(rate_hz) if rate_hz >= 200_000 => description.rate_hz = Some(rate_hz),
                _ => {}
            }
        }
        description
    }

    /// Takes from `other` what is open here.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            format: self.format.or(other.format),
            rate_hz: self.rate_hz.or(other.rate_hz),
            center_hz: self.center_hz.or(other.center_hz),
        }
    }
}

fn format_of_ending(path: &Path) -> Option<SampleFormat> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        // What rtl_433 and URH call them.
        "data" | "complex16u" => Some(SampleFormat::Cu8),
        "complex16s" => Some(SampleFormat::Cs8),
        "cfile" | "complex" | "fc32" => Some(SampleFormat::Cf32),
        "sc16" => Some(SampleFormat::Cs16),
        ending => ending.parse().ok(),
    }
}

/// Parses `868.95M`, `1600k`, `2M4`, `868950000Hz`, `868950kHz`, `2.4Msps`, or a bare number of at least seven
/// digits that is no date.
fn frequency_hz(word: &str) -> Option<u32> {
    let word =
        ["Hz", "hz", "sps", "SPS", "Sps"].iter().find_map(|unit| word.strip_suffix(unit)).unwrap_or(word);
    let Some(place) = word.find(['M', 'k', 'K']) else {
        // 20260101 is a day, not a rate.
        let is_bare = word.len() >= 6 && word.len() != 8 && word.bytes().all(|byte| byte.is_ascii_digit());
        let is_time = word.len() == 6;
        return if is_bare && !is_time { word.parse().ok() } else { None };
    };
    let (number, rest) = word.split_at_checked(place)?;
    let mut rest = rest.chars();
    let unit: f64 = if rest.next()? == 'M' { 1e6 } else { 1e3 };
    let after = rest.as_str();
    let digits_only = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if number.is_empty() || !digits_only(number) || !digits_only(after) {
        return None;
    }
    let number: f64 = match after {
        "" => number.parse().ok()?,
        // As electronics write a decimal point: 2M4 is 2.4 M.
        fraction => format!("{number}.{fraction}").parse().ok()?,
    };
    let frequency_hz = (number * unit).round();
    (1.0..4e9).contains(&frequency_hz).then_some(frequency_hz as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sdr_programs_give_tell_format_rate_and_centre() {
        let expected = [
            ("g001_868.95M_1600k.cu8", Some(SampleFormat::Cu8), Some(1_600_000), Some(868_950_000)),
            (
                "real_rtlsdr_868.625M_2M4_issue48.cu8",
                Some(SampleFormat::Cu8),
                Some(2_400_000),
                Some(868_625_000),
            ),
            ("/tmp/s1_low_868.3M_1600k.cs16", Some(SampleFormat::Cs16), Some(1_600_000), Some(868_300_000)),
            (
                "gqrx_20260101_120000_868950000_1600000_fc.raw",
                Some(SampleFormat::Cf32),
                Some(1_600_000),
                Some(868_950_000),
            ),
            ("SDRSharp_20260101_120000Z_868950000Hz_IQ.wav", None, None, Some(868_950_000)),
            ("HDSDR_20260101_120000Z_868950kHz_RF.wav", None, None, Some(868_950_000)),
            ("walk 2.4Msps 868.3MHz.cf32", Some(SampleFormat::Cf32), Some(2_400_000), Some(868_300_000)),
            ("meters.bin", None, None, None),
            ("..", None, None, None),
            ("M_k_1M2M3.cs8", Some(SampleFormat::Cs8), None, None),
        ];
        for (name, format, rate_hz, center_hz) in expected {
            assert_eq!(Description::of_name(name), Description { format, rate_hz, center_hz }, "{name}");
        }
    }
}
