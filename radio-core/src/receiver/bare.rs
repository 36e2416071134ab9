//! Telegrams with nothing around them: no start byte, no checksum.
//!
//! What a telegram looks like and where bytes end is all that tells one from noise: a receiver says a telegram in one
//! go, so what ends where the bytes end, or where the next telegram begins, is likelier to be one.

use wmbus::Manufacturer;

use super::session::Found;

/// The C fields with which meters begin: SND-NR, SND-IR, ACC-NR, ACC-DMD and RSP-UD (link.md §4).
const FROM_METERS: [u8; 8] = [0x44, 0x46, 0x47, 0x48, 0x08, 0x18, 0x28, 0x38];
/// A frame with contents counts at least C, M, A and CI.
const LEAST_LENGTH: u8 = 10;

/// Tells whether bytes begin a telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// Too few bytes to tell.
    TooFew,
    /// No telegram begins like this.
    NoTelegram,
    /// A telegram that takes this many bytes, as far as its L field tells.
    Telegram {
        /// How many.
        length: usize,
    },
}

/// Judges bytes by L field, C field and manufacturer.
pub(super) fn beginning(bytes: &[u8]) -> Beginning {
    let is_impossible = bytes.first().is_some_and(|length| *length < LEAST_LENGTH)
        || bytes.get(1).is_some_and(|control| !FROM_METERS.contains(control))
        || bytes.get(2..).and_then(<[u8]>::first_chunk).is_some_and(|manufacturer| {
            !Manufacturer::from_wire(*manufacturer).letters().iter().all(char::is_ascii_uppercase)
        });
    match *bytes {
        _ if is_impossible => Beginning::NoTelegram,
        [length, _, _, _, ..] => Beginning::Telegram { length: usize::from(length) + 1 },
        _ => Beginning::TooFew,
    }
}

/// Tells what lies at the front of bytes: a telegram without its L field, its beginning, or noise.
pub(super) fn find(bytes: &[u8]) -> Found<Vec<u8>> {
    let length = match beginning(bytes) {
        Beginning::NoTelegram => return Found::Noise { length: 1 },
        Beginning::TooFew => return Found::Part,
        Beginning::Telegram { length } => length,
    };
    let Some(message) = bytes.get(1..length) else { return Found::Part };
    if !ends_well(bytes, length) {
        // Noise that looks like a beginning is known by a telegram within that fits better.
        let fits_better = |at: &usize| match beginning(bytes.get(*at..).unwrap_or_default()) {
            Beginning::Telegram { length } => ends_well(bytes, at + length),
            _ => false,
        };
        if let Some(length) = (1..length).find(fits_better) {
            return Found::Noise { length };
        }
    }
    Found::Message { length, message: message.to_vec() }
}

/// Tells what to do with a beginning whose rest did not come: it is given up as far as a telegram that ends where the
/// bytes end, for it was noise then, and otherwise as a whole.
pub(super) fn give_up<M>(bytes: &[u8]) -> Found<M> {
    let ends_there = |at: &usize| {
        let length = bytes.len().saturating_sub(*at);
        beginning(bytes.get(*at..).unwrap_or_default()) == Beginning::Telegram { length }
    };
    let skip = (1..bytes.len()).find(ends_there).unwrap_or(bytes.len());
    Found::Broken { length: skip, skip }
}

/// Tells whether bytes end here, or go on with another telegram.
fn ends_well(bytes: &[u8], end: usize) -> bool {
    bytes.get(end..).is_some_and(|rest| rest.is_empty() || beginning(rest) != Beginning::NoTelegram)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The annex example of EN 13757-4.
    const TELEGRAM: [u8; 16] =
        [0x0F, 0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07, 0x78, 0x0B, 0x13, 0x43, 0x65, 0x87];
    /// Looks like the beginning of a short and of a long telegram.
    const SHORT_NOISE: [u8; 6] = [0x10, 0x44, 0xAE, 0x0C, 0x00, 0x00];
    const LONG_NOISE: [u8; 6] = [0xFD, 0x44, 0xAE, 0x0C, 0x00, 0x00];

    fn is_telegram(bytes: &[u8]) -> bool {
        matches!(find(bytes), Found::Message { length: 16, message } if message == TELEGRAM[1..])
    }

    #[test]
    fn a_telegram_begins_like_one_of_a_meter() {
        assert!(is_telegram(&TELEGRAM));
        for end in 1..TELEGRAM.len() {
            assert!(matches!(find(&TELEGRAM[..end]), Found::Part), "{end}");
        }
        // A C field of nobody, an L field that counts no CI, and letters below A.
        for bytes in [[0x0F, 0x45, 0xAE, 0x0C], [0x09, 0x44, 0xAE, 0x0C], [0x0F, 0x44, 0x00, 0x0C]] {
            assert!(matches!(find(&bytes), Found::Noise { length: 1 }), "{bytes:02X?}");
        }
    }

    #[test]
    fn telegrams_follow_one_another_and_noise_may_follow_them() {
        assert!(is_telegram(&[TELEGRAM, TELEGRAM].concat()));
        assert!(is_telegram(&[&TELEGRAM[..], &TELEGRAM[..2]].concat()));
        assert!(is_telegram(&[&TELEGRAM[..], &[0x00, 0xFF]].concat()));
    }

    #[test]
    fn noise_that_looks_like_a_beginning_does_not_swallow_a_telegram() {
        let bytes = [&SHORT_NOISE[..], &TELEGRAM].concat();
        assert!(matches!(find(&bytes), Found::Noise { length: 6 }));
        let bytes = [&LONG_NOISE[..], &TELEGRAM].concat();
        assert!(matches!(find(&bytes), Found::Part));
        assert!(matches!(give_up::<()>(&bytes), Found::Broken { length: 6, skip: 6 }));
        assert!(matches!(give_up::<()>(&TELEGRAM[..9]), Found::Broken { length: 9, skip: 9 }));
    }
}
