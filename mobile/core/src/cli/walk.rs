//! Walking a tour with a recording as the radio.

use std::io::BufRead;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use field_core::walk::{Pace, ReplayPosition};
use field_core::{OsRandomness, Walk};
use radio_core::ReceivedFrame;
use radio_core::replay::{Replay, ReplayErrorKind};
use serde_json::json;
use sync_protocol::Digest;

use super::arguments::{Format, Walk as Options};
use super::open::Opened;
use super::{find, output};

/// Replays a recording into the walk of a tour.
pub(super) fn walk(mut opened: Opened, options: &Options, format: Format) -> anyhow::Result<()> {
    let tour = find::tour(&opened.store, options.tour.as_deref())?;
    let walk = Walk::open(&mut opened.store, tour, opened.clock.now(), &mut OsRandomness)
        .context("failed to begin the walk")?;
    announce(&walk, format)?;
    let speed = (!options.as_fast).then_some(options.speed);
    let mut walking = Walking { opened, walk, format, pace: Pace::new(speed), recording: None };
    if options.replay == Path::new("-") {
        walking.replay(std::io::stdin().lock())?;
    } else {
        let unreadable = || format!("failed to read {}", options.replay.display());
        let bytes = std::fs::read(&options.replay).with_context(unreadable)?;
        walking.recording = Some(Digest::of(&bytes));
        walking.replay(bytes.as_slice())?;
    }
    walking.finish(options.end)
}

/// Ends the walk of a tour.
pub(super) fn end(mut opened: Opened, tour: Option<&str>, format: Format) -> anyhow::Result<()> {
    let tour = find::tour(&opened.store, tour)?;
    if opened.store.open_session(tour)?.is_none() {
        anyhow::bail!("this tour is not being walked");
    }
    let walk = Walk::open(&mut opened.store, tour, opened.clock.now(), &mut OsRandomness)?;
    let (session, progress) = (walk.session(), walk.view().progress);
    walk.end(&mut opened.store, opened.clock.now(), &mut OsRandomness)?;
    match format {
        Format::Jsonl => output::line(json!({"type": "ended", "session": session}))?,
        Format::Text => output::line(format_args!("ended with {progress}"))?,
    }
    Ok(())
}

struct Walking {
    opened: Opened,
    walk: Walk,
    format: Format,
    pace: Pace,
    /// The recording's identity; none where it cannot be read a second time.
    recording: Option<Digest>,
}

impl Walking {
    fn replay(&mut self, reader: impl BufRead) -> anyhow::Result<()> {
        let done = match self.recording {
            Some(recording) => self.walk.replayed_lines(&self.opened.store, recording)?,
            None => 0,
        };
        let mut replay = Replay::new(reader);
        while let Some(item) = replay.next() {
            let line = u64::try_from(replay.line()).unwrap_or(u64::MAX);
            if line <= done {
                continue;
            }
            match item {
                Ok(frame) => self.take(frame)?,
                Err(error) => {
                    let sender = error.sender();
                    if let ReplayErrorKind::Io(error) = error.kind {
                        return Err(error).context("failed to read the recording");
                    }
                    eprintln!("walkby-field: {error}");
                    let now = self.opened.clock.now();
                    match sender {
                        Some(sender) => self.walk.handle_damaged(sender, now),
                        None => self.walk.handle_rejected_line(now),
                    }
                }
            }
            if let Some(recording) = self.recording {
                self.walk.reached(ReplayPosition { recording, line });
            }
            self.commit_if_due()?;
        }
        Ok(())
    }

    /// Waits until the frame is due, committing meanwhile, and takes it in.
    fn take(&mut self, frame: ReceivedFrame) -> anyhow::Result<()> {
        let due = self.pace.due_ms(&frame, self.opened.clock.now());
        loop {
            self.commit_if_due()?;
            let now = self.opened.clock.now();
            if now.monotonic_ms >= due {
                self.walk.handle_frame(frame, now);
                return Ok(());
            }
            let wake = self.walk.poll_timeout().map_or(due, |deadline| deadline.min(due));
            std::thread::sleep(Duration::from_millis(wake.saturating_sub(now.monotonic_ms).max(1)));
        }
    }

    fn commit_if_due(&mut self) -> anyhow::Result<()> {
        let now = self.opened.clock.now();
        let update = self.walk.handle_timeout(&mut self.opened.store, now, &mut OsRandomness)?;
        if let Some(update) = update {
            output::update(&update, self.walk.view(), self.format)?;
        }
        Ok(())
    }

    fn finish(mut self, end: bool) -> anyhow::Result<()> {
        if let Some(update) = self.walk.flush(&mut self.opened.store, &mut OsRandomness)? {
            output::update(&update, self.walk.view(), self.format)?;
        }
        let (progress, foreign) = (self.walk.view().progress, self.walk.view().foreign_frames);
        match self.format {
            Format::Jsonl => output::line(output::progress_json(&progress, foreign))?,
            Format::Text => output::line(format_args!("{progress}; {foreign} foreign frames counted"))?,
        }
        if end {
            self.walk.end(&mut self.opened.store, self.opened.clock.now(), &mut OsRandomness)?;
        }
        Ok(())
    }
}

fn announce(walk: &Walk, format: Format) -> anyhow::Result<()> {
    let view = walk.view();
    match format {
        Format::Jsonl => output::line(json!({
            "type": "walk",
            "session": walk.session(),
            "resumed": walk.is_resumed(),
            "tour": view.tour.tour.id,
            "meters": view.progress.total,
            "keys": view.tour.keys,
        }))?,
        Format::Text => output::line(format_args!(
            "{} {}: {} meters, {} keys on this handheld; {}",
            if walk.is_resumed() { "going on with" } else { "walking" },
            view.tour.tour.name,
            view.progress.total,
            view.tour.keys,
            view.progress
        ))?,
    }
    Ok(())
}
