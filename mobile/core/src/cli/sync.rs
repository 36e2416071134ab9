//! Talking with the server.

use anyhow::{Context, bail};
use field_core::sync::{self, Invitation, Report, SyncError, Trust};
use field_core::walk::derive_again;
use serde_json::json;
use sync_protocol::Token;

use super::arguments::{Format, Pair};
use super::open::Opened;
use super::output;

/// Pairs this handheld with a server.
pub(super) fn pair(mut opened: Opened, pair: Pair) -> anyhow::Result<()> {
    let trust = match &pair.ca {
        Some(path) => Trust::Authorities(
            std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?,
        ),
        None => Trust::Platform,
    };
    let invitation =
        Invitation { server_url: pair.server, code: Token::new(pair.code), name: pair.name, trust };
    let paired = runtime()?.block_on(sync::pair(&mut opened.store, &invitation)).context("failed to pair")?;
    output::line(format_args!("paired with {} as {}", paired.server_name, paired.replica))?;
    Ok(())
}

/// Fetches tours.
pub(super) fn pull(mut opened: Opened, format: Format) -> anyhow::Result<()> {
    let report = runtime()?.block_on(sync::pull(&mut opened.store, &opened.clock));
    finish(&mut opened, report, format)
}

/// Offers facts.
pub(super) fn push(mut opened: Opened, format: Format) -> anyhow::Result<()> {
    let report = runtime()?.block_on(sync::push(&mut opened.store, &opened.clock));
    finish(&mut opened, report, format)
}

/// Fetches tours, then offers facts.
pub(super) fn both(mut opened: Opened, format: Format) -> anyhow::Result<()> {
    let report = runtime()?.block_on(sync::synchronize(&mut opened.store, &opened.clock, |_| {}));
    finish(&mut opened, report, format)
}

/// Shows how the sync stands.
pub(super) fn status(opened: &Opened, format: Format) -> anyhow::Result<()> {
    let status = sync::status(&opened.store)?;
    if format == Format::Jsonl {
        output::line(json!({
            "type": "sync_status",
            "done": status.is_done(),
            "server": status.server_url,
            "pair_again": status.pair_again,
            "waiting": status.waiting,
            "in_flight": status.in_flight,
            "receipted": status.receipted,
            "safe": status.safe,
            "quarantined": status.quarantined,
            "refused": status.refused,
            "error": status.last_error.as_ref().map(|error| {
                json!({"code": error.code, "message": error.message, "failures": error.failures})
            }),
            "failing_since": status.failing_since,
            "server_time": status.server_time,
        }))?;
        return Ok(());
    }
    match &status.server_url {
        Some(server) => output::line(format_args!("paired with {server}"))?,
        None => output::line("not paired")?,
    }
    output::line(format_args!(
        "{} facts wait, {} are on their way, the server has {} ({} of them safe in a backup)",
        status.waiting, status.in_flight, status.receipted, status.safe
    ))?;
    if status.quarantined > 0 {
        output::line(format_args!("the server keeps {} aside for the office", status.quarantined))?;
    }
    if status.refused > 0 {
        output::line(format_args!("the server takes {} in no batch; they are kept here", status.refused))?;
    }
    if let Some(code) = &status.pair_again {
        output::line(format_args!("the server refused this handheld ({code}); pair it again"))?;
    }
    if let (Some(error), Some(since)) = (&status.last_error, status.failing_since) {
        output::line(format_args!(
            "SYNC FAILED {} times since {since}: {} ({})",
            error.failures, error.message, error.code
        ))?;
    }
    Ok(())
}

/// Derives again what new keys may open, prints what the session did, and fails when it broke off.
fn finish(opened: &mut Opened, report: Result<Report, SyncError>, format: Format) -> anyhow::Result<()> {
    let report = report.context("failed to sync")?;
    let mut opened_late = 0;
    for stored in opened.store.tours()?.iter().filter(|stored| !stored.withdrawn) {
        opened_late += derive_again(&mut opened.store, stored.tour.id)?;
    }
    match format {
        Format::Jsonl => output::line(json!({
            "type": "sync",
            "changes": report.changes,
            "batches": report.batches,
            "accepted": report.accepted,
            "duplicate": report.duplicate,
            "quarantined": report.quarantined,
            "refused": report.refused,
            "offered_again": report.offered_again,
            "purged": report.purged,
            "opened_by_late_keys": opened_late,
            "stopped": report.stopped.as_ref().map(|failure| failure.code()),
        }))?,
        Format::Text => output::line(format_args!(
            "{} changes fetched; {} batches sent: {} facts were new to the server, {} it had, {} it keeps \
             aside",
            report.changes, report.batches, report.accepted, report.duplicate, report.quarantined
        ))?,
    }
    match report.stopped {
        Some(failure) => bail!("failed to sync: {failure}; what was not taken is kept here"),
        None => Ok(()),
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
