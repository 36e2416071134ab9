//! What decoding a telegram takes from the heap: blocks and bytes for each kind of telegram.
//!
//! `cargo bench -p wmbus --bench allocations`. Counted by dhat, so exact and the same on every run.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "walk/mod.rs"]
mod walk;

use std::hint::black_box;

use wmbus::Telegram;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() {
    let kinds = walk::kinds();
    let _profiler = dhat::Profiler::builder().testing().build();
    println!("{:<8}  blocks  bytes  (of the heap, per telegram)", "");
    for (name, (frames, keys)) in &kinds {
        let before = dhat::HeapStats::get();
        for frame in frames {
            black_box(Telegram::decode(black_box(frame), keys).unwrap());
        }
        let after = dhat::HeapStats::get();
        let count = frames.len() as u64;
        let blocks = (after.total_blocks - before.total_blocks) / count;
        let bytes = (after.total_bytes - before.total_bytes) / count;
        println!("{name:<8}  {blocks:>6}  {bytes:>5}");
    }
}
