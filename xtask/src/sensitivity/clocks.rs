//! Share heard by Eb/N0 and clock error.

use demodulator::modulator::Transmitter;
use demodulator::sensitivity::measure;

use super::table::{head, row, share};
use super::{Arguments, Kind};

const LEVELS_DB: [f64; 5] = [6.0, 7.0, 8.0, 10.0, 14.0];

/// Clock errors in millionths, and how much the clock changes inside a frame.
fn errors(kind: Kind) -> &'static [(f64, f64)] {
    match kind {
        Kind::T1 => &[
            (-120_000.0, 0.0),
            (-60_000.0, 0.0),
            (0.0, 0.0),
            (60_000.0, 0.0),
            (120_000.0, 0.0),
            (-110_000.0, -10_000.0),
            (0.0, 10_000.0),
            (110_000.0, 10_000.0),
        ],
        Kind::C1a | Kind::C1b => &[(-100.0, 0.0), (0.0, 0.0), (100.0, 0.0), (-1_000.0, 0.0), (1_000.0, 0.0)],
        Kind::S1 | Kind::S1m => {
            &[(-15_000.0, 0.0), (-7_500.0, 0.0), (0.0, 0.0), (7_500.0, 0.0), (15_000.0, 0.0)]
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    for kind in arguments.kinds() {
        let mut columns = vec!["clock error".to_owned(), "drift in the frame".into()];
        columns.extend(LEVELS_DB.map(|db| format!("{db} dB")));
        head(&format!("{}: share heard by clock error and Eb/N0", kind.name()), &columns);
        for (index, &(error_ppm, drift_ppm)) in (0u64..).zip(errors(kind)) {
            let mut cells = vec![format!("{:+.2} %", error_ppm / 1e4), format!("{:+.2} %", drift_ppm / 1e4)];
            for ebn0_db in LEVELS_DB {
                let condition = kind.condition(ebn0_db).with_meter(move |band, random| Transmitter {
                    chip_rate_error_ppm: error_ppm,
                    chip_rate_drift_ppm: drift_ppm,
                    ..Transmitter::ordinary(band, random)
                });
                let outcome = measure(&condition, arguments.transmissions() / 2, arguments.seed + index)?;
                cells.push(share(outcome.first.share()));
            }
            row(&cells);
        }
    }
    Ok(())
}
