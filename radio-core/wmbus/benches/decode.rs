//! Telegrams decoded per second, and how that compares with a mere CRC over the same bytes.
//!
//! `cargo bench -p wmbus --bench decode` prints telegrams as elements: `mixed` is what counts, each kind of
//! the corpus stands beside it, and `water` is the same six records protected in each way.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, missing_docs)]

mod corpus;

use std::hint::black_box;

use corpus::{Kind, key, kinds, on_air, water_only};
use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use wmbus::{Content, Frame, FrameFormat, KeyRing, Telegram};

/// Decodes all telegrams again and again.
fn decode_all(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, telegrams: &[(&Frame, &KeyRing)]) {
    group.throughput(Throughput::Elements(telegrams.len() as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            for (frame, keys) in telegrams {
                black_box(Telegram::decode(black_box(frame), *keys).unwrap());
            }
        });
    });
}

fn telegrams(kind: &Kind) -> Vec<(&Frame, &KeyRing)> {
    kind.frames.iter().map(|frame| (frame, &kind.keys)).collect()
}

/// What a benchmark measures must be read, not refused.
fn assert_read(kind: &Kind) {
    for frame in &kind.frames {
        let telegram = Telegram::decode(frame, &kind.keys).unwrap();
        assert!(
            matches!(telegram.content(), Content::Records(records) if !records.is_empty()),
            "{telegram:?}"
        );
    }
}

fn mixed(criterion: &mut Criterion) {
    let kinds = kinds();
    kinds.iter().for_each(assert_read);
    let mut group = criterion.benchmark_group("mixed");
    for (name, is_encrypted) in [("plain", false), ("encrypted", true)] {
        let of_sort = kinds.iter().filter(|kind| kind.is_encrypted == is_encrypted);
        decode_all(&mut group, name, &of_sort.flat_map(telegrams).collect::<Vec<_>>());
    }
    group.finish();
    let mut group = criterion.benchmark_group("kind");
    for kind in &kinds {
        decode_all(&mut group, kind.name, &telegrams(kind));
    }
    group.finish();
}

fn water(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("water");
    for (name, (frames, keys)) in [
        ("plain", water_only(|builder, _| builder)),
        ("mode 5", water_only(|builder, _| builder.mode5(key()))),
        ("mode 7", water_only(|builder, number| builder.mode7(key(), number))),
        ("ELL-CTR", water_only(|builder, number| builder.no_header().ell_ctr(key(), 1, number))),
    ] {
        let telegrams: Vec<_> = frames.iter().map(|frame| (frame, &keys)).collect();
        decode_all(&mut group, name, &telegrams);
    }
    group.finish();
}

/// From bytes off the air to a frame: every block's CRC is verified.
fn frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    let on_air = on_air();
    group.throughput(Throughput::Elements(on_air.len() as u64));
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

criterion_group!(benches, mixed, water, frame);
criterion_main!(benches);
