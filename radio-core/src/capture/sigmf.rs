//! The metadata of SigMF (Signal Metadata Format 1.2, github.com/sigmf/SigMF).

use demodulator::SampleFormat;
use serde::Deserialize;

use super::{CaptureError, Description};

/// Describes the whole file.
#[derive(Debug, Deserialize)]
struct Metadata {
    global: Global,
    #[serde(default)]
    captures: Vec<Segment>,
}

#[derive(Debug, Deserialize)]
struct Global {
    #[serde(rename = "core:datatype")]
    datatype: String,
    #[serde(rename = "core:sample_rate")]
    sample_rate_hz: Option<f64>,
    #[serde(rename = "core:num_channels")]
    channels: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Segment {
    #[serde(rename = "core:frequency")]
    center_hz: Option<f64>,
}

/// Reads the content of a `.sigmf-meta` file; the centre is that of the first segment.
///
/// # Errors
/// When it is no such metadata, or describes samples that are not read.
pub fn parse(text: &str) -> Result<Description, CaptureError> {
    let Metadata { global, captures } = serde_json::from_str(text).map_err(CaptureError::SigmfJson)?;
    if let Some(channels) = global.channels.filter(|channels| *channels != 1) {
        return Err(CaptureError::SigmfChannels { channels });
    }
    let format = match global.datatype.as_str() {
        "cu8" => SampleFormat::Cu8,
        "ci8" => SampleFormat::Cs8,
        "ci16_le" => SampleFormat::Cs16,
        "cf32_le" => SampleFormat::Cf32,
        _ => return Err(CaptureError::SigmfDatatype { datatype: global.datatype }),
    };
    let center_hz = captures.first().and_then(|segment| segment.center_hz);
    Ok(Description {
        format: Some(format),
        rate_hz: global.sample_rate_hz.and_then(whole_hz),
        center_hz: center_hz.and_then(whole_hz),
    })
}

/// Returns the nearest whole frequency, if it is one of a radio's.
fn whole_hz(frequency_hz: f64) -> Option<u32> {
    (1.0..4e9).contains(&frequency_hz).then_some(frequency_hz.round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta(datatype: &str, more: &str) -> String {
        format!(
            r#"{{"global":{{"core:datatype":"{datatype}","core:sample_rate":2400000.0,"core:version":"1.2.0"{more}}},
                "captures":[{{"core:sample_start":0,"core:frequency":868625000}}],"annotations":[]}}"#
        )
    }

    #[test]
    fn metadata_tell_format_rate_and_centre() {
        for (datatype, format) in [
            ("cu8", SampleFormat::Cu8),
            ("ci8", SampleFormat::Cs8),
            ("ci16_le", SampleFormat::Cs16),
            ("cf32_le", SampleFormat::Cf32),
        ] {
            let expected =
                Description { format: Some(format), rate_hz: Some(2_400_000), center_hz: Some(868_625_000) };
            assert_eq!(parse(&meta(datatype, "")).unwrap(), expected);
        }
    }

    #[test]
    fn samples_that_cannot_be_read_are_named() {
        let refused = |text: &str| parse(text).unwrap_err().to_string();
        assert!(refused(&meta("ri16_be", "")).contains("ri16_be"));
        assert!(refused(&meta("cu8", r#","core:num_channels":2"#)).contains("2 channels"));
        assert!(refused("{}").contains("global"));
    }
}
