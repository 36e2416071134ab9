//! Counters of this process and gauges of the database, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sync_protocol::{ItemOutcome, PushAnswer, Timestamp};

use super::routes::Route;
use crate::service::{HandheldSummary, Statistics};

/// Counts since the process began.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<Label, Requests>>,
    batches: AtomicU64,
    accepted: AtomicU64,
    duplicate: AtomicU64,
    quarantined: AtomicU64,
}

/// Method, path template and status: never a path as it was sent, which has no bound.
type Label = (&'static str, &'static str, u16);

#[derive(Debug, Default, Clone, Copy)]
struct Requests {
    count: u64,
    time: Duration,
}

impl Metrics {
    /// Counts an answered request.
    pub(crate) fn answered(&self, route: Option<&'static Route>, status: u16, time: Duration) {
        let (method, path) = route.map_or(("other", "other"), |route| (route.method.as_str(), route.path));
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = requests.entry((method, path, status)).or_default();
        entry.count += 1;
        entry.time = entry.time.saturating_add(time);
    }

    /// Counts a receipt that was given out.
    pub(crate) fn pushed(&self, answer: &PushAnswer) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        for range in &answer.outcomes {
            let counter = match range.outcome {
                ItemOutcome::Accepted => &self.accepted,
                ItemOutcome::Duplicate => &self.duplicate,
                ItemOutcome::Quarantined { .. } => &self.quarantined,
            };
            counter.fetch_add(u64::from(range.to - range.from) + 1, Ordering::Relaxed);
        }
    }

    /// Writes everything.
    pub(crate) fn render(&self, figures: &Figures) -> String {
        let mut page = Page::default();
        self.render_process(&mut page);
        figures.render(&mut page);
        page.text
    }

    fn render_process(&self, page: &mut Page) {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        page.family(
            "walkby_http_request_duration_seconds",
            "summary",
            "Answered requests and the time they took.",
        );
        for ((method, path, status), requests) in requests {
            let status = status.to_string();
            let labels = [("method", method), ("route", path), ("status", &status)];
            page.sample("_count", &labels, requests.count);
            page.sample("_sum", &labels, requests.time.as_secs_f64());
        }
        page.family("walkby_batches_total", "counter", "Receipts given out, repeated ones included.");
        page.sample("", &[], self.batches.load(Ordering::Relaxed));
        page.family("walkby_items_total", "counter", "Items by the outcome that a receipt said.");
        for (outcome, counter) in
            [("accepted", &self.accepted), ("duplicate", &self.duplicate), ("quarantined", &self.quarantined)]
        {
            page.sample("", &[("outcome", outcome)], counter.load(Ordering::Relaxed));
        }
    }
}

/// What the service says when the metrics are asked for.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) statistics: Statistics,
    pub(crate) handhelds: Vec<HandheldSummary>,
    pub(crate) decodings: BTreeMap<String, u64>,
    pub(crate) now: Timestamp,
}

impl Figures {
    fn render(&self, page: &mut Page) {
        let statistics = &self.statistics;
        let gauges = [
            ("walkby_server_epoch", "Which life of the database this is.", statistics.server_epoch),
            ("walkby_commit", "The latest commit.", statistics.commit),
            ("walkby_safe_commit", "The latest commit that is in a verified backup.", statistics.safe_commit),
            ("walkby_handhelds", "Handhelds that are paired and not revoked.", statistics.handhelds),
            ("walkby_tours", "Tours.", statistics.tours),
            (
                "walkby_waiting_receptions",
                "Receptions whose telegram has not arrived.",
                statistics.waiting_receptions,
            ),
            ("walkby_quarantined_items", "Items kept aside.", statistics.quarantined),
        ];
        for (name, help, value) in gauges {
            page.family(name, "gauge", help);
            page.sample("", &[], value);
        }
        page.family(
            "walkby_telegrams_decoded_total",
            "counter",
            "Decodings of telegrams by what came of them.",
        );
        for (status, count) in &self.decodings {
            page.sample("", &[("status", status)], count);
        }
        self.render_ages(
            page,
            "walkby_handheld_silence_seconds",
            "Time since a handheld last spoke.",
            |handheld| handheld.last_seen,
        );
        self.render_ages(
            page,
            "walkby_handheld_push_age_seconds",
            "Time since its last batch.",
            |handheld| handheld.last_push_at,
        );
    }

    fn render_ages(
        &self,
        page: &mut Page,
        name: &'static str,
        help: &str,
        when: impl Fn(&HandheldSummary) -> Option<Timestamp>,
    ) {
        page.family(name, "gauge", help);
        for handheld in self.handhelds.iter().filter(|handheld| handheld.revoked_at.is_none()) {
            if let Some(when) = when(handheld) {
                let age = self.now.as_millis().saturating_sub(when.as_millis()).max(0) / 1000;
                page.sample("", &[("replica", &handheld.replica.to_string())], age);
            }
        }
    }
}

/// A page of the text format, family by family.
#[derive(Default)]
struct Page {
    text: String,
    family: &'static str,
}

impl Page {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.family = name;
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "{}{suffix}{labels} {value}", self.family);
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use sync_protocol::OutcomeRange;

    use super::*;
    use crate::http::routes;

    fn figures(handhelds: Vec<HandheldSummary>) -> Figures {
        Figures {
            statistics: Statistics { commit: 2, safe_commit: 1, ..Statistics::default() },
            handhelds,
            decodings: BTreeMap::from([("no_key".to_owned(), 3)]),
            now: Timestamp::from_millis(90_000),
        }
    }

    #[test]
    fn a_page_counts_requests_by_route_and_items_by_outcome() {
        let metrics = Metrics::default();
        metrics.answered(Some(&routes::HELLO), 200, Duration::from_millis(500));
        metrics.answered(Some(&routes::HELLO), 200, Duration::from_millis(250));
        metrics.answered(None, 404, Duration::ZERO);
        metrics.pushed(&PushAnswer {
            batch: Default::default(),
            digest: sync_protocol::Digest::of(b""),
            server_epoch: 1,
            commit: 2,
            safe_commit: 1,
            server_time: Timestamp::EPOCH,
            outcomes: vec![
                OutcomeRange { from: 0, to: 4, outcome: ItemOutcome::Accepted },
                OutcomeRange { from: 5, to: 5, outcome: ItemOutcome::Duplicate },
            ],
        });
        let page = metrics.render(&figures(Vec::new()));
        for line in [
            r#"walkby_http_request_duration_seconds_count{method="GET",route="/api/v1/hello",status="200"} 2"#,
            r#"walkby_http_request_duration_seconds_sum{method="GET",route="/api/v1/hello",status="200"} 0.75"#,
            r#"walkby_http_request_duration_seconds_count{method="other",route="other",status="404"} 1"#,
            "walkby_batches_total 1",
            r#"walkby_items_total{outcome="accepted"} 5"#,
            r#"walkby_items_total{outcome="duplicate"} 1"#,
            "walkby_commit 2",
            "walkby_safe_commit 1",
            r#"walkby_telegrams_decoded_total{status="no_key"} 3"#,
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is missing in\n{page}");
        }
    }

    #[test]
    fn a_handheld_that_does_not_speak_or_push_shows_for_how_long() {
        let handheld = HandheldSummary {
            replica: Default::default(),
            name: String::new(),
            app_version: String::new(),
            paired_at: Timestamp::EPOCH,
            revoked_at: None,
            last_seen: Some(Timestamp::EPOCH),
            last_push_at: Some(Timestamp::from_millis(30_000)),
            clock_offset_ms: None,
        };
        let page = Metrics::default().render(&figures(vec![handheld]));
        for line in [
            r#"walkby_handheld_silence_seconds{replica="00000000-0000-0000-0000-000000000000"} 90"#,
            r#"walkby_handheld_push_age_seconds{replica="00000000-0000-0000-0000-000000000000"} 60"#,
        ] {
            assert!(
                page.lines().any(|found| found == line),
                "{line} is missing in
{page}"
            );
        }
    }
}
