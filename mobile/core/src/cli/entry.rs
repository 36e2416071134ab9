//! What the reader types at a meter.

use std::path::Path;

use anyhow::{Context, bail};
use field_core::meter::Verdict;
use field_core::walk::{EntryError, ManualEntry, PhotoEntry, Recorded};
use field_core::{OsRandomness, Store, Walk};
use sync_protocol::TourMeterId;

use super::arguments::{At, Format, Manual, Skip};
use super::open::Opened;
use super::{find, output};

/// Keeps a value.
pub(super) fn manual(opened: Opened, manual: Manual, format: Format) -> anyhow::Result<()> {
    let confirmed = manual.confirm.iter().map(|code| verdict(code)).collect::<Result<_, _>>()?;
    let entry = ManualEntry {
        value: manual.value,
        unit: manual.unit,
        reason: manual.reason,
        confirmed,
        note: manual.note,
        corrects: manual.corrects,
    };
    record(opened, &manual.at, format, |walk, store, meter, now| {
        walk.enter_manual(store, meter, &entry, now, &mut OsRandomness)
    })
}

/// Keeps a reason.
pub(super) fn skip(opened: Opened, skip: Skip, format: Format) -> anyhow::Result<()> {
    record(opened, &skip.at, format, |walk, store, meter, now| {
        let (reason, note) = (&skip.reason, skip.note.as_deref());
        walk.skip(store, meter, reason, note, skip.corrects, now, &mut OsRandomness)
    })
}

/// Keeps a note.
pub(super) fn note(opened: Opened, at: &At, text: &str, format: Format) -> anyhow::Result<()> {
    record(opened, at, format, |walk, store, meter, now| {
        walk.note(store, meter, text, now, &mut OsRandomness)
    })
}

/// Keeps a photo.
pub(super) fn photo(
    opened: Opened,
    at: &At,
    file: &Path,
    media_type: String,
    format: Format,
) -> anyhow::Result<()> {
    let picture = std::fs::read(file).with_context(|| format!("failed to read {}", file.display()))?;
    let photo = PhotoEntry { picture, media_type };
    record(opened, at, format, |walk, store, meter, now| {
        walk.photo(store, meter, &photo, now, &mut OsRandomness)
    })
}

fn record(
    mut opened: Opened,
    at: &At,
    format: Format,
    entry: impl FnOnce(&mut Walk, &mut Store, TourMeterId, field_core::Now) -> Result<Recorded, EntryError>,
) -> anyhow::Result<()> {
    let tour = find::tour(&opened.store, at.tour.as_deref())?;
    let now = opened.clock.now();
    let mut walk = Walk::open(&mut opened.store, tour, now, &mut OsRandomness)?;
    let meter = find::meter(walk.view(), &at.meter)?;
    match entry(&mut walk, &mut opened.store, meter, now) {
        Ok(recorded) => output::recorded(&recorded, walk.view(), format),
        Err(EntryError::Unconfirmed { verdicts }) => {
            let codes: Vec<&str> = verdicts.iter().map(|verdict| verdict.as_str()).collect();
            let error = EntryError::Unconfirmed { verdicts };
            bail!("{error} (--confirm {})", codes.join(","))
        }
        Err(error) => Err(error.into()),
    }
}

fn verdict(code: &str) -> anyhow::Result<Verdict> {
    code.parse().with_context(|| format!("failed to read --confirm {code}"))
}
