//! Writes the demonstration's tour, keys and recording into a folder:
//! `cargo run -p radio-core --example make_demo_walk -- FOLDER`.

use std::path::PathBuf;

use anyhow::Context as _;
use radio_core::demo;

fn main() -> anyhow::Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).context("name a folder to write into")?.into();
    let walk = demo::walk();
    std::fs::create_dir_all(&folder)?;
    for (name, content) in [
        ("tour.csv", &walk.tour_csv),
        ("keys.csv", &walk.keys_csv),
        ("late-keys.csv", &walk.late_keys_csv),
        ("walk.jsonl", &walk.replay_jsonl),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, content).with_context(|| format!("failed to write {}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}
