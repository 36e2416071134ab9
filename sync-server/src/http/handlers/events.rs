//! What changes, as it changes: server-sent events.
//!
//! One chunk waits for a listener at most: what a slow one does not take is not read, and what it missed
//! by then is one `resync`. The stream ends by itself when the server closes, so it holds up no shutdown.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use warp::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use warp::http::{HeaderMap, HeaderName};
use warp::reply::{Reply, Response};

use crate::http::api::Api;
use crate::http::filters::{PathParameters, credentials};
use crate::http::problem::ApiError;
use crate::service::live::{Listener, Notice, Outbox, Parcel};
use crate::service::{Actor, Credentials, Service, ServiceError};

/// The media type of server-sent events.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// A comment is sent after so much silence, so that proxies and browsers know that the line is alive.
const SILENCE: Duration = Duration::from_secs(15);

/// How long a browser waits before it comes back.
const RETRY_MS: u32 = 3_000;

static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

pub(crate) async fn listen(
    api: Api,
    _: Actor,
    _: PathParameters,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let credentials = credentials(&headers)?;
    let last = headers.get(&LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    // A number that is none cannot be caught up with: as if too much was missed.
    let last = last.map(|last| last.trim().parse().unwrap_or(u64::MAX));
    let listener = api.service.listen(last);
    // One chunk may wait: what the listener does not take is not read.
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(Stream::begin(api.service, listener, credentials).run(sender));
    let stream = stream::unfold(receiver, |mut receiver| async {
        let chunk = receiver.recv().await?;
        Some((Ok::<Bytes, Infallible>(chunk), receiver))
    });
    let mut response = warp::reply::stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The stream of one listener.
struct Stream {
    service: Arc<Service>,
    listener: Listener,
    credentials: Credentials,
    outbox: Outbox,
    began: Instant,
    /// When the next comment is due.
    silent_until: Instant,
    greeting: Option<Bytes>,
    has_ended: bool,
}

impl Stream {
    fn begin(service: Arc<Service>, mut listener: Listener, credentials: Credentials) -> Self {
        let mut outbox = Outbox::new(listener.commit);
        match listener.missed.take() {
            Some(missed) => missed.into_iter().for_each(|told| outbox.take(told)),
            None => outbox.resync(),
        }
        let began = Instant::now();
        // The number goes ahead of any event, so that who breaks off before the first misses nothing; but
        // not ahead of what was missed.
        let id = match outbox.next_due(0) {
            None => format!("id: {}\n", listener.commit),
            Some(_) => String::new(),
        };
        let greeting = Some(Bytes::from(format!("retry: {RETRY_MS}\n{id}\n")));
        let silent_until = began + SILENCE;
        Self { service, listener, credentials, outbox, began, silent_until, greeting, has_ended: false }
    }

    /// Sends until the stream is over or the listener is gone.
    async fn run(mut self, sender: mpsc::Sender<Bytes>) {
        while !self.has_ended {
            let chunk = tokio::select! {
                chunk = self.next() => chunk,
                () = sender.closed() => return,
            };
            let Some(chunk) = chunk else { return };
            if sender.send(chunk).await.is_err() {
                return;
            }
        }
    }

    /// Returns the next bytes; none when the stream is over.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(greeting) = self.greeting.take() {
            return Some(greeting);
        }
        loop {
            if *self.listener.closing.borrow() {
                return None;
            }
            let parcels = self.outbox.due(self.now_ms());
            if !parcels.is_empty() {
                let text = self.render(parcels).await;
                if !text.is_empty() {
                    self.silent_until = Instant::now() + SILENCE;
                    return Some(text.into());
                }
                continue;
            }
            let due = self.outbox.next_due(self.now_ms()).map(|due| self.began + Duration::from_millis(due));
            let wake = due.map_or(self.silent_until, |due| due.min(self.silent_until));
            let closing = self.listener.closing.clone();
            let told = tokio::select! {
                biased;
                () = closed(closing) => return None,
                told = self.listener.receiver.recv() => Some(told),
                () = sleep_until(wake) => None,
            };
            match told {
                Some(Ok(told)) => {
                    self.outbox.take(told);
                    while let Ok(told) = self.listener.receiver.try_recv() {
                        self.outbox.take(told);
                    }
                }
                Some(Err(RecvError::Lagged(_))) => self.outbox.resync(),
                Some(Err(RecvError::Closed)) => return None,
                None if Instant::now() >= self.silent_until => {
                    self.silent_until = Instant::now() + SILENCE;
                    return Some(self.stand_by().await);
                }
                None => {}
            }
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Reads what changed and writes it down. What cannot be read now is loaded later, with everything.
    async fn render(&mut self, parcels: Vec<(u64, Parcel)>) -> String {
        let mut text = String::new();
        for (commit, parcel) in parcels {
            let (name, data) = match parcel {
                Parcel::Resync => ("resync", "{}".to_owned()),
                Parcel::Changed(Notice::Sessions) => {
                    if self.is_signed_out().await {
                        self.has_ended = true;
                        text.push_str(&event("signed_out", commit, "{}"));
                        return text;
                    }
                    continue;
                }
                Parcel::Changed(notice) => match self.service.live_event(notice).await {
                    Ok(Some(event)) => (event.name, event.data),
                    Ok(None) => continue,
                    Err(error) => {
                        tracing::warn!("failed to read what changed: {error}");
                        ("resync", "{}".to_owned())
                    }
                },
            };
            text.push_str(&event(name, commit, &data));
        }
        text
    }

    /// Says that the line is alive, or that the session is over.
    async fn stand_by(&mut self) -> Bytes {
        if self.is_signed_out().await {
            self.has_ended = true;
            return Bytes::from_static(b"event: signed_out\ndata: {}\n\n");
        }
        Bytes::from_static(b": alive\n\n")
    }

    /// Looks whether the session is still open, without carrying it on: who only listens is not there.
    async fn is_signed_out(&self) -> bool {
        matches!(self.service.office_session(&self.credentials).await, Err(ServiceError::Unauthorized))
    }
}

/// Waits until the server closes.
async fn closed(mut closing: watch::Receiver<bool>) {
    // An error says that whoever would close is gone: that is as good.
    let _ = closing.wait_for(|closing| *closing).await;
}

fn event(name: &str, commit: u64, data: &str) -> String {
    format!("id: {commit}\nevent: {name}\ndata: {data}\n\n")
}
