//! Share heard of strong signals that something is wrong with.

use demodulator::Complex32;
use demodulator::modulator::{GainStep, Impairments, Random, Shaping, Transmitter, Wander};
use demodulator::sensitivity::{Collider, Condition, Payload, measure};
use wmbus::phy::Band;

use super::table::{head, row, share};
use super::{Arguments, Kind};

/// What "strong" is here, as in the reference's list.
const STRONG_DB: f64 = 20.0;

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    head(
        &format!("Impairments at Eb/N0 {STRONG_DB} dB unless noted: share heard"),
        &["mode", "what is wrong", "heard", "the colliding one", "wrong", "doubled"],
    );
    for kind in arguments.kinds() {
        for (index, (name, condition)) in (0u64..).zip(cases(kind)) {
            let outcome = measure(&condition, arguments.transmissions() / 2, arguments.seed + 100 * index)?;
            let second =
                if condition.collider.is_some() { share(outcome.second.share()) } else { String::new() };
            row(&[
                kind.name().to_owned(),
                name,
                share(outcome.first.share()),
                second,
                outcome.wrong.to_string(),
                outcome.doubled.to_string(),
            ]);
        }
    }
    all_modes_at_once(arguments)
}

/// Modes S, T and C in one capture.
fn all_modes_at_once(arguments: &Arguments) -> anyhow::Result<()> {
    let kinds: Vec<_> = Kind::USUAL.iter().flat_map(|kind| kind.sent()).copied().collect();
    for rate_hz in [1_600_000, 2_400_000] {
        let condition = Condition { rate_hz, center_hz: 868_625_000, ..Condition::of(&kinds, 14.0) };
        let outcome = measure(&condition, arguments.transmissions(), arguments.seed)?;
        row(&[
            "S+T+C".to_owned(),
            format!("one capture of {:.1} MS/s, 14 dB", f64::from(rate_hz) / 1e6),
            share(outcome.first.share()),
            String::new(),
            outcome.wrong.to_string(),
            outcome.doubled.to_string(),
        ]);
    }
    Ok(())
}

/// An ordinary meter of which one thing is different.
fn meter(kind: Kind, change: impl Fn(Transmitter, &Band, &mut Random) -> Transmitter + 'static) -> Condition {
    kind.condition(STRONG_DB).with_meter(move |band, random| {
        let ordinary = Transmitter::ordinary(band, random);
        change(ordinary, band, random)
    })
}

fn cases(kind: Kind) -> Vec<(String, Condition)> {
    let strong = || kind.condition(STRONG_DB);
    let mut cases = vec![("nothing".to_owned(), strong())];
    for khz in [-60.0, -40.0, -25.0, 25.0, 40.0, 60.0] {
        let offset =
            meter(kind, move |ordinary, _, _| Transmitter { frequency_offset_hz: khz * 1e3, ..ordinary });
        cases.push((format!("carrier {khz:+} kHz"), offset));
    }
    let widest = meter(kind, |ordinary, band, _| Transmitter {
        deviation_hz: f64::from(band.deviation.most_hz),
        ..ordinary
    });
    let narrowest = meter(kind, |ordinary, band, _| Transmitter {
        deviation_hz: f64::from(band.deviation.least_hz),
        ..ordinary
    });
    cases.push(("widest deviation".into(), widest));
    cases.push(("narrowest deviation".into(), narrowest));
    for bt in [0.3, 0.5] {
        let shaped =
            meter(kind, move |ordinary, _, _| Transmitter { shaping: Shaping::Gaussian { bt }, ..ordinary });
        cases.push((format!("BT {bt}"), shaped));
    }
    // As a recorded meter of mode T does; mode C's clocks are a hundred times as good.
    let chips = if kind.is_c() { 0.1 } else { 1.2 };
    let wandering = meter(kind, move |ordinary, _, random| {
        let wander = Wander { chips, period_chips: random.between(1_200.0, 2_000.0) };
        Transmitter { wander: Some(wander), ..ordinary }
    });
    cases.push((format!("clock wanders by {chips} chips"), wandering));
    match kind {
        Kind::T1 => cases.push((
            "clock off by up to 12 %, 1 % inside the frame".into(),
            meter(kind, |ordinary, _, random| Transmitter {
                chip_rate_error_ppm: random.between(-120_000.0, 120_000.0),
                chip_rate_drift_ppm: random.between(-10_000.0, 10_000.0),
                ..ordinary
            }),
        )),
        Kind::S1 | Kind::S1m => {
            let off = meter(kind, |ordinary, _, random| Transmitter {
                chip_rate_error_ppm: if random.unit() < 0.5 { -15_000.0 } else { 15_000.0 },
                ..ordinary
            });
            cases.push(("clock off by 1.5 %".into(), off));
            for microseconds in [1.0, 3.0] {
                let jittery = meter(kind, move |ordinary, _, _| Transmitter {
                    jitter_s: microseconds * 1e-6,
                    ..ordinary
                });
                cases.push((format!("chips up to {microseconds} µs early or late"), jittery));
            }
        }
        Kind::C1a | Kind::C1b => {
            cases.push(("payload of zeros".into(), Condition { payload: Payload::Zeros, ..strong() }));
        }
    }
    let longest = if kind == Kind::C1b { 240..252 } else { 240..257 };
    cases.push(("longest frames".into(), Condition { bytes: longest, ..strong() }));
    cases.push((
        "noise of 1.5 steps, 14 dB".into(),
        Condition { noise_rms: 1.5 / 127.5, ..kind.condition(14.0) },
    ));
    let unbalanced = Impairments {
        dc: Complex32::new(0.04, -0.03),
        iq_gain_db: 1.0,
        iq_phase_deg: 5.0,
        ..Impairments::default()
    };
    cases
        .push(("DC of 5 %, IQ off by 1 dB and 5°".into(), Condition { impairments: unbalanced, ..strong() }));
    let steps = (0u32..2_000).map(|step| GainStep {
        at_s: f64::from(step) * 0.05,
        gain_db: if step.is_multiple_of(2) { 0.0 } else { -10.0 },
    });
    let stepping = Impairments { gain_steps: steps.collect(), ..Impairments::default() };
    cases.push(("gain steps of 10 dB".into(), Condition { impairments: stepping, ..strong() }));
    cases.push(("clipping, 40 dB".into(), kind.condition(40.0)));
    for stronger_db in [20.0_f64, 12.0, 6.0, -12.0, -20.0] {
        let quieter = kind.condition(STRONG_DB - stronger_db.max(0.0) + 10.0);
        let name = format!("collision, the later one {stronger_db:+} dB");
        cases.push((name, Condition { collider: Some(Collider { stronger_db }), ..quieter }));
    }
    for rate_hz in [800_000, 1_024_000, 2_048_000, 3_200_000] {
        let name = format!("{:.3} MS/s, 10 dB", f64::from(rate_hz) / 1e6);
        cases.push((name, Condition { rate_hz, ..kind.condition(10.0) }));
    }
    cases
}
