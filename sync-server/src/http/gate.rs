//! What every request passes: time limit, compression, counters and headers of all answers.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper_util::service::TowerToHyperService;
use sync_protocol::ProblemCode;
use tokio::sync::watch;
use warp::http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE, X_CONTENT_TYPE_OPTIONS};
use warp::http::{Request, Response};
use warp::reply::Reply as _;

use super::api::Api;
use super::compression::{Coding, Compressed, compress};
use super::cookie::Renewed;
use super::peer::Peer;
use super::problem::ApiError;
use super::router::router;
use super::routes;

type Answer = warp::reply::Response;
type AnswerFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;
type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The way into the API, the same for every connection.
#[derive(Clone)]
pub(crate) struct Gate {
    api: Api,
    answer: Arc<dyn Fn(Request<Incoming>) -> AnswerFuture + Send + Sync>,
    limit: Duration,
}

impl Gate {
    /// Serves an API that gives up on requests after `limit`.
    pub(crate) fn new(api: Api, limit: Duration) -> Self {
        let service = TowerToHyperService::new(warp::service(router(&api)));
        let answer = move |request: Request<Incoming>| -> AnswerFuture {
            let answer = hyper::service::Service::call(&service, request);
            Box::pin(async { answer.await.unwrap_or_else(|never: Infallible| match never {}) })
        };
        Self { api, answer: Arc::new(answer), limit }
    }

    /// Ends the answers that have no end of their own.
    pub(crate) fn end_streams(&self) {
        self.api.service.end_listening();
    }

    /// Answers a request.
    pub(crate) async fn pass(
        &self,
        mut request: Request<Incoming>,
        peer: Peer,
        open: OpenRequest,
    ) -> Response<impl Body<Data = Bytes, Error = BodyError> + use<>> {
        let begun = Instant::now();
        let route = routes::find(request.method(), request.uri().path());
        let coding = Coding::accepted(request.headers());
        let renewed = Renewed::default();
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(renewed.clone());
        let mut response =
            tokio::time::timeout(self.limit, (self.answer)(request)).await.unwrap_or_else(|_| {
                let detail = format!("it was not done within {} s", self.limit.as_secs());
                ApiError::new(ProblemCode::RequestTimeout, detail).into_response()
            });
        let headers = response.headers_mut();
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        if let Some(cookie) = renewed.take() {
            // A handler that ends the session has the last word.
            headers.entry(SET_COOKIE).or_insert(cookie);
        }

        let (status, time) = (response.status().as_u16(), begun.elapsed());
        self.api.metrics.answered(route, status, time);
        let (method, path) = route.map_or(("other", "other"), |route| (route.method.as_str(), route.path));
        tracing::info!(method, route = path, status, milliseconds = time.as_millis(), "answered");
        compress(response, coding).map(|body| Tracked { body, _open: open })
    }
}

/// How many requests of a connection are being answered.
#[derive(Debug, Clone)]
pub(crate) struct Requests(Arc<watch::Sender<usize>>);

impl Requests {
    /// Begins with none.
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    /// Counts a request until the returned guard is dropped.
    pub(crate) fn begin(&self) -> OpenRequest {
        self.0.send_modify(|open| *open += 1);
        OpenRequest(Arc::clone(&self.0))
    }

    /// Waits until there was no request for `limit`.
    pub(crate) async fn silent_for(&self, limit: Duration) {
        let mut open = self.0.subscribe();
        loop {
            // The sender lives in `self`: the channel cannot close while this waits.
            let _ = open.wait_for(|open| *open == 0).await;
            if tokio::time::timeout(limit, open.changed()).await.is_err() {
                return;
            }
        }
    }
}

/// A request that is being answered: until the last byte of its answer was handed over.
#[derive(Debug)]
pub(crate) struct OpenRequest(Arc<watch::Sender<usize>>);

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}

/// The body of an answer, whose request is open until it is sent.
struct Tracked<B> {
    body: Compressed<B>,
    _open: OpenRequest,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Tracked<B>
where
    B::Error: Into<BodyError>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
