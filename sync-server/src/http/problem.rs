//! The one place where a failure becomes a status code and a body.

use std::convert::Infallible;

use serde::Serialize;
use sync_protocol::problem::MEDIA_TYPE;
use sync_protocol::{Problem, ProblemCode};
use warp::http::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use warp::http::{HeaderName, StatusCode};
use warp::reject::Reject;
use warp::reply::{Reply, Response};
use warp::{Rejection, reject};

use crate::service::ServiceError;

/// A request that is not answered with success: what the client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    code: ProblemCode,
    detail: String,
    hint: Option<Hint>,
}

/// What a header or an extension member says besides.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Hint {
    /// Come back after so many seconds.
    RetryAfter(u64),
    /// The client may try so often before it has to wait.
    AttemptsLeft(u32),
    /// These methods are known.
    Allow(String),
}

impl Reject for ApiError {}

/// A problem with the extension members that some codes have (RFC 9457, section 3.2).
#[derive(Serialize)]
struct Body {
    #[serde(flatten)]
    problem: Problem,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts_left: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
}

impl ApiError {
    /// Wraps a code with what exactly is wrong, where, and what to do.
    pub(crate) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), hint: None }
    }

    /// A request that cannot be read.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::BadRequest, detail)
    }

    /// A path that knows other methods only.
    pub(crate) fn method_not_allowed(methods: &[&str]) -> Self {
        let methods = methods.join(", ");
        let error = Self::new(ProblemCode::MethodNotAllowed, format!("it knows {methods}"));
        Self { hint: Some(Hint::Allow(methods)), ..error }
    }

    /// Returns the stable code.
    #[cfg(test)]
    pub(crate) fn code(&self) -> ProblemCode {
        self.code
    }

    /// Returns the header that goes with the problem, if one does.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match &self.hint {
            Some(Hint::RetryAfter(seconds)) => Some((RETRY_AFTER, HeaderValue::from(*seconds))),
            Some(Hint::Allow(methods)) => Some((ALLOW, HeaderValue::from_str(methods).ok()?)),
            // Never `Basic`: browsers would ask for a password themselves.
            _ if self.code.status() == 401 => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            _ => None,
        }
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::TooManyAttempts { retry_after_seconds } => Self {
                hint: Some(Hint::RetryAfter(retry_after_seconds)),
                ..Self::new(error.code(), error.to_string())
            },
            ServiceError::WrongPassword { attempts_left } => Self {
                hint: Some(Hint::AttemptsLeft(attempts_left)),
                ..Self::new(error.code(), error.to_string())
            },
            error if error.code().status() >= 500 => {
                // What exactly failed is the operator's business, not the client's.
                tracing::error!(code = error.code().as_str(), "failed to answer: {error}");
                Self::new(error.code(), "the server's log says more")
            }
            error => Self::new(error.code(), error.to_string()),
        }
    }
}

impl Reply for ApiError {
    fn into_response(self) -> Response {
        let header = self.header();
        let (attempts_left, retry_after_seconds) = match self.hint {
            Some(Hint::AttemptsLeft(attempts)) => (Some(attempts), None),
            Some(Hint::RetryAfter(seconds)) => (None, Some(seconds)),
            _ => (None, None),
        };
        let body = Body { problem: Problem::new(self.code, self.detail), attempts_left, retry_after_seconds };
        let mut response = warp::reply::json(&body).into_response();
        *response.status_mut() =
            StatusCode::from_u16(body.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response.headers_mut().extend(header);
        response
    }
}

/// Turns the rejection of a route that matched into an answer; lets the next route try otherwise.
pub(crate) async fn recover(rejection: Rejection) -> Result<Response, Rejection> {
    if rejection.is_not_found() {
        return Err(rejection);
    }
    if let Some(error) = rejection.find::<ApiError>() {
        return Ok(error.clone().into_response());
    }
    if rejection.find::<reject::InvalidQuery>().is_some() {
        return Ok(ApiError::bad_request("the query string cannot be read").into_response());
    }
    // No other filter of warp's that rejects is in use: this is a fault of ours.
    tracing::error!("a rejection has no problem code");
    Ok(ApiError::new(ProblemCode::Internal, "see the server's log").into_response())
}

/// Answers what no route took.
pub(crate) async fn unmatched(path: warp::path::FullPath) -> Result<Response, Infallible> {
    let methods = super::routes::methods(path.as_str());
    let error = if methods.is_empty() {
        ApiError::new(ProblemCode::NotFound, "no endpoint has this path; see /api/v1/openapi.json")
    } else {
        ApiError::method_not_allowed(&methods)
    };
    Ok(error.into_response())
}

/// Renders what a handler returned.
pub(crate) fn reply(result: Result<impl Reply, ApiError>) -> Response {
    match result {
        Ok(reply) => reply.into_response(),
        Err(error) => error.into_response(),
    }
}
