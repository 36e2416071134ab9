//! What the whole way from samples to frames costs: seconds of signal a second.
//!
//! `cargo bench -p demodulator --bench chain`. What is printed is criterion's time for each signal, and its length
//! is in the name: the ratio is what counts.

#![allow(missing_docs, clippy::expect_used, reason = "a bench")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use demodulator::modulator::{Air, Random, Traffic, sync_flood};
use demodulator::{Complex32, Demodulator};
use wmbus::{FrameFormat, LinkMode};

const MILLISECONDS: usize = 500;
const T_AND_C: &[LinkMode] = &[LinkMode::T1, LinkMode::C1];
const ALL: &[LinkMode] = &[LinkMode::S1, LinkMode::T1, LinkMode::C1];
const KINDS: [(LinkMode, FrameFormat); 4] = [
    (LinkMode::T1, FrameFormat::A),
    (LinkMode::C1, FrameFormat::A),
    (LinkMode::C1, FrameFormat::B),
    (LinkMode::S1m, FrameFormat::A),
];

struct Capture {
    rate_hz: u32,
    center_hz: u32,
    modes: &'static [LinkMode],
}

const CAPTURES: [(&str, Capture); 2] = [
    ("T+C at 1.6 MS/s", Capture { rate_hz: 1_600_000, center_hz: 868_950_000, modes: T_AND_C }),
    ("S+T+C at 2.4 MS/s", Capture { rate_hz: 2_400_000, center_hz: 868_625_000, modes: ALL }),
];

impl Capture {
    fn samples(&self, send: impl FnOnce(&mut Air)) -> Vec<Complex32> {
        // 9 of 127.5, as an RTL-SDR with its gain at the highest.
        let mut air = Air::new(self.rate_hz, self.center_hz, Random::new(1)).with_noise_rms(0.07);
        send(&mut air);
        let mut samples = vec![Complex32::default(); self.rate_hz as usize / 1000 * MILLISECONDS];
        air.fill(&mut samples);
        samples
    }

    fn kinds(&self) -> Vec<(LinkMode, FrameFormat)> {
        let is_heard = |kind: &&(LinkMode, FrameFormat)| kind.0 != LinkMode::S1m || self.modes.len() > 2;
        KINDS.iter().filter(is_heard).copied().collect()
    }
}

fn chains(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("0.5 s of");
    group.sample_size(10);
    for (name, capture) in &CAPTURES {
        let seconds = MILLISECONDS as f64 / 1000.0;
        let quiet = capture.samples(|_| {});
        let busy = capture.samples(|air| {
            Traffic::new(&capture.kinds(), 60.0, 10.0..25.0, Random::new(2)).send_until(seconds, air);
        });
        let flood = |mode| {
            capture.samples(|air| air.send(sync_flood(mode, seconds, &mut Random::new(3)).at(0.0, 0.3)))
        };
        let flood_of_s = capture.modes.contains(&LinkMode::S1).then(|| flood(LinkMode::S1m));
        let signals = [
            ("quiet", Some(quiet)),
            ("60 telegrams a second", Some(busy)),
            ("a flood of headers", Some(flood(LinkMode::T1))),
            ("a flood of headers of mode S", flood_of_s),
        ];
        for (kind, samples) in signals {
            let Some(samples) = samples else { continue };
            group.throughput(Throughput::Elements(samples.len() as u64));
            let builder = Demodulator::builder(capture.rate_hz)
                .center_hz(capture.center_hz)
                .link_modes(capture.modes.iter().copied());
            let mut demodulator = builder.build().expect("the capture holds the modes");
            group.bench_function(format!("{name}, {kind}"), |bencher| {
                bencher.iter(|| -> usize {
                    samples.chunks(16_384).map(|samples| demodulator.feed(samples).count()).sum()
                });
            });
        }
    }
}

criterion_group!(benches, chains);
criterion_main!(benches);
