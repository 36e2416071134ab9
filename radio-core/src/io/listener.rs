//! Several receivers at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::clock::Clock;
use super::worker::Worker;
use super::{Notice, ReceiverAddress, ReceiverId};
use crate::receiver::LinkModes;

/// More than arrives while a handheld commits. When it is full, receivers wait; ports buffer meanwhile.
const CHANNEL: usize = 1024;

/// Listens to any number of receivers, each on a thread of its own.
///
/// When it is dropped, all of them stop, and the channel ends when the last one did.
#[derive(Debug)]
pub struct Listener {
    notices: SyncSender<Notice>,
    modes: LinkModes,
    clock: Clock,
    next: u32,
    receivers: BTreeMap<ReceiverId, Listening>,
}

/// A receiver that is listened to.
#[derive(Debug)]
struct Listening {
    address: ReceiverAddress,
    orders: Arc<Orders>,
    thread: JoinHandle<()>,
}

/// What a worker is told to do.
#[derive(Debug)]
pub(super) struct Orders {
    stopped: AtomicBool,
    modes: Mutex<LinkModes>,
}

impl Listener {
    /// Makes a listener for these link modes, and the channel through which it tells what it hears.
    ///
    /// A receiver whose address names modes of its own hears those.
    pub fn new(modes: LinkModes) -> (Self, Receiver<Notice>) {
        let (notices, channel) = mpsc::sync_channel(CHANNEL);
        (Self { notices, modes, clock: Clock::new(), next: 0, receivers: BTreeMap::new() }, channel)
    }

    /// Begins to listen to a receiver. What goes wrong with it is told through the channel.
    ///
    /// # Errors
    /// When the system has no thread for it.
    pub fn add(&mut self, address: ReceiverAddress) -> std::io::Result<ReceiverId> {
        let id = ReceiverId(self.next);
        self.next = self.next.wrapping_add(1);
        let orders = Arc::new(Orders {
            stopped: AtomicBool::new(false),
            modes: Mutex::new(address.link_modes().unwrap_or(self.modes)),
        });
        let worker = Worker {
            id,
            address: address.clone(),
            orders: Arc::clone(&orders),
            notices: self.notices.clone(),
            clock: self.clock,
        };
        let thread = thread::Builder::new().name(format!("receiver {}", id.0)).spawn(|| worker.run())?;
        self.receivers.insert(id, Listening { address, orders, thread });
        Ok(id)
    }

    /// Stops listening to a receiver and waits until its port is closed.
    pub fn remove(&mut self, receiver: ReceiverId) {
        if let Some(listening) = self.receivers.remove(&receiver) {
            listening.stop();
            listening.wait();
        }
    }

    /// Asks all receivers whose addresses name no modes of their own for these link modes.
    pub fn set_link_modes(&mut self, modes: LinkModes) {
        self.modes = modes;
        for listening in self.receivers.values() {
            if listening.address.link_modes().is_none() {
                listening.orders.set_link_modes(modes);
            }
        }
    }

    /// Returns the receivers, in the order in which they were added.
    pub fn receivers(&self) -> impl Iterator<Item = (ReceiverId, &ReceiverAddress)> {
        self.receivers.iter().map(|(id, listening)| (*id, &listening.address))
    }

    /// Stops all receivers and waits until their ports are closed.
    pub fn stop(mut self) {
        self.receivers.values().for_each(Listening::stop);
        while let Some((_, listening)) = self.receivers.pop_first() {
            listening.wait();
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.receivers.values().for_each(Listening::stop);
    }
}

impl Listening {
    fn stop(&self) {
        self.orders.stopped.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
    }

    fn wait(self) {
        // A worker that panicked has closed its port as well.
        let _ = self.thread.join();
    }
}

impl Orders {
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn link_modes(&self) -> LinkModes {
        *self.modes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_link_modes(&self, modes: LinkModes) {
        *self.modes.lock().unwrap_or_else(PoisonError::into_inner) = modes;
    }
}
