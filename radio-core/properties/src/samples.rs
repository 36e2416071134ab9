//! Samples of an SDR.

use demodulator::{Complex32, Demodulator, HeardFrame, SampleDecoder, SampleFormat};
use wmbus::{Frame, FrameFormat};

/// Rates and centres, so that both channels, one, and each kind of decimation is met.
const CAPTURES: [(u32, u32); 4] =
    [(800_000, 868_950_000), (1_600_000, 868_625_000), (2_048_000, 868_300_000), (2_400_000, 868_625_000)];

/// Demodulates bytes in the format and at the rate that the first one chooses: whatever they are, and however they
/// are cut, the same frames come out, with numbers for measurements and times within the capture.
///
/// # Panics
/// When it does not hold.
pub fn samples(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let format = SampleFormat::ALL[usize::from(*choice) % 4];
    let (rate_hz, center_hz) = CAPTURES[usize::from(*choice >> 2) % 4];
    let whole = heard(format, rate_hz, center_hz, bytes, bytes.len().max(1));
    let cut = heard(format, rate_hz, center_hz, bytes, usize::from(*choice >> 4) * 100 + 1);
    assert_eq!(whole, cut);
    let seconds = bytes.len() as f64 / format.sample_bytes() as f64 / f64::from(rate_hz);
    for heard in whole {
        let times = [heard.start_s, heard.frame_start_s, heard.end_s];
        assert!(
            times.is_sorted() && times[0] > -0.01 && times[2] < seconds + 0.01,
            "{times:?} of {seconds} s"
        );
        let measured = [heard.rssi_dbfs, heard.snr_db, heard.frequency_offset_hz, heard.chip_rate_error_ppm];
        assert!(measured.iter().all(|number| number.is_finite()), "{measured:?}");
        let again = Frame::parse(heard.frame.bytes(), FrameFormat::WithoutCrc);
        assert_eq!(again.as_ref(), Ok(&heard.frame));
    }
}

fn heard(format: SampleFormat, rate_hz: u32, center_hz: u32, bytes: &[u8], piece: usize) -> Vec<HeardFrame> {
    let mut demodulator =
        Demodulator::builder(rate_hz).center_hz(center_hz).build().unwrap_or_else(|error| panic!("{error}"));
    let mut decoder = SampleDecoder::new(format);
    let mut samples: Vec<Complex32> = Vec::new();
    let mut frames = Vec::new();
    for bytes in bytes.chunks(piece) {
        samples.clear();
        decoder.feed(bytes, &mut samples);
        frames.extend(demodulator.feed(&samples));
    }
    frames.extend(demodulator.finish());
    frames.sort_by(|one, other| one.end_s.total_cmp(&other.end_s));
    frames
}
