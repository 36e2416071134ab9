//! A receiver at a port, on a thread of its own.

use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::host::Host;
use super::port::Port;
#[cfg(unix)]
use super::pty::Pty;
use super::tcp::Tcp;
use crate::{AirTelegram, Emulator, Fault};

/// Serves an emulated receiver until it is dropped.
#[derive(Debug)]
pub struct Station {
    orders: Sender<Order>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

/// What a test or a person wants of the receiver.
#[derive(Debug)]
enum Order {
    Hear(AirTelegram, Sender<usize>),
    Unplug,
    PlugIn,
}

impl Station {
    /// Serves a receiver over a pseudo-terminal that is found at `link`.
    ///
    /// # Errors
    /// Says why there is no pseudo-terminal or no link.
    #[cfg(unix)]
    pub fn over_pty(
        receiver: impl Into<Box<dyn Emulator>>,
        fault: Option<Fault>,
        link: &Path,
    ) -> io::Result<Self> {
        Self::start(receiver.into(), fault, Box::new(Pty::at(Some(link))?))
    }

    /// Serves a receiver over a pseudo-terminal and returns the terminal's path.
    ///
    /// # Errors
    /// Says why there is no pseudo-terminal.
    #[cfg(unix)]
    pub fn over_any_pty(
        receiver: impl Into<Box<dyn Emulator>>,
        fault: Option<Fault>,
    ) -> io::Result<(Self, PathBuf)> {
        let pty = Pty::at(None)?;
        let terminal = pty.terminal().to_owned();
        Ok((Self::start(receiver.into(), fault, Box::new(pty))?, terminal))
    }

    /// Serves a receiver at a TCP address and returns the address, with the port that was free if 0 was asked for.
    ///
    /// # Errors
    /// Says why the address cannot be listened at.
    pub fn over_tcp(
        receiver: impl Into<Box<dyn Emulator>>,
        fault: Option<Fault>,
        address: SocketAddr,
    ) -> io::Result<(Self, SocketAddr)> {
        let tcp = Tcp::at(address)?;
        let address = tcp.address();
        Ok((Self::start(receiver.into(), fault, Box::new(tcp))?, address))
    }

    fn start(emulator: Box<dyn Emulator>, fault: Option<Fault>, port: Box<dyn Port>) -> io::Result<Self> {
        let (orders, taken) = mpsc::channel();
        let host = Host::new(emulator, fault, port);
        let thread = thread::Builder::new().name("emulator".to_owned()).spawn(|| serve(host, taken))?;
        Ok(Self { orders, thread: Some(thread) })
    }

    /// Puts a telegram in the air and returns how many times the host will get it whole: not at all when the
    /// receiver does not listen in that mode or the line damages it, more than once in a flood.
    pub fn hear(&self, telegram: &AirTelegram) -> usize {
        let (answer, delivered) = mpsc::channel();
        // A thread that ended delivers nothing, and `stop` says why.
        let _ = self.orders.send(Order::Hear(telegram.clone(), answer));
        delivered.recv().unwrap_or(0)
    }

    /// Pulls the plug: the port disappears, and the receiver forgets what it did not store.
    pub fn unplug(&self) {
        let _ = self.orders.send(Order::Unplug);
    }

    /// Plugs in again, at the same place.
    pub fn plug_in(&self) {
        let _ = self.orders.send(Order::PlugIn);
    }

    /// Ends serving.
    ///
    /// # Errors
    /// Says what went wrong at the port meanwhile.
    pub fn stop(mut self) -> io::Result<()> {
        self.join()
    }

    fn join(&mut self) -> io::Result<()> {
        // A channel whose sender is gone is the order to end.
        self.orders = mpsc::channel().0;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(served)) => served,
            Some(Err(_)) => Err(io::Error::other("the emulator panicked")),
            None => Ok(()),
        }
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        // Whoever wants to know calls `stop`.
        let _ = self.join();
    }
}

fn serve(mut host: Host, orders: Receiver<Order>) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match orders.try_recv() {
            Ok(Order::Hear(telegram, answer)) => {
                // Who does not wait for it does not need it.
                let _ = answer.send(host.hear(&telegram, start.elapsed()));
            }
            Ok(Order::Unplug) => host.unplug(),
            Ok(Order::PlugIn) => host.plug_in(start.elapsed())?,
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return Ok(()),
        }
        host.turn(start.elapsed())?;
    }
}
