//! The scrambling of the Diehl group (Diehl, Hydrometer, Sappel): a 32-bit linear feedback shift register
//! that a 64-bit key and the frame's own header start.
//!
//! PRIOS telegrams and "real data" telegrams use it. Its key is the makers' and is published, so it
//! keeps nothing secret.

use super::Key64;
use alloc::vec::Vec;

/// The keys with which the makers deliver.
pub static FACTORY_KEYS: [Key64; 2] = [
    Key64::new([0x39, 0xBC, 0x8A, 0x10, 0xE6, 0x6D, 0x83, 0xF8]),
    Key64::new([0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8]),
];

/// Where the scrambled bytes of a frame begin.
pub const FIRST: usize = 15;

/// Returns the bytes of a frame from [`FIRST`] on, unscrambled; `None` where a frame ends before.
///
/// `frame` is without CRCs and has its address in the order in which it was on the air. Whether the key
/// is the right one the caller finds out: PRIOS begins with `4B`, for "real data" see [`checks`].
pub fn unscramble(key: &Key64, frame: &[u8]) -> Option<Vec<u8>> {
    let scrambled = frame.get(FIRST..)?;
    // M and A, the CI field and what follows it: whole words, big-endian.
    let starts = [2, 6, 10].map(|at| frame.get(at..)?.first_chunk().copied().map(u32::from_be_bytes));
    let mut register = starts.into_iter().try_fold(fold(key), |register, word| Some(register ^ word?))?;
    Some(
        scrambled
            .iter()
            .map(|byte| {
                register = clock(register);
                let [.., low] = register.to_be_bytes();
                byte ^ low
            })
            .collect(),
    )
}

/// Tells whether the sum of unscrambled "real data" is that of byte 14 of the frame, as far as it says.
pub fn checks(unscrambled: &[u8], check: u8) -> bool {
    const SUM_BITS: u8 = 0xEF;
    let sum = unscrambled.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    (sum ^ check) & SUM_BITS == 0
}

/// Folds a key to the register's width.
fn fold(key: &Key64) -> u32 {
    let [a, b, c, d, e, f, g, h] = *key.expose();
    u32::from_be_bytes([a, b, c, d]) ^ u32::from_be_bytes([e, f, g, h])
}

/// Moves the register on by one byte.
fn clock(register: u32) -> u32 {
    (0..8).fold(register, |register, _| {
        let bit = (register >> 1 ^ register >> 2 ^ register >> 11 ^ register >> 31) & 1;
        register << 1 | bit
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_folds_to_the_exclusive_or_of_its_halves() {
        assert_eq!(FACTORY_KEYS.each_ref().map(fold), [0xDFD1_09E8, 0xB71F_0AE8]);
    }

    #[test]
    fn a_frame_that_ends_before_its_scrambled_part_has_none() {
        let [key, _] = &FACTORY_KEYS;
        assert_eq!(unscramble(key, &[0; FIRST - 1]), None);
        assert_eq!(unscramble(key, &[0; FIRST]), Some(Vec::new()));
    }

    #[test]
    fn scrambling_twice_gives_the_bytes_back() {
        let [key, _] = &FACTORY_KEYS;
        let mut frame: Vec<u8> = (0..40).collect();
        let scrambled = unscramble(key, &frame).unwrap();
        frame.truncate(FIRST);
        frame.extend(scrambled);
        assert_eq!(unscramble(key, &frame).unwrap(), (15..40).collect::<Vec<u8>>());
    }

    #[test]
    fn the_check_leaves_one_bit_out() {
        assert!(checks(&[0xFF, 0x02], 0x01));
        assert!(checks(&[0xFF, 0x02], 0x11));
        assert!(!checks(&[0xFF, 0x02], 0x03));
    }
}
