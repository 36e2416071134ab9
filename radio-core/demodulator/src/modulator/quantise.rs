//! Samples as the bytes of a capture.

use num_complex::Complex32;

use crate::SampleFormat;

/// Adds samples as bytes: rounded to the format's steps, and limited to its full scale as a converter does.
///
/// ```
/// use demodulator::{Complex32, SampleFormat, modulator::quantise};
///
/// let mut bytes = Vec::new();
/// quantise(SampleFormat::Cu8, &[Complex32::new(1.5, -1.0)], &mut bytes);
/// assert_eq!(bytes, [255, 0]);
/// ```
pub fn quantise(format: SampleFormat, samples: &[Complex32], bytes: &mut Vec<u8>) {
    bytes.reserve(samples.len() * format.sample_bytes());
    // `as` rounds towards zero and stays within the type's limits.
    let components = samples.iter().flat_map(|sample| [sample.re, sample.im]);
    match format {
        SampleFormat::Cu8 => bytes.extend(components.map(|level| (level * 127.5 + 127.5).round() as u8)),
        SampleFormat::Cs8 => {
            bytes.extend(components.map(|level| ((level * 128.0).round() as i8).cast_unsigned()));
        }
        SampleFormat::Cs16 => {
            bytes.extend(components.flat_map(|level| ((level * 32_768.0).round() as i16).to_le_bytes()));
        }
        SampleFormat::Cf32 => bytes.extend(components.flat_map(f32::to_le_bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SampleDecoder;

    #[test]
    fn every_format_reads_back_within_half_a_step() {
        let samples: Vec<_> =
            (-20..20).map(|step| Complex32::new(step as f32 / 21.3, step as f32 / -20.7)).collect();
        for (format, step) in [
            (SampleFormat::Cu8, 1.0 / 127.5),
            (SampleFormat::Cs8, 1.0 / 128.0),
            (SampleFormat::Cs16, 1.0 / 32_768.0),
            (SampleFormat::Cf32, 1e-9),
        ] {
            let (mut bytes, mut back) = (Vec::new(), Vec::new());
            quantise(format, &samples, &mut bytes);
            SampleDecoder::new(format).feed(&bytes, &mut back);
            assert_eq!(back.len(), samples.len());
            for (sent, found) in samples.iter().zip(&back) {
                let off = (sent.re - found.re).abs().max((sent.im - found.im).abs());
                assert!(off <= step * 0.501, "{format}: {sent} and {found}");
            }
        }
    }

    #[test]
    fn what_is_beyond_full_scale_is_limited() {
        let mut bytes = Vec::new();
        quantise(SampleFormat::Cs16, &[Complex32::new(2.0, -2.0)], &mut bytes);
        assert_eq!(bytes, [0xFF, 0x7F, 0x00, 0x80]);
    }
}
