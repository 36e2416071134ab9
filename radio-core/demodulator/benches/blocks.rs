//! What each block of the front end costs, in samples of the capture a second.
//!
//! `cargo bench -p demodulator --bench blocks`

#![allow(missing_docs, clippy::expect_used, reason = "a bench")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use demodulator::conditioning::Conditioner;
use demodulator::decimator::Decimator;
use demodulator::fir::LowPass;
use demodulator::front_end::FrontEnd;
use demodulator::mixer::Mixer;
use demodulator::planar::Planar;
use demodulator::{ChannelName, Complex32, SampleDecoder, SampleFormat};

const BLOCK: usize = 1024;
/// About a hundred milliseconds.
const COUNT: usize = 160 * BLOCK;

/// Bytes that are noise for every format; floats of any size, but numbers.
fn noise_bytes(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut byte = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..count).map(|_| byte() & 0xBF).collect()
}

fn samples() -> Vec<Complex32> {
    let mut samples = Vec::new();
    SampleDecoder::new(SampleFormat::Cu8).feed(&noise_bytes(2 * COUNT), &mut samples);
    samples
}

fn planar() -> Planar {
    let samples = samples();
    let block = samples.get(..BLOCK).expect("there are more");
    Planar {
        re: block.iter().map(|sample| sample.re).collect(),
        im: block.iter().map(|sample| sample.im).collect(),
    }
}

fn formats(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("samples");
    group.throughput(Throughput::Elements(COUNT as u64));
    for format in SampleFormat::ALL {
        let bytes = noise_bytes(COUNT * format.sample_bytes());
        let mut decoder = SampleDecoder::new(format);
        let mut samples = Vec::with_capacity(COUNT);
        group.bench_function(BenchmarkId::from_parameter(format), |bencher| {
            bencher.iter(|| {
                samples.clear();
                decoder.feed(&bytes, &mut samples);
            });
        });
    }
}

fn blocks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("block");
    group.throughput(Throughput::Elements(BLOCK as u64));
    let samples = samples();
    let block = samples.get(..BLOCK).expect("there are more");
    let mut output = Planar::with_capacity(BLOCK);
    let mut conditioner = Conditioner::new(1.6e6);
    group.bench_function("conditioner", |bencher| bencher.iter(|| conditioner.condition(block, &mut output)));
    let input = planar();
    let mut mixer = Mixer::new(325e3, 2.4e6, BLOCK).expect("there is something to move");
    group.bench_function("mixer", |bencher| bencher.iter(|| mixer.mix(&input, &mut output)));
    for (rate_hz, stop_hz, factor) in
        [(1.6e6, 565e3, 2), (0.8e6, 235e3, 2), (1.6e6, 235e3, 4), (2.4e6, 235e3, 6)]
    {
        let filter = LowPass { rate_hz, pass_hz: 165e3, stop_hz, attenuation_db: 65.0 };
        let taps = filter.taps();
        let mut decimator = Decimator::new(&taps, factor, BLOCK);
        let name = format!("{} taps, every {factor}th", taps.len());
        group.bench_function(BenchmarkId::new("decimator", name), |bencher| {
            bencher.iter(|| decimator.decimate(&input, &mut output));
        });
    }
}

fn front_ends(criterion: &mut Criterion) {
    use ChannelName::{S, TandC};
    let mut group = criterion.benchmark_group("front end");
    group.throughput(Throughput::Elements(COUNT as u64));
    let samples = samples();
    let captures: [(u32, u32, &[ChannelName]); 5] = [
        (800_000, 868_950_000, &[TandC]),
        (1_600_000, 868_950_000, &[TandC]),
        (1_600_000, 868_625_000, &[TandC, S]),
        (2_048_000, 868_625_000, &[TandC, S]),
        (2_400_000, 868_625_000, &[TandC, S]),
    ];
    for (rate_hz, center_hz, channels) in captures {
        let mut front_end = FrontEnd::new(rate_hz, center_hz, channels);
        let name = format!("{} channels at {} kS/s", channels.len(), rate_hz / 1000);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                front_end.feed(&samples, |_, samples| {
                    std::hint::black_box(samples);
                })
            });
        });
    }
}

criterion_group!(benches, formats, blocks, front_ends);
criterion_main!(benches);
