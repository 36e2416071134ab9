//! Telegrams decoded per second, and how that compares with a mere CRC over the same bytes.
//!
//! The telegrams are made by the encoder, so this runs anywhere: `cargo bench -p wmbus --bench decode`.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Content, Date, Frame, FrameFormat, KeyRing, MeterAddress, Telegram};

const METERS: u32 = 256;

fn key() -> AesKey {
    AesKey::new([0x2A; 16])
}

/// A water meter with a due date: six records, as most meters of a house send.
fn water(number: u32) -> TelegramBuilder {
    let address: MeterAddress = format!("KAM-{number:08}-1B-16").parse().unwrap();
    let due = Date { year: Some(2025), month: Some(12), day: Some(31) };
    TelegramBuilder::new(address).access_number(number as u8).records([
        Record::int32(1_234_567).volume(-3),
        Record::bcd6(38).volume_flow(-3),
        Record::int16(1_950).supply_temperature(-2),
        Record::bcd8(1_190_001).volume(-3).storage(1),
        Record::date(due).storage(1),
        Record::int16(0).error_flags(),
    ])
}

/// One frame of each of many meters, and a ring with the keys of all of them.
fn walk(protect: impl Fn(TelegramBuilder, u32) -> TelegramBuilder) -> (Vec<Frame>, KeyRing) {
    let mut keys = KeyRing::default();
    let frames = (0..METERS).map(|number| {
        keys.insert(format!("{number:08}").parse().unwrap(), key());
        protect(water(number), number).build().unwrap()
    });
    (frames.collect(), keys)
}

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(u64::from(METERS)));
    let kinds = [
        ("plain", walk(|builder, _| builder)),
        ("mode 5", walk(|builder, _| builder.mode5(key()))),
        ("mode 7", walk(|builder, number| builder.mode7(key(), number))),
        ("ELL-CTR", walk(|builder, number| builder.no_header().ell_ctr(key(), 1, number))),
    ];
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
