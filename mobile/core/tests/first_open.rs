//! The first connections of a process. A file of its own, because a process has them only once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::sync::Barrier;

#[test]
fn stores_that_are_opened_at_the_same_instant_all_open() {
    const STORES: usize = 8;
    let directories: Vec<_> = (0..STORES).map(|_| tempfile::tempdir().unwrap()).collect();
    let start = Barrier::new(STORES);
    std::thread::scope(|scope| {
        let opening: Vec<_> = directories
            .iter()
            .map(|directory| {
                scope.spawn(|| {
                    start.wait();
                    common::try_open(directory.path()).map(drop)
                })
            })
            .collect();
        for thread in opening {
            thread.join().unwrap().unwrap();
        }
    });
}
