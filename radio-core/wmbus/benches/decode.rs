//! Telegrams decoded per second, and how that compares with a mere CRC over the same bytes.
//!
//! The telegrams are made by the encoder, so this runs anywhere: `cargo bench -p wmbus --bench decode`.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "walk/mod.rs"]
mod walk;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use walk::{METERS, key, kinds, walk};
use wmbus::{Content, Frame, FrameFormat, Telegram};

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(u64::from(METERS)));
    let kinds = kinds();
    for (name, (frames, keys)) in &kinds {
        let telegram = Telegram::decode(frames.first().unwrap(), keys).unwrap();
        assert!(matches!(telegram.content(), Content::Records(records) if records.len() == 6));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| {
                for frame in frames {
                    black_box(Telegram::decode(black_box(frame), keys).unwrap());
                }
            });
        });
    }
    group.finish();
}

/// From bytes off the air to a frame: every block's CRC is verified.
fn frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    group.throughput(Throughput::Elements(u64::from(METERS)));
    let (frames, _) = walk(|builder, _| builder.mode5(key()));
    let on_air: Vec<Vec<u8>> = frames.iter().map(Frame::to_format_a).collect();
    group.bench_function("format A", |bencher| {
        bencher.iter(|| {
            for bytes in &on_air {
                black_box(Frame::parse(black_box(bytes), FrameFormat::A).unwrap());
            }
        });
    });
    // What any receiver has to do with the bytes at least: a yardstick for the numbers above.
    group.bench_function("CRC only", |bencher| {
        bencher.iter(|| on_air.iter().map(|bytes| wmbus::crc::crc16(black_box(bytes))).fold(0, |a, b| a ^ b));
    });
    group.finish();
}

criterion_group!(benches, decode, frame);
criterion_main!(benches);
