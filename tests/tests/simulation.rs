//! Thousands of histories of handhelds, network and server, and what must hold in each of them.
//!
//! `SIMULATION_SEED=n` plays one history and prints it; `SIMULATION_SEEDS=n` plays so many.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use e2e::simulation::{Outcome, run};

/// Histories that are played in the normal test.
const SEEDS: u64 = 2_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

/// Plays a history whose seed failed once more, with its trace.
fn report(seed: u64) -> String {
    let Outcome { violations, trace, .. } = run(seed, None, true);
    let violations: Vec<String> = violations.iter().map(ToString::to_string).collect();
    format!(
        "SIMULATION_SEED={seed} plays this history again:\n{}\n{}",
        trace.join("\n"),
        violations.join("\n")
    )
}

#[test]
fn no_history_loses_doubles_or_invents_a_fact() {
    if let Some(seed) = number("SIMULATION_SEED") {
        println!("{}", report(seed));
        assert_eq!(run(seed, None, false).violations, []);
        return;
    }
    let seeds = number("SIMULATION_SEEDS").unwrap_or(SEEDS);
    let next = AtomicU64::new(0);
    let totals = Mutex::new(Outcome::default());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let outcome = run(seed, None, false);
                    if !outcome.violations.is_empty() {
                        failed.lock().unwrap().push(seed);
                    }
                    let mut totals = totals.lock().unwrap();
                    totals.facts += outcome.facts;
                    totals.purged += outcome.purged;
                    totals.reported_losses += outcome.reported_losses;
                }
            });
        }
    });
    let (totals, mut failed) = (totals.into_inner().unwrap(), failed.into_inner().unwrap());
    println!(
        "{seeds} histories, {} facts, {} deleted on handhelds, {} lost with two restored backups and seen as gaps",
        totals.facts, totals.purged, totals.reported_losses
    );
    failed.sort_unstable();
    if let Some(seed) = failed.first() {
        panic!("{} of {seeds} histories failed: {failed:?}\n{}", failed.len(), report(*seed));
    }
    if seeds >= 100 {
        assert!(totals.purged > 0, "the histories delete something");
        assert!(totals.reported_losses > 0, "the histories lose something that no protocol can save");
    }
}

#[test]
fn a_seed_is_one_history() {
    assert_eq!(run(7, None, true).trace, run(7, None, true).trace);
}
