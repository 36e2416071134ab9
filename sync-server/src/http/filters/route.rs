//! Whether a request is for an endpoint, and the identities in its path.

use std::str::FromStr;
use std::sync::Arc;

use sync_protocol::ProblemCode;
use warp::http::Method;
use warp::path::FullPath;
use warp::{Filter, Rejection};

use crate::http::problem::ApiError;
use crate::http::routes::Route;

/// The segments of a path that stand where the route has names.
#[derive(Debug, Clone)]
pub(crate) struct PathParameters {
    route: &'static Route,
    segments: Arc<[String]>,
}

impl PathParameters {
    /// Reads the segment that stands where the route has `{name}`.
    ///
    /// # Errors
    /// When it is not such an identity: then there is no such thing.
    pub(crate) fn parse<T: FromStr>(&self, name: &str) -> Result<T, ApiError> {
        let names =
            self.route.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        names
            .zip(self.segments.iter())
            .find(|(known, _)| *known == name)
            .and_then(|(_, segment)| segment.parse().ok())
            .ok_or_else(|| ApiError::new(ProblemCode::NotFound, format!("the path names no {name}")))
    }
}

/// Takes a request for this endpoint; lets every other one pass on.
pub(crate) fn route(
    route: &'static Route,
) -> impl Filter<Extract = (PathParameters,), Error = Rejection> + Clone {
    warp::method().and(warp::path::full()).and_then(move |method: Method, path: FullPath| {
        let captured = (method == route.method).then(|| route.captures(path.as_str())).flatten();
        std::future::ready(
            captured
                .map(|segments| PathParameters { route, segments: segments.into() })
                .ok_or_else(warp::reject::not_found),
        )
    })
}
