//! The file of a capture.

use radio_core::capture::{Capture, Description, SampleFormat, parse_sigmf};

/// Reads bytes as a capture, as metadata of one and as the name of one: what it holds is never more than it has
/// bytes, and a rate or centre is a radio's.
///
/// # Panics
/// When it does not hold.
pub fn capture_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let named = Description::of_name(text.as_ref());
    let described = parse_sigmf(&text).unwrap_or_default();
    for rate_hz in [named.rate_hz, described.rate_hz].into_iter().flatten() {
        assert!(rate_hz > 0);
    }
    let Ok(capture) = Capture::from_reader(bytes, named) else { return };
    let format = capture.description().format.unwrap_or(SampleFormat::Cu8);
    let mut samples = capture.into_samples(format);
    let mut count = 0;
    while let Some(block) = samples.next_block().unwrap_or_else(|error| panic!("{error}")) {
        assert!(!block.is_empty());
        count += block.len();
    }
    assert!(count * format.sample_bytes() <= bytes.len());
}
