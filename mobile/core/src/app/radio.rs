//! The ports of the engine: who listens, and how much of what was heard may wait.

use std::io;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use radio_core::io::{Listener, Notice, PortError, ReceiverAddress, What};
use radio_core::receiver::LinkModes;

use super::live::RadioOrder;
use super::model::{Problem, ReceiverTrial};
use super::receivers;
use super::trial::Trial;

/// What may wait for the engine's thread. When it is full, receivers wait, and their ports buffer.
const WAITING: usize = 256;
/// How long a receiver is tried out: long enough for the turns of one that takes turns.
const TRIAL: Duration = Duration::from_secs(20);

/// The receiver of the walk, on a thread of its own: to close a port takes its time, and the next one is opened
/// only when the last one is closed, because both may be the same.
#[derive(Debug)]
pub(super) struct Radio {
    orders: Sender<RadioOrder>,
    /// One is taken out for each thing that was taken in.
    taken: Receiver<()>,
}

/// Hands over what is heard; waits while too much of it waits already.
#[derive(Debug, Clone)]
struct Teller<T> {
    waiting: SyncSender<()>,
    tell: T,
}

impl Radio {
    /// Starts the thread; nothing is listened to yet. `tell` is called with an order's ticket and what is told
    /// since, until it returns that nobody takes it.
    ///
    /// # Errors
    /// When the system has no thread.
    pub(super) fn start(tell: impl Fn(u64, What) -> bool + Clone + Send + 'static) -> io::Result<Self> {
        Self::start_with(listen, tell)
    }

    fn start_with<T: Fn(u64, What) -> bool + Clone + Send + 'static>(
        listen: impl Fn(u64, ReceiverAddress, LinkModes, Teller<T>) -> io::Result<Listener> + Send + 'static,
        tell: T,
    ) -> io::Result<Self> {
        let (orders, ordered) = channel();
        let (waiting, taken) = sync_channel(WAITING);
        let teller = Teller { waiting, tell };
        let work = move || carry_out(&ordered, listen, &teller);
        thread::Builder::new().name("walkby-radio".into()).spawn(work)?;
        Ok(Self { orders, taken })
    }

    /// Has done what the app ordered, after what it ordered before; does not wait for it.
    pub(super) fn order(&self, order: RadioOrder) {
        // The thread takes orders for as long as this side gives any.
        let _ = self.orders.send(order);
    }

    /// Notes that one thing was taken in.
    pub(super) fn took(&self) {
        let _ = self.taken.try_recv();
    }
}

impl<T: Fn(u64, What) -> bool> Teller<T> {
    /// Returns whether it was taken.
    fn tell(&self, ticket: u64, what: What) -> bool {
        self.waiting.send(()).is_ok() && (self.tell)(ticket, what)
    }
}

/// Does what is ordered until nobody orders any more; the last listener stops then.
fn carry_out<T: Fn(u64, What) -> bool + Clone>(
    orders: &Receiver<RadioOrder>,
    listen: impl Fn(u64, ReceiverAddress, LinkModes, Teller<T>) -> io::Result<Listener>,
    teller: &Teller<T>,
) {
    let mut listener: Option<Listener> = None;
    for order in orders {
        if let Some(listener) = listener.take() {
            listener.stop();
        }
        let RadioOrder::Listen { ticket, address, modes } = order else { continue };
        let place = address.to_string();
        match listen(ticket, address, modes, teller.clone()) {
            Ok(listening) => listener = Some(listening),
            Err(error) => {
                teller.tell(ticket, What::Failed(PortError::Open { place, error }));
            }
        }
    }
}

/// Begins to listen to a receiver, and to tell what it tells.
fn listen<T: Fn(u64, What) -> bool + Send + 'static>(
    ticket: u64,
    address: ReceiverAddress,
    modes: LinkModes,
    teller: Teller<T>,
) -> io::Result<Listener> {
    let (mut listener, notices) = Listener::new(modes);
    let forward = move || {
        // What nobody takes any more needs no receiver either: its worker ends when the channel does.
        notices.into_iter().all(|Notice { what, .. }| teller.tell(ticket, what))
    };
    thread::Builder::new().name("walkby-heard".into()).spawn(forward)?;
    listener.add(address)?;
    Ok(listener)
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

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read as _};
    use std::net::TcpListener;

    use super::*;

    fn order_to_listen(ticket: u64, address: &str) -> RadioOrder {
        RadioOrder::Listen { ticket, address: address.parse().unwrap(), modes: LinkModes::C_AND_T }
    }

    #[test]
    fn orders_do_not_wait_for_one_another_and_a_receiver_without_a_thread_is_told() {
        let (say, said) = channel();
        let (begin, may_begin) = channel::<()>();
        let listen = move |_, _, _, _| {
            may_begin.recv().unwrap();
            Err(ErrorKind::WouldBlock.into())
        };
        let radio = Radio::start_with(listen, move |ticket, what| say.send((ticket, what)).is_ok()).unwrap();
        radio.order(order_to_listen(1, "tcp:gateway:7227"));
        radio.order(RadioOrder::Stop);
        radio.order(order_to_listen(2, "im871a:/dev/ttyUSB0"));
        assert!(said.try_recv().is_err(), "all was ordered before anything was done");
        for (ticket, place) in [(1, "tcp:gateway:7227"), (2, "im871a:/dev/ttyUSB0")] {
            begin.send(()).unwrap();
            let (told, What::Failed(PortError::Open { place: failed, error })) = said.recv().unwrap() else {
                panic!("no failure was told")
            };
            assert_eq!((told, failed.as_str(), error.kind()), (ticket, place, ErrorKind::WouldBlock));
        }
    }

    #[test]
    fn a_port_is_closed_before_the_next_one_is_opened() {
        let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("lines:tcp:{}", gateway.local_addr().unwrap());
        let radio = Radio::start(|_, _| true).unwrap();
        radio.order(order_to_listen(1, &address));
        let (mut first, _) = gateway.accept().unwrap();
        radio.order(order_to_listen(2, &address));
        let _second = gateway.accept().unwrap();
        first.set_nonblocking(true).unwrap();
        assert_eq!(first.read(&mut [0]).unwrap(), 0, "the first connection has ended");
    }

    #[test]
    fn no_more_waits_than_may_wait_and_taking_in_lets_more_come() {
        let (say, said) = channel();
        let (waiting, taken) = sync_channel(1);
        let radio = Radio { orders: channel().0, taken };
        let teller = Teller { waiting, tell: move |ticket, _| say.send(ticket).is_ok() };
        assert!(teller.tell(1, What::Ended));
        thread::scope(|scope| {
            let second = scope.spawn(|| teller.tell(2, What::Ended));
            assert_eq!(said.try_iter().collect::<Vec<_>>(), [1]);
            radio.took();
            assert!(second.join().unwrap());
        });
        assert_eq!(said.try_iter().collect::<Vec<_>>(), [2]);
        drop(radio);
        assert!(!teller.tell(3, What::Ended), "nobody is there to take it in");
    }
}
