//! The server's own accept loop: warp has neither time limits nor TLS.
//!
//! Every connection has a limit on its handshake, on its silence, on each request and on its age, so
//! that slow or idle clients hold nothing for ever. A shutdown takes no new connection, lets every
//! request that has begun end, and then returns.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::http::{Api, Gate, Peer, Requests};
use crate::tls::Tls;

/// How long clients may take, and how many there may be.
#[derive(Debug, Clone)]
pub struct Limits {
    /// For a TLS handshake.
    pub handshake: Duration,
    /// From the beginning of a connection, or the end of its last answer, to the end of the head of
    /// the next request.
    pub silence: Duration,
    /// From the head of a request to its answer; long enough for a whole batch over a weak cell.
    pub request: Duration,
    /// After this a connection takes no further request.
    pub age: Duration,
    /// Connections at once; others wait in the system's queue.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            request: Duration::from_secs(180),
            age: Duration::from_secs(3600),
            connections: 4096,
        }
    }
}

/// After a failed accept, such as for want of file descriptors: time for connections to end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long a silent connection may take for its goodbye.
const GOODBYE: Duration = Duration::from_secs(1);
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 32;

/// Where and how to listen.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The certificate to serve, from [`crate::tls::load`].
    pub tls: Option<Tls>,
    /// Whether HTTP without TLS may leave this machine.
    pub allow_plain_http: bool,
    /// What clients may take.
    pub limits: Limits,
}

impl Options {
    /// Listens on an address with the default limits and without TLS.
    pub fn new(listen: SocketAddr) -> Self {
        Self { listen, tls: None, allow_plain_http: false, limits: Limits::default() }
    }

    /// Refuses what would send tokens and keys over a network in clear.
    ///
    /// # Errors
    /// When the address is not a loopback address, there is no TLS, and nobody allowed it.
    pub fn check(&self) -> Result<(), ServeError> {
        if self.tls.is_some() || self.allow_plain_http || self.listen.ip().to_canonical().is_loopback() {
            return Ok(());
        }
        Err(ServeError::PlainHttp { address: self.listen })
    }
}

/// Why the server does not listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Tokens and keys would travel in clear.
    #[error(
        "refused to listen on {address} without TLS: tokens and meter keys would travel in clear. Give \
         --tls-certificate and --tls-key; or listen on 127.0.0.1; or, behind a proxy that does TLS, give \
         --allow-plain-http"
    )]
    PlainHttp {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be had.
    #[error("failed to listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// A server that has its address but answers nobody yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What all connections share.
struct Shared {
    gate: Gate,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    http: auto::Builder<TokioExecutor>,
}

impl Server {
    /// Takes the address.
    ///
    /// # Errors
    /// When the address would leave this machine without TLS, or cannot be had.
    pub async fn bind(api: Api, options: Options) -> Result<Self, ServeError> {
        options.check()?;
        let unbound = |source| ServeError::Bind { address: options.listen, source };
        let listener = TcpListener::bind(options.listen).await.map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        let api = api.with_certificate(options.tls.as_ref().map(|tls| tls.certificate_sha256));
        let shared = Arc::new(Shared {
            gate: Gate::new(api, options.limits.request),
            tls: options.tls.map(|tls| TlsAcceptor::from(tls.config)),
            http: http_builder(&options.limits),
            limits: options.limits,
        });
        Ok(Self { listener, address, shared })
    }

    /// Returns the address that was taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns where clients find the server, such as `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Answers until `shutdown` resolves and every request that had begun by then is answered.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { listener, shared, .. } = self;
        let (closing, _) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        let mut is_failing = false;
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => {}
                accepted = listener.accept(), if connections.len() < shared.limits.connections => match accepted {
                    Ok((stream, peer)) => {
                        is_failing = false;
                        let connection = Connection {
                            shared: Arc::clone(&shared),
                            peer: Peer(peer),
                            closing: closing.subscribe(),
                        };
                        connections.spawn(connection.serve(stream));
                    }
                    Err(error) => {
                        // Once in a row: a flood of connections shall not become a flood of lines.
                        if !std::mem::replace(&mut is_failing, true) {
                            tracing::warn!("failed to accept a connection: {error}");
                        }
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(listener);
        tracing::info!(connections = connections.len(), "closing; requests that have begun are answered");
        shared.gate.end_streams();
        closing.send_replace(true);
        while connections.join_next().await.is_some() {}
    }
}

fn http_builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.silence);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS);
    builder
}

/// One connection.
struct Connection {
    shared: Arc<Shared>,
    peer: Peer,
    closing: watch::Receiver<bool>,
}

impl Connection {
    async fn serve(mut self, stream: TcpStream) {
        // Answers are small and wanted at once. A socket that refuses is merely slower.
        let _ = stream.set_nodelay(true);
        let Some(acceptor) = self.shared.tls.clone() else { return self.exchange(stream).await };
        let accepted = tokio::select! {
            accepted = timeout(self.shared.limits.handshake, acceptor.accept(stream)) => accepted,
            _ = self.closing.wait_for(|closing| *closing) => return,
        };
        match accepted {
            Ok(Ok(stream)) => self.exchange(stream).await,
            Ok(Err(error)) => tracing::debug!("a TLS handshake failed: {error}"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    async fn exchange(self, stream: impl AsyncRead + AsyncWrite + Unpin + 'static) {
        let Self { shared, peer, mut closing } = self;
        let (limits, requests) = (&shared.limits, Requests::new());
        let answer = service_fn(|request| {
            let (gate, open) = (shared.gate.clone(), requests.begin());
            async move { Ok::<_, Infallible>(gate.pass(request, peer, open).await) }
        });
        let mut connection = pin!(shared.http.serve_connection(TokioIo::new(stream), answer));
        let patience = tokio::select! {
            ended = connection.as_mut() => return log_end(ended),
            () = requests.silent_for(limits.silence) => GOODBYE,
            () = sleep(limits.age) => limits.request,
            _ = closing.wait_for(|closing| *closing) => limits.request,
        };
        connection.as_mut().graceful_shutdown();
        match timeout(patience, connection).await {
            Ok(ended) => log_end(ended),
            Err(_) => tracing::debug!("a connection was cut"),
        }
    }
}

fn log_end(ended: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = ended {
        tracing::debug!("a connection broke: {error}");
    }
}
