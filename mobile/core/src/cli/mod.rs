//! The command line.

mod arguments;
mod entry;
mod find;
mod open;
mod output;
mod status;
mod sync;
mod walk;

use std::path::Path;

use anyhow::Context;
use field_core::{OsRandomness, Store, support};

pub(crate) use arguments::Arguments;
use arguments::Verb;
use open::Opened;

/// Does what the arguments say.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<()> {
    let opened = Opened::new(&arguments).context("failed to open the store")?;
    let format = arguments.format;
    match arguments.verb {
        Verb::Pair(pair) => sync::pair(opened, pair),
        Verb::Pull => sync::pull(opened, format),
        Verb::Push => sync::push(opened, format),
        Verb::Sync { verb: None } => sync::both(opened, format),
        Verb::Sync { verb: Some(arguments::SyncVerb::Status) } => sync::status(&opened, format),
        Verb::Walk(walk) => walk::walk(opened, &walk, format),
        Verb::End { tour } => walk::end(opened, tour.as_deref(), format),
        Verb::Status { tour } => status::status(&opened, tour.as_deref(), format),
        Verb::Manual(manual) => entry::manual(opened, manual, format),
        Verb::Skip(skip) => entry::skip(opened, skip, format),
        Verb::Note { at, text } => entry::note(opened, &at, &text, format),
        Verb::Photo { at, file, media_type } => entry::photo(opened, &at, &file, media_type, format),
        Verb::Restored => restored(opened),
        Verb::Support { output } => support_file(&opened.store, output.as_deref()),
    }
}

/// Begins a new life of a database that came out of a backup.
fn restored(mut opened: Opened) -> anyhow::Result<()> {
    let epoch = opened.store.new_epoch(opened.clock.now(), &mut OsRandomness)?;
    println!("this store begins a new life: {epoch}");
    Ok(())
}

fn support_file(store: &Store, output: Option<&Path>) -> anyhow::Result<()> {
    let report = serde_json::to_string_pretty(&support::report(store)?)?;
    match output {
        Some(path) => std::fs::write(path, report + "\n")
            .with_context(|| format!("failed to write {}", path.display()))?,
        None => println!("{report}"),
    }
    Ok(())
}
