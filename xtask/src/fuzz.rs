//! `cargo xtask fuzz`: libFuzzer against the decoder's promises.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::process::{self, root, target};
use crate::tools;

/// What is fuzzed: the bins of `radio-core/fuzz`.
const TARGETS: [&str; 10] = [
    "capture_file",
    "driver",
    "frame",
    "telegram",
    "key_file",
    "profile_file",
    "replay_line",
    "samples",
    "stream",
    "wired",
];

/// An input that takes longer is a hang, one that allocates more a leak: the longest telegram has 256 bytes, the
/// longest recorded line some hundred.
const LIMITS: [&str; 4] = ["-timeout=5", "-malloc_limit_mb=64", "-rss_limit_mb=1024", "-max_len=4096"];

/// The beginning of a WAV file with I and Q in 16 bits, up to its samples.
const WAV_START: &[u8] =
    b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\0\x6A\x18\0\0\0\0\0\x04\0\x10\0data\0\0\0\0";
/// Metadata of a capture.
const SIGMF: &str = r#"{"global":{"core:datatype":"ci16_le","core:sample_rate":2400000,"core:num_channels":1},
    "captures":[{"core:sample_start":0,"core:frequency":868625000}]}"#;

/// Fuzz the decoder: any bytes, no crash, no hang, bounded memory, every promise kept.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// CPU-minutes for each target.
    #[arg(long, default_value_t = 30)]
    minutes: u64,
    /// Only these targets.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(TARGETS))]
    targets: Vec<String>,
}

/// Builds the targets with the nightly compiler and runs each for its time. What was found lies in
/// `target/fuzz/artifacts`, what was learnt in `target/fuzz/corpus`.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let path = tools::cargo_fuzz()?;
    let folder = root().join("radio-core/fuzz");
    let wanted: Vec<&str> = match arguments.targets.as_slice() {
        [] => TARGETS.to_vec(),
        some => some.iter().map(String::as_str).collect(),
    };
    let seconds = format!("-max_total_time={}", arguments.minutes * 60);
    for name in wanted {
        let corpus = made(target().join("fuzz/corpus").join(name))?;
        let artifacts = made(target().join("fuzz/artifacts").join(name))?;
        seed(name, &corpus)?;
        let mut command = Command::new("cargo");
        command
            .args(["+nightly", "fuzz", "run", "--fuzz-dir"])
            .arg(&folder)
            .arg("--target-dir")
            .arg(target().join("fuzz/build"))
            .arg(name)
            .arg(&corpus)
            .arg("--")
            .args(LIMITS)
            .args([&seconds, "-print_final_stats=1"])
            .arg(format!("-dict={}", folder.join(dictionary(name)).display()))
            // libFuzzer takes it as the beginning of a file's name.
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .current_dir(root())
            .env("PATH", &path)
            .env_remove("CARGO_TARGET_DIR");
        process::run(&mut command)?;
    }
    Ok(())
}

fn made(folder: PathBuf) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    Ok(folder)
}

fn dictionary(name: &str) -> &'static str {
    if matches!(name, "driver" | "frame" | "telegram" | "wired") { "telegram.dict" } else { "text.dict" }
}

/// Puts telegrams to begin with into a corpus: those that the project has, and, read in place, those of the
/// developers' shared folder.
fn seed(name: &str, corpus: &Path) -> anyhow::Result<()> {
    if name == "profile_file" {
        return seed_profiles(corpus);
    }
    let mut seeds: Vec<String> =
        include_str!("../../radio-core/fuzz/seeds.hex").lines().map(str::to_owned).collect();
    for file in ["dev", "derived"] {
        let shared = root().join(format!("../shared/corpus/{file}.jsonl"));
        for line in fs::read_to_string(shared).unwrap_or_default().lines() {
            let entry: serde_json::Value = serde_json::from_str(line)?;
            seeds.extend(entry.get("hex").and_then(|hex| hex.as_str()).map(str::to_owned));
        }
    }
    for (number, hex) in seeds.iter().enumerate() {
        let content = match name {
            "frame" | "telegram" | "wired" => bytes(hex),
            "driver" => dialogue(number, &bytes(hex)),
            "replay_line" => hex.clone().into_bytes(),
            // What follows the length of the pieces is lines in one half and bare frames in the other.
            "stream" if number % 2 == 0 => format!("\u{7}{hex}\n{hex}\n").into_bytes(),
            "stream" => [&[7][..], &bytes(hex), &bytes(hex)].concat(),
            "samples" => [&[number as u8][..], &bytes(hex)].concat(),
            "capture_file" if number % 2 == 0 => [WAV_START, &bytes(hex)].concat(),
            "capture_file" => SIGMF.into(),
            _ => format!("id;key\n{:08};{hex:.32}\n", number).into_bytes(),
        };
        fs::write(corpus.join(format!("seed-{number}")), content)?;
    }
    Ok(())
}

/// Puts the meter profiles of the project into a corpus.
fn seed_profiles(corpus: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(root().join("radio-core/wmbus/profiles"))? {
        let entry = entry?;
        fs::copy(entry.path(), corpus.join(entry.file_name()))?;
    }
    Ok(())
}

/// Builds a dialogue with a receiver as `walkby_properties::driver` takes it: all its proper answers with pauses
/// between them, then a telegram as raw bytes.
fn dialogue(number: usize, telegram: &[u8]) -> Vec<u8> {
    const ANSWERS: std::ops::Range<u8> = 0x80..0x8C;
    const PAUSE: u8 = 0xE5;
    const LONGEST: usize = 0x80;
    let kind = u8::try_from(number).unwrap_or(u8::MAX);
    let heard = telegram.len().min(LONGEST);
    let count = u8::try_from(heard.saturating_sub(1)).unwrap_or_default();
    let acts = ANSWERS.flat_map(|answer| [answer, PAUSE]);
    [kind, 0x07].into_iter().chain(acts).chain([count]).chain(telegram.iter().copied().take(heard)).collect()
}

/// Reads pairs of hexadecimal digits as far as they are that.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .map_while(|digit| digit.to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}
