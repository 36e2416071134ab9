//! In steady state the demodulator takes nothing from the heap: all its memory is taken when it is built.
//!
//! One test in a program of its own, because what dhat counts is the whole program's.

#![allow(clippy::unwrap_used)]

use demodulator::modulator::{Air, Random, Traffic, sync_flood};
use demodulator::{Complex32, Demodulator};
use wmbus::{FrameFormat, LinkMode};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const RATE_HZ: u32 = 2_400_000;
const CENTER_HZ: u32 = 868_625_000;

/// Returns the samples of so many milliseconds, with what is sent in them.
fn samples(milliseconds: usize, send: impl FnOnce(&mut Air)) -> Vec<Complex32> {
    let mut air = Air::new(RATE_HZ, CENTER_HZ, Random::new(7)).with_noise_rms(0.07);
    send(&mut air);
    let mut samples = vec![Complex32::default(); RATE_HZ as usize / 1000 * milliseconds];
    air.fill(&mut samples);
    samples
}

/// Feeds samples in the pieces in which an SDR delivers them, and returns frames and blocks taken from the heap.
fn fed(demodulator: &mut Demodulator, samples: &[Complex32]) -> (u64, u64) {
    let before = dhat::HeapStats::get().total_blocks;
    let frames = samples.chunks(16_384).map(|samples| demodulator.feed(samples).count() as u64).sum();
    (frames, dhat::HeapStats::get().total_blocks - before)
}

#[test]
fn nothing_is_taken_from_the_heap_but_for_frames() {
    let kinds = [
        (LinkMode::T1, FrameFormat::A),
        (LinkMode::C1, FrameFormat::A),
        (LinkMode::C1, FrameFormat::B),
        (LinkMode::S1m, FrameFormat::A),
    ];
    let noise = samples(300, |_| {});
    let busy = samples(400, |air| {
        Traffic::new(&kinds, 60.0, 14.0..25.0, Random::new(3)).send_until(0.36, air);
    });
    let flood = samples(200, |air| {
        let mut random = Random::new(4);
        air.send(sync_flood(LinkMode::T1, 0.09, &mut random).at(0.0, 0.3));
        air.send(sync_flood(LinkMode::S1m, 0.19, &mut random).at(0.0, 0.3));
    });
    let _profiler = dhat::Profiler::builder().testing().build();
    let modes = [LinkMode::S1, LinkMode::T1, LinkMode::C1];
    let mut demodulator =
        Demodulator::builder(RATE_HZ).center_hz(CENTER_HZ).link_modes(modes).build().unwrap();
    // What grows with the first candidates has grown after them.
    fed(&mut demodulator, &noise);
    fed(&mut demodulator, &busy);
    fed(&mut demodulator, &flood);

    let (frames, blocks) = fed(&mut demodulator, &noise);
    assert_eq!((frames, blocks), (0, 0), "noise");
    // A frame is parsed more than once: as what it could be, and again where another overlaps it.
    let (frames, blocks) = fed(&mut demodulator, &busy);
    assert!(frames >= 15, "{frames}");
    assert!(blocks <= 30 * frames, "{blocks} blocks for {frames} frames");
    let (frames, blocks) = fed(&mut demodulator, &flood);
    assert_eq!((frames, blocks), (0, 0), "floods of headers");
}
