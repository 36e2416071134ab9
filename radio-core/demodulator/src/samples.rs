//! Bytes of a capture become complex samples.

use core::fmt;
use core::str::FromStr;

use num_complex::Complex32;

/// Names how a capture writes its samples; in each I comes first, then Q.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SampleFormat {
    /// Unsigned bytes, zero at 127.5: what an RTL-SDR delivers.
    Cu8,
    /// Signed bytes: HackRF.
    Cs8,
    /// Signed 16-bit integers, low byte first.
    Cs16,
    /// 32-bit floats, low byte first, full scale 1.
    Cf32,
}

impl SampleFormat {
    /// Every format, shortest first.
    pub const ALL: [Self; 4] = [Self::Cu8, Self::Cs8, Self::Cs16, Self::Cf32];

    /// Returns the name as SDR tools write it, such as `cu8`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cu8 => "cu8",
            Self::Cs8 => "cs8",
            Self::Cs16 => "cs16",
            Self::Cf32 => "cf32",
        }
    }

    /// Returns how many bytes one complex sample takes.
    pub const fn sample_bytes(self) -> usize {
        match self {
            Self::Cu8 | Self::Cs8 => 2,
            Self::Cs16 => 4,
            Self::Cf32 => 8,
        }
    }
}

impl fmt::Display for SampleFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text names no sample format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown sample format; known are cu8, cs8, cs16 and cf32")]
#[non_exhaustive]
pub struct ParseSampleFormatError;

impl FromStr for SampleFormat {
    type Err = ParseSampleFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_named = |format: &Self| format.as_str().eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(is_named).ok_or(ParseSampleFormatError)
    }
}

/// Turns a stream of bytes into samples, wherever the stream is cut.
///
/// Full scale becomes 1. Memory is what one sample takes.
///
/// ```
/// use demodulator::{Complex32, SampleDecoder, SampleFormat};
///
/// let mut decoder = SampleDecoder::new(SampleFormat::Cs8);
/// let mut samples = Vec::new();
/// decoder.feed(&[64, 0xC0, 127], &mut samples);
/// assert_eq!(samples, [Complex32::new(0.5, -0.5)]);
/// ```
#[derive(Debug, Clone)]
pub struct SampleDecoder {
    format: SampleFormat,
    /// The bytes of a sample that was cut, and how many there are.
    held: [u8; 8],
    held_len: usize,
}

impl SampleDecoder {
    /// Makes a decoder that stands before a sample's first byte.
    pub const fn new(format: SampleFormat) -> Self {
        Self { format, held: [0; 8], held_len: 0 }
    }

    /// Adds the samples that the bytes complete.
    pub fn feed(&mut self, bytes: &[u8], samples: &mut Vec<Complex32>) {
        let mut rest = bytes;
        if self.held_len > 0 {
            let wanted = self.format.sample_bytes().saturating_sub(self.held_len).min(rest.len());
            let (first, after) = rest.split_at(wanted);
            if let Some(space) = self.held.get_mut(self.held_len..self.held_len + wanted) {
                space.copy_from_slice(first);
            }
            self.held_len += wanted;
            rest = after;
            if self.held_len < self.format.sample_bytes() {
                return;
            }
            let held = self.held;
            let whole = held.get(..self.format.sample_bytes()).unwrap_or_default();
            convert(self.format, whole, samples);
            self.held_len = 0;
        }
        let whole = rest.len() - rest.len() % self.format.sample_bytes();
        let (now, later) = rest.split_at(whole);
        convert(self.format, now, samples);
        if let Some(space) = self.held.get_mut(..later.len()) {
            space.copy_from_slice(later);
            self.held_len = later.len();
        }
    }
}

/// Adds the samples of bytes that hold whole samples only.
fn convert(format: SampleFormat, bytes: &[u8], samples: &mut Vec<Complex32>) {
    match format {
        SampleFormat::Cu8 => {
            let level = |byte: u8| (f32::from(byte) - 127.5) * (1.0 / 127.5);
            samples.extend(bytes.as_chunks().0.iter().map(|&[i, q]| Complex32::new(level(i), level(q))));
        }
        SampleFormat::Cs8 => {
            let level = |byte: u8| f32::from(byte.cast_signed()) * (1.0 / 128.0);
            samples.extend(bytes.as_chunks().0.iter().map(|&[i, q]| Complex32::new(level(i), level(q))));
        }
        SampleFormat::Cs16 => {
            let level = |bytes: [u8; 2]| f32::from(i16::from_le_bytes(bytes)) * (1.0 / 32768.0);
            samples.extend(
                bytes.as_chunks().0.iter().map(|&[a, b, c, d]| Complex32::new(level([a, b]), level([c, d]))),
            );
        }
        SampleFormat::Cf32 => {
            let level = f32::from_le_bytes;
            samples.extend(
                bytes.as_chunks().0.iter().map(|&[a, b, c, d, e, f, g, h]| {
                    Complex32::new(level([a, b, c, d]), level([e, f, g, h]))
                }),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(format: SampleFormat, bytes: &[u8]) -> Vec<Complex32> {
        let mut samples = Vec::new();
        SampleDecoder::new(format).feed(bytes, &mut samples);
        samples
    }

    #[test]
    fn full_scale_of_every_format_is_one() {
        assert_eq!(decoded(SampleFormat::Cu8, &[255, 0]), [Complex32::new(1.0, -1.0)]);
        assert_eq!(decoded(SampleFormat::Cs8, &[0x80, 0x40]), [Complex32::new(-1.0, 0.5)]);
        assert_eq!(decoded(SampleFormat::Cs16, &[0, 0x80, 0, 0x40]), [Complex32::new(-1.0, 0.5)]);
        let bytes = [1.0_f32.to_le_bytes(), (-0.25_f32).to_le_bytes()].concat();
        assert_eq!(decoded(SampleFormat::Cf32, &bytes), [Complex32::new(1.0, -0.25)]);
    }

    #[test]
    fn a_stream_cut_anywhere_gives_the_same_samples() {
        let bytes: Vec<u8> = (0..=63).collect();
        for format in SampleFormat::ALL {
            let whole = decoded(format, &bytes);
            assert_eq!(whole.len(), bytes.len() / format.sample_bytes());
            for piece in 1..=17 {
                let mut decoder = SampleDecoder::new(format);
                let mut samples = Vec::new();
                bytes.chunks(piece).for_each(|bytes| decoder.feed(bytes, &mut samples));
                assert_eq!(samples, whole, "{format} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn every_format_reads_back_its_name() {
        for format in SampleFormat::ALL {
            assert_eq!(format.to_string().to_uppercase().parse(), Ok(format));
        }
        assert_eq!("wav".parse::<SampleFormat>(), Err(ParseSampleFormatError));
    }
}
