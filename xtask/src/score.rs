//! `cargo xtask score`: the decoder against a corpus of telegrams with published values.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::process::{self, cargo, root, target};

/// Decode a corpus and score it against the published values.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The corpus, one JSON object a line.
    #[arg(long, default_value = "../shared/corpus/dev.jsonl")]
    corpus: PathBuf,
    /// What to hand to score.py, such as `--failures 5` or `--only security_mode=5`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    score_arguments: Vec<String>,
}

/// Runs `wmbus decode --jsonl` over the corpus and `score.py` over the result.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let root = root();
    let corpus = root.join(&arguments.corpus);
    let script = root.join("../shared/corpus/score.py");
    if !corpus.is_file() || !script.is_file() {
        bail!(
            "the corpus is not here ({}, {}); it belongs to the developers' shared folder and is not part of the project",
            corpus.display(),
            script.display()
        );
    }
    process::run(&mut cargo(&["build", "--release", "--locked", "-p", "radio-core", "--bin", "wmbus"]))?;
    let target = target();
    let answers = target.join("score.jsonl");
    fs::create_dir_all(&target)?;
    process::run(
        Command::new(target.join("release/wmbus"))
            .args(["decode", "--jsonl"])
            .stdin(File::open(&corpus).with_context(|| format!("failed to open {}", corpus.display()))?)
            .stdout(
                File::create(&answers).with_context(|| format!("failed to write {}", answers.display()))?,
            ),
    )?;
    process::run(
        Command::new("python3").arg(script).arg(corpus).arg(answers).args(&arguments.score_arguments),
    )
}
