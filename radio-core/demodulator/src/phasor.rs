//! Cosine and sine without branches and calls, so that loops over them become vector instructions.

use std::f32::consts::{PI, TAU};

use num_complex::Complex32;

/// 1.5 · 2²³: added and taken away again it leaves the nearest whole number. `f32::round` would be a call where
/// the processor's oldest instructions must do.
const ROUNDING: f32 = 12_582_912.0;

/// Returns cosine and sine of an angle in radians to 10⁻⁶, and to the angle's own rounding.
///
/// The angle must be below a million turns. Half the angle lies within a quarter turn of 0, where series are short
/// (Abramowitz & Stegun 4.3.97 and 4.3.99); then it is doubled.
#[inline(always)]
pub(crate) fn cos_sin(angle: f32) -> (f32, f32) {
    let turns = angle * (1.0 / TAU);
    let nearest = (turns + ROUNDING) - ROUNDING;
    let half = (turns - nearest) * PI;
    let square = half * half;
    let series = |factors: [f32; 5]| {
        let [first, rest @ ..] = factors;
        1.0 + square * rest.iter().fold(first, |sum, factor| sum * square + factor)
    };
    let sin =
        half * series([-0.000_000_023_9, 0.000_002_752_6, -0.000_198_409, 0.008_333_332, -0.166_666_67]);
    let cos = series([-0.000_000_260_5, 0.000_024_760_9, -0.001_388_839_7, 0.041_666_64, -0.5]);
    (1.0 - 2.0 * sin * sin, 2.0 * sin * cos)
}

/// Samples over which an angle is counted in `f32`.
const STRETCH: usize = 64;

/// Turns samples: the first one by `phase`, each one after it by `omega` more, in radians.
pub(crate) fn turn(samples: &mut [Complex32], phase: f64, omega: f64) {
    for (number, part) in samples.chunks_mut(STRETCH).enumerate() {
        let first = wrap(phase + omega * (number * STRETCH) as f64) as f32;
        for (at, sample) in part.iter_mut().enumerate() {
            let (cos, sin) = cos_sin(first + omega as f32 * at as i32 as f32);
            *sample *= Complex32::new(cos, sin);
        }
    }
}

/// 1.5 · 2⁵², for `f64`.
const ROUNDING_F64: f64 = 6_755_399_441_055_744.0;

/// Brings an angle between −π and π.
pub(crate) fn wrap(angle: f64) -> f64 {
    const TAU: f64 = std::f64::consts::TAU;
    angle - TAU * ((angle / TAU + ROUNDING_F64) - ROUNDING_F64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_angle_keeps_its_direction_when_it_is_brought_near_0() {
        for angle in [-1000.0, -3.2, -3.1, 0.0, 3.1, 3.2, 12345.6] {
            let near = wrap(angle);
            assert!(near.abs() <= std::f64::consts::PI + 1e-9);
            assert!((near.cos() - angle.cos()).abs() < 1e-9 && (near.sin() - angle.sin()).abs() < 1e-9);
        }
    }

    #[test]
    fn samples_turn_evenly_however_many_they_are() {
        let mut samples = [Complex32::new(2.0, 0.0); 3000];
        turn(&mut samples, -0.4, 1.3);
        for (at, sample) in samples.iter().enumerate() {
            let angle = -0.4 + 1.3 * at as f64;
            let expected = Complex32::new(2.0 * angle.cos() as f32, 2.0 * angle.sin() as f32);
            assert!((sample - expected).norm() < 1e-4, "{at}: {sample}");
        }
    }

    #[test]
    fn cosine_and_sine_are_right_to_a_millionth_at_every_angle() {
        for step in -4000..4000 {
            let angle = step as f32 * 0.01;
            let (cos, sin) = cos_sin(angle);
            // What f32 does to 40 rad by itself is 2 · 10⁻⁶.
            let tolerance = 1e-6 + 1e-7 * angle.abs();
            assert!((cos - angle.cos()).abs() < tolerance, "{angle}: {cos}");
            assert!((sin - angle.sin()).abs() < tolerance, "{angle}: {sin}");
        }
    }
}
