//! When a person or the system wants the demo to end.

use tokio::signal::unix::{SignalKind, signal};

/// Waits for Ctrl-C, for a terminal that is closed, or for the system that shuts down.
///
/// # Errors
/// When the system does not tell of signals.
pub async fn asked_to_end() -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
