//! What is found in the shared recordings, beside what is known to be in them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use demodulator::{Demodulator, SampleDecoder, SampleFormat};
use serde_json::Value as Json;

use super::Arguments;
use super::table::{head, row};

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = crate::process::root().join(&arguments.recordings);
    if !folder.is_dir() {
        bail!("no recordings in {}; name a folder with --recordings", folder.display());
    }
    let mut recordings: Vec<PathBuf> = fs::read_dir(&folder)
        .with_context(|| format!("failed to read {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "cu8"))
        .collect();
    recordings.sort();
    head("Recordings", &["recording", "found", "sent", "not in the list", "syncs", "candidates"]);
    for recording in recordings {
        let name = recording.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let sent = sent(&recording.with_extension("jsonl"))?;
        let (center_hz, rate_hz) = told_by(&name).with_context(|| format!("{name} tells no rate"))?;
        let mut demodulator = Demodulator::builder(rate_hz).center_hz(center_hz).build()?;
        let bytes =
            fs::read(&recording).with_context(|| format!("failed to read {}", recording.display()))?;
        let mut samples = Vec::new();
        SampleDecoder::new(SampleFormat::Cu8).feed(&bytes, &mut samples);
        let mut heard: Vec<Vec<u8>> =
            demodulator.feed(&samples).map(|heard| heard.frame.bytes().to_vec()).collect();
        heard.extend(demodulator.finish().map(|heard| heard.frame.bytes().to_vec()));
        let mut found = 0;
        for frame in &sent {
            if let Some(index) = heard.iter().position(|heard| heard == frame) {
                heard.swap_remove(index);
                found += 1;
            }
        }
        let counted = demodulator.statistics();
        row(&[
            name,
            found.to_string(),
            sent.len().to_string(),
            heard.len().to_string(),
            counted.syncs.to_string(),
            counted.candidates.to_string(),
        ]);
    }
    Ok(())
}

/// Reads what is known to be in a recording.
fn sent(list: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let text = fs::read_to_string(list).with_context(|| format!("failed to read {}", list.display()))?;
    let frame = |line: &str| -> anyhow::Result<Vec<u8>> {
        let json: Json = serde_json::from_str(line)?;
        let digits = json.get("hex").and_then(Json::as_str).context("no member hex")?;
        let byte = |at| -> anyhow::Result<u8> {
            let pair = digits.get(at..at + 2).context("an odd number of digits")?;
            Ok(u8::from_str_radix(pair, 16)?)
        };
        (0..digits.len()).step_by(2).map(byte).collect()
    };
    text.lines().map(|line| frame(line).with_context(|| list.display().to_string())).collect()
}

/// Reads centre and rate from a name such as `t1_868.95M_1600k` or `real_868.625M_2M4_issue48`.
fn told_by(name: &str) -> Option<(u32, u32)> {
    let parts = || name.split('_');
    let center = parts().find_map(|part| part.strip_suffix('M')?.parse::<f64>().ok())?;
    let thousands = || parts().find_map(|part| part.strip_suffix('k')?.parse::<u32>().ok());
    let millions = || {
        parts().find_map(|part| {
            let (whole, tenths) = part.split_once('M')?;
            Some(1_000 * whole.parse::<u32>().ok()? + 100 * tenths.parse::<u32>().ok()?)
        })
    };
    Some(((center * 1e6).round() as u32, 1_000 * thousands().or_else(millions)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recordings_name_tells_its_centre_and_rate() {
        assert_eq!(told_by("t1_mid_868.95M_1600k"), Some((868_950_000, 1_600_000)));
        assert_eq!(told_by("real_rtlsdr_868.625M_2M4_issue48"), Some((868_625_000, 2_400_000)));
        assert_eq!(told_by("noise"), None);
    }
}
