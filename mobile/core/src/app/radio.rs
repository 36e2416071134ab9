//! The ports of the engine: who listens, and how much of what was heard may wait.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use radio_core::io::{Listener, Notice, What};
use radio_core::receiver::LinkModes;

use super::live::RadioOrder;
use super::model::{Problem, ReceiverTrial};
use super::receivers;
use super::trial::Trial;

/// What may wait for the engine's thread. When it is full, receivers wait, and their ports buffer.
const WAITING: usize = 256;
/// How long a receiver is tried out: long enough for the turns of one that takes turns.
const TRIAL: Duration = Duration::from_secs(20);

/// The receiver of the walk.
#[derive(Debug, Default)]
pub(super) struct Radio {
    listener: Option<Listener>,
    /// One is taken out for each thing that was taken in.
    taken: Option<Receiver<()>>,
}

impl Radio {
    /// Does what the app ordered. `tell` is called with the order's ticket and everything that is heard.
    pub(super) fn carry_out(&mut self, order: RadioOrder, tell: impl Fn(u64, What) -> bool + Send + 'static) {
        let listener = self.listener.take();
        self.taken = None;
        if let Some(listener) = listener {
            listener.stop();
        }
        let RadioOrder::Listen { ticket, address, modes } = order else { return };
        let (mut listener, notices) = Listener::new(modes);
        let (waiting, taken) = sync_channel(WAITING);
        let started = listener.add(address).and_then(|_| {
            let forward = move || forward(ticket, &notices, &waiting, tell);
            thread::Builder::new().name("walkby-radio".into()).spawn(forward)
        });
        if started.is_ok() {
            (self.listener, self.taken) = (Some(listener), Some(taken));
        }
    }

    /// Notes that one thing was taken in.
    pub(super) fn took(&self) {
        match self.taken.as_ref().map(Receiver::try_recv) {
            None | Some(Ok(()) | Err(TryRecvError::Empty | TryRecvError::Disconnected)) => {}
        }
    }
}

fn forward(
    ticket: u64,
    notices: &Receiver<Notice>,
    waiting: &SyncSender<()>,
    tell: impl Fn(u64, What) -> bool,
) {
    for notice in notices {
        if waiting.send(()).is_err() || !tell(ticket, notice.what) {
            return;
        }
    }
}

/// Listens to a receiver for a while and returns what it showed. Blocks.
///
/// # Errors
/// `bad_receiver`, `no_receiver`, `receiver_denied` or `receiver_lost`.
pub(super) fn try_out(address: &str) -> Result<ReceiverTrial, Problem> {
    let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
    let address = receivers::parse(address)?;
    listener.add(address).map_err(|error| Problem::passing("internal", error))?;
    let (mut trial, until) = (Trial::default(), Instant::now() + TRIAL);
    while let Ok(notice) = notices.recv_timeout(until.saturating_duration_since(Instant::now())) {
        if trial.take_in(notice.what) {
            break;
        }
    }
    listener.stop();
    trial.outcome()
}
