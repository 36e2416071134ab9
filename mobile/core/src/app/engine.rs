//! The thread that owns the app, its timers, and the way to the server.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use radio_core::io::{What, attached_ports};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

use super::exchange::Outgoing;
use super::model::{Event, PairRequest, Pairing, Problem, ReceiverTrial, Source, Start, Sync};
use super::open::{App, Options};
use super::radio::{self, Radio};
use crate::clock::{Now, SystemClock};
use crate::randomness::{OsRandomness, Randomness};
use crate::store::Passphrase;
use crate::sync::{Answer, Invitation, NoAnswer};

type Job = Box<dyn FnOnce(&mut Desk) + Send>;

enum Message {
    /// Something that the window asked.
    Job(Job),
    /// What came back for a request.
    Answered { ticket: u64, answer: Result<Answer, NoAnswer> },
    /// What the receiver of the order with this ticket told.
    Heard { ticket: u64, what: What },
    /// The window is gone.
    End,
}

/// The app on a thread of its own. Verbs wait for their answers; events are said unasked.
#[derive(Debug)]
pub struct Engine {
    messages: Sender<Message>,
    /// Taken only when the engine ends.
    network: Option<Runtime>,
    carrier: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the thread. Nothing is opened before [`Self::open`]. `say` is called with every event, in the
    /// order in which they were committed.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(options: Options, say: impl Fn(Event) + Send + 'static) -> io::Result<Self> {
        let network = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("walkby-network")
            .enable_all()
            .build()?;
        let (messages, inbox) = channel();
        let (own, carrier) = (messages.clone(), network.handle().clone());
        let (heard, network_of_desk) = (messages.clone(), carrier.clone());
        let radio = Radio::start(move |ticket, what| heard.send(Message::Heard { ticket, what }).is_ok())?;
        let thread = std::thread::Builder::new().name("walkby-engine".into()).spawn(move || {
            let Ok(clock) = SystemClock::new(&mut OsRandomness) else { return };
            let (app, waiting, say) = (None, Vec::new(), Box::new(say));
            Desk { options, clock, app, waiting, say, messages: own, network: network_of_desk, radio }
                .run(&inbox);
        })?;
        Ok(Self { messages, network: Some(network), carrier, thread: Some(thread) })
    }

    /// Opens the store; nothing else works before. An app that is open already stays so: its window was
    /// loaded anew.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open(&self, passphrase: Option<Passphrase>) -> Result<Start, Problem> {
        self.at_desk(move |desk| {
            let now = desk.clock.now();
            if desk.app.is_none() {
                desk.app = Some(App::open(desk.options.clone(), passphrase, now, &mut OsRandomness)?);
            }
            desk.app()?.start(now)
        })
        .await
    }

    /// Does something with the app, once it is open.
    ///
    /// # Errors
    /// What `job` returns, or that nothing is open.
    pub async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut App, Now, &mut dyn Randomness) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.at_desk(move |desk| {
            let now = desk.clock.now();
            job(desk.app()?, now, &mut OsRandomness)
        })
        .await
    }

    /// Pairs this handheld with a server.
    ///
    /// # Errors
    /// `wrong_address`, `wrong_pairing_code`, and what else the server or the network says. Nothing was
    /// changed then.
    pub async fn pair(&self, request: PairRequest) -> Result<Pairing, Problem> {
        let invitation = Invitation::try_from(request)?;
        let (client, request) = invitation.request()?;
        let on_its_way = client.clone();
        let answer = self.carrier.spawn(async move { on_its_way.pair(&request).await });
        let answer = answer.await.map_err(|_| gone())?;
        self.ask(move |app, _, _| app.keep_pairing(&invitation, &client, answer)).await
    }

    /// Returns what can be listened to, the receivers that are attached now among it.
    ///
    /// # Errors
    /// As [`App::sources`].
    pub async fn sources(&self) -> Result<Vec<Source>, Problem> {
        let attached = self.carrier.spawn_blocking(attached_ports).await.unwrap_or_default();
        self.ask(move |app, _, _| {
            app.set_attached(attached);
            app.sources()
        })
        .await
    }

    /// Listens to a receiver for up to 20 seconds, and tells what it showed. Not for one that a walk listens to:
    /// its port has one reader.
    ///
    /// # Errors
    /// `no_receiver`, `receiver_denied`, `receiver_lost`, `bad_receiver`.
    pub async fn try_receiver(&self, source: String) -> Result<ReceiverTrial, Problem> {
        let address = self.ask(move |app, _, _| app.receiver_to_try(&source)).await?;
        self.carrier.spawn_blocking(move || radio::try_out(&address)).await.map_err(|_| gone())?
    }

    /// Fetches tours, then offers facts. Answers when the exchange ended; events tell how it goes.
    ///
    /// # Errors
    /// `unauthorized` before the first pairing, or when the store fails. What fails on the way is in the
    /// answer.
    pub async fn exchange(&self) -> Result<Sync, Problem> {
        let ended = self.at_desk(|desk| {
            let now = desk.clock.now();
            desk.app()?.begin_exchange(now)?;
            let (tell, ended) = oneshot::channel();
            desk.waiting.push(tell);
            Ok(ended)
        });
        ended.await?.await.map_err(|_| gone())?
    }

    async fn at_desk<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Desk) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (tell, told) = oneshot::channel();
        let job = move |desk: &mut Desk| {
            // Whoever asked may be gone; what was asked is done all the same.
            let _ = tell.send(job(desk));
        };
        self.messages.send(Message::Job(Box::new(job))).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

impl Drop for Engine {
    /// Commits what was heard, and waits for that.
    fn drop(&mut self) {
        let _ = self.messages.send(Message::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // Requests that are on their way are dropped; the rows of the store know what to do.
        if let Some(network) = self.network.take() {
            network.shutdown_background();
        }
    }
}

fn gone() -> Problem {
    Problem::lasting("internal", "the engine has ended; start the app again")
}

/// What the thread has before it.
struct Desk {
    options: Options,
    clock: SystemClock,
    app: Option<App>,
    /// Who waits for the end of the exchange.
    waiting: Vec<oneshot::Sender<Result<Sync, Problem>>>,
    say: Box<dyn Fn(Event) + Send>,
    messages: Sender<Message>,
    network: Handle,
    radio: Radio,
}

impl Desk {
    fn app(&mut self) -> Result<&mut App, Problem> {
        self.app.as_mut().ok_or_else(|| Problem::lasting("internal", "the store is not open yet"))
    }

    fn run(mut self, inbox: &Receiver<Message>) {
        loop {
            match self.next(inbox) {
                Ok(Message::Job(job)) => job(&mut self),
                Ok(Message::Answered { ticket, answer }) => self.handle_answer(ticket, answer),
                Ok(Message::Heard { ticket, what }) => self.handle_heard(ticket, what),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => break,
            }
            self.carry_on();
        }
        let now = self.clock.now();
        if let Some(app) = &mut self.app {
            app.close(now, &mut OsRandomness);
        }
        self.say_events();
    }

    /// Waits for a message, or until something is due.
    fn next(&mut self, inbox: &Receiver<Message>) -> Result<Message, RecvTimeoutError> {
        let now = self.clock.now();
        match self.app.as_mut().and_then(|app| app.poll_timeout(now)) {
            Some(due) => inbox.recv_timeout(Duration::from_millis(due.saturating_sub(now.monotonic_ms))),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    fn carry_on(&mut self) {
        let now = self.clock.now();
        if let Some(app) = &mut self.app {
            app.handle_timeout(now, &mut OsRandomness);
        }
        self.carry_out_orders();
        self.send_requests();
        self.say_events();
    }

    fn handle_heard(&mut self, ticket: u64, what: What) {
        self.radio.took();
        let now = self.clock.now();
        if let Some(app) = &mut self.app {
            app.handle_radio(ticket, what, now, &mut OsRandomness);
        }
    }

    fn carry_out_orders(&mut self) {
        while let Some(order) = self.app.as_mut().and_then(App::poll_radio) {
            self.radio.order(order);
        }
    }

    fn send_requests(&mut self) {
        let now = self.clock.now();
        let Some(app) = &mut self.app else { return };
        match app.poll_transmit(now, &mut OsRandomness) {
            Ok(Some(Outgoing { client, request, ticket })) => {
                let messages = self.messages.clone();
                self.network.spawn(async move {
                    let answer = client.send(&request).await;
                    // The app may have been closed meanwhile: the rows of its store know what to do.
                    let _ = messages.send(Message::Answered { ticket, answer });
                });
            }
            Ok(None) if !app.is_exchanging() => {
                for tell in self.waiting.drain(..) {
                    let _ = tell.send(app.sync());
                }
            }
            Ok(None) => {}
            Err(problem) => self.fail(problem),
        }
    }

    fn handle_answer(&mut self, ticket: u64, answer: Result<Answer, NoAnswer>) {
        let now = self.clock.now();
        let Some(app) = &mut self.app else { return };
        if let Err(problem) = app.handle_answer(ticket, answer, now, &mut OsRandomness) {
            self.fail(problem);
        }
    }

    /// Tells a failure to those who wait, or to everybody where nobody does.
    fn fail(&mut self, problem: Problem) {
        if self.waiting.is_empty() {
            (self.say)(Event::Problem { problem: problem.clone() });
        }
        for tell in self.waiting.drain(..) {
            let _ = tell.send(Err(problem.clone()));
        }
    }

    fn say_events(&mut self) {
        while let Some(event) = self.app.as_mut().and_then(App::poll_event) {
            (self.say)(event);
        }
    }
}
