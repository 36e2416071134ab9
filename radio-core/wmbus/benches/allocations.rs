//! What decoding a telegram takes from the heap: blocks and bytes for each kind of telegram.
//!
//! `cargo bench -p wmbus --bench allocations`. Counted by dhat, so exact and the same on every run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, missing_docs)]
#![allow(dead_code, unused_imports, reason = "the other bench uses all of the corpus")]

mod corpus;

use std::hint::black_box;

use corpus::Kind;
use wmbus::Telegram;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// What telegrams took.
#[derive(Default)]
struct Taken {
    telegrams: u64,
    records: u64,
    blocks: u64,
    bytes: u64,
}

impl Taken {
    fn by(kind: &Kind) -> Self {
        let before = dhat::HeapStats::get();
        let mut records = 0;
        for frame in &kind.frames {
            let telegram = black_box(Telegram::decode(black_box(frame), &kind.keys).unwrap());
            records += telegram.content().records().len() as u64;
        }
        let after = dhat::HeapStats::get();
        Self {
            telegrams: kind.frames.len() as u64,
            records,
            blocks: after.total_blocks - before.total_blocks,
            bytes: after.total_bytes - before.total_bytes,
        }
    }

    fn add(&mut self, other: &Self) {
        self.telegrams += other.telegrams;
        self.records += other.records;
        self.blocks += other.blocks;
        self.bytes += other.bytes;
    }

    fn print(&self, name: &str) {
        let each = |count: u64| count as f64 / self.telegrams as f64;
        let (records, blocks, bytes) = (each(self.records), each(self.blocks), each(self.bytes));
        println!("{name:<34} {:>9}  {records:>7.1}  {blocks:>6.1}  {bytes:>6.0}", self.telegrams);
    }
}

fn main() {
    let kinds = corpus::kinds();
    let _profiler = dhat::Profiler::builder().testing().build();
    println!("{:<34} telegrams  records  blocks   bytes  (per telegram)", "");
    let mut mixed = [Taken::default(), Taken::default()];
    for kind in &kinds {
        let taken = Taken::by(kind);
        taken.print(kind.name);
        mixed[usize::from(kind.is_encrypted)].add(&taken);
    }
    for (name, taken) in ["mixed, plain", "mixed, encrypted"].iter().zip(&mixed) {
        taken.print(name);
    }
}
