//! Every endpoint, once: the router, the metrics, the `Allow` header and the check of the OpenAPI
//! document all read this table.

use warp::http::Method;

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Anyone who reaches the server.
    Anyone,
    /// A paired handheld, by its token.
    Handheld,
    /// The office, by the token of a login.
    Administrator,
    /// A program on the server's own machine, or the office by the token of a login.
    Local,
}

/// One endpoint: a method on a path.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with a name in braces where an identity stands.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
}

impl Route {
    /// Says whether the endpoint only looks (RFC 9110, section 9.2.1).
    pub(crate) fn is_safe(&self) -> bool {
        self.method.is_safe()
    }

    const fn new(method: Method, path: &'static str, access: Access) -> Self {
        Self { method, path, access }
    }

    /// Returns the segments of `path` that stand where the template has names, in their order, or
    /// none when it is another path.
    pub(crate) fn captures(&self, path: &str) -> Option<Vec<String>> {
        let mut captured = Vec::new();
        let mut segments = path.split('/');
        for expected in self.path.split('/') {
            let segment = segments.next()?;
            if expected.starts_with('{') {
                if segment.is_empty() {
                    return None;
                }
                captured.push(segment.to_owned());
            } else if segment != expected {
                return None;
            }
        }
        segments.next().is_none().then_some(captured)
    }
}

macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident = $method:ident $path:literal $access:ident;)*) => {
        $($(#[$doc])* pub static $name: Route = Route::new(Method::$method, $path, Access::$access);)*

        /// Every endpoint.
        pub static ALL: &[&Route] = &[$(&$name),*];
    };
}

routes! {
    /// What the server says of itself.
    HELLO = GET "/api/v1/hello" Anyone;
    /// Pairs a handheld by a one-time code.
    PAIR = POST "/api/v1/pair" Anyone;
    /// Begins a session of the office.
    LOG_IN = POST "/api/v1/login" Anyone;
    /// Shows the session.
    SHOW_SESSION = GET "/api/v1/login" Administrator;
    /// Ends it.
    LOG_OUT = POST "/api/v1/logout" Administrator;
    /// Changes the office's password.
    CHANGE_PASSWORD = PUT "/api/v1/password" Administrator;
    /// Makes a one-time pairing code.
    CREATE_PAIRING_CODE = POST "/api/v1/pairing-codes" Administrator;
    /// Lists the handhelds.
    LIST_HANDHELDS = GET "/api/v1/handhelds" Administrator;
    /// Reports what is missing of a handheld's facts.
    SHOW_GAPS = GET "/api/v1/handhelds/{replica}/gaps" Administrator;
    /// Revokes a handheld.
    REVOKE_HANDHELD = DELETE "/api/v1/handhelds/{replica}" Administrator;
    /// Creates a tour from CSV.
    CREATE_TOUR = POST "/api/v1/tours" Administrator;
    /// Says what a CSV of a tour would become.
    PREVIEW_TOUR = POST "/api/v1/tours/preview" Administrator;
    /// Lists the tours.
    LIST_TOURS = GET "/api/v1/tours" Administrator;
    /// Shows a tour with its lines.
    SHOW_TOUR = GET "/api/v1/tours/{tour}" Administrator;
    /// Lists the lines of a tour and how they stand.
    LIST_LINES = GET "/api/v1/tours/{tour}/lines" Administrator;
    /// Shows everything of a line.
    SHOW_LINE = GET "/api/v1/tours/{tour}/lines/{line}" Administrator;
    /// Shows the values of a line's meter over the years.
    LINE_HISTORY = GET "/api/v1/tours/{tour}/lines/{line}/history" Administrator;
    /// Gives a tour to a handheld.
    ASSIGN_TOUR = PUT "/api/v1/tours/{tour}/assignment" Administrator;
    /// Takes a tour from a handheld.
    WITHDRAW_TOUR = DELETE "/api/v1/tours/{tour}/assignment/{replica}" Administrator;
    /// Releases a tour, so that its handheld may pull it.
    RELEASE_TOUR = POST "/api/v1/tours/{tour}/release" Administrator;
    /// Lists which meters have keys, and whether they work.
    LIST_KEYS = GET "/api/v1/keys" Administrator;
    /// Says what a CSV of keys would do.
    PREVIEW_KEYS = POST "/api/v1/keys/preview" Administrator;
    /// Imports meter keys from CSV.
    IMPORT_KEYS = POST "/api/v1/keys" Administrator;
    /// Pulls the changes of a handheld's tours.
    PULL_CHANGES = GET "/api/v1/changes" Handheld;
    /// Pushes a batch.
    PUSH_BATCH = PUT "/api/v1/replicas/{replica}/batches/{batch}" Handheld;
    /// Shows the receipt of a batch again.
    SHOW_RECEIPT = GET "/api/v1/replicas/{replica}/batches/{batch}/receipt" Handheld;
    /// Queries readings.
    LIST_READINGS = GET "/api/v1/readings" Administrator;
    /// Exports readings as CSV.
    EXPORT_READINGS = GET "/api/v1/readings.csv" Administrator;
    /// Shows a telegram: its bytes and what each of them means.
    SHOW_TELEGRAM = GET "/api/v1/telegrams/{telegram}" Administrator;
    /// Takes a telegram apart byte by byte.
    EXPLAIN_TELEGRAM = GET "/api/v1/telegrams/{telegram}/explanation" Administrator;
    /// Tells what changes, as it changes.
    EVENTS = GET "/api/v1/events" Administrator;
    /// Corrects a reading.
    CREATE_CORRECTION = POST "/api/v1/corrections" Administrator;
    /// Lists who did what.
    LIST_AUDIT = GET "/api/v1/audit" Administrator;
    /// Takes and verifies a backup.
    CREATE_BACKUP = POST "/api/v1/backups" Administrator;
    /// Says whether the server can answer.
    HEALTH = GET "/api/v1/health" Anyone;
    /// Counters and gauges for Prometheus.
    METRICS = GET "/api/v1/metrics" Local;
    /// The OpenAPI document.
    OPENAPI = GET "/api/v1/openapi.json" Anyone;
}

/// Returns the endpoint that answers a request, if one does.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Route> {
    ALL.iter().copied().find(|route| route.method == *method && route.captures(path).is_some())
}

/// Returns the methods that a path knows: none when there is no such path.
pub(crate) fn methods(path: &str) -> Vec<&'static str> {
    ALL.iter().filter(|route| route.captures(path).is_some()).map(|route| route.method.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_matches_whole_or_not_at_all() {
        assert_eq!(SHOW_TOUR.captures("/api/v1/tours/7"), Some(vec!["7".to_owned()]));
        for other in
            ["/api/v1/tours", "/api/v1/tours/", "/api/v1/tours/7/", "/api/v1/tours/7/lines", "/api/v1/x/7"]
        {
            assert_eq!(SHOW_TOUR.captures(other), None, "{other}");
        }
    }

    #[test]
    fn a_path_names_the_methods_that_it_knows() {
        assert_eq!(methods("/api/v1/tours"), ["POST", "GET"]);
        assert_eq!(methods("/api/v1/nothing"), Vec::<&str>::new());
        assert_eq!(find(&Method::GET, "/api/v1/readings.csv"), Some(&EXPORT_READINGS));
        assert_eq!(find(&Method::PATCH, "/api/v1/readings"), None);
    }

    #[test]
    fn no_two_routes_answer_the_same_request() {
        for route in ALL {
            let same = ALL.iter().filter(|other| other.method == route.method && other.path == route.path);
            assert_eq!(same.count(), 1, "{} {}", route.method, route.path);
        }
    }

    #[test]
    fn the_paths_are_those_of_the_protocol() {
        let batch = sync_protocol::http::batch_path(Default::default(), Default::default());
        assert_eq!(HELLO.path, sync_protocol::http::HELLO);
        assert_eq!(PAIR.path, sync_protocol::http::PAIR);
        assert_eq!(PULL_CHANGES.path, sync_protocol::http::CHANGES);
        assert_eq!(find(&Method::PUT, &batch), Some(&PUSH_BATCH));
    }
}
