//! Bearer tokens and pairing codes: random, and kept only as their SHA-256.
//!
//! A plain hash is enough here: nobody can try 2^80 codes or 2^256 tokens.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use sync_protocol::Token;

/// Digits and letters that are not taken for one another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Returns the text of a bearer token of 256 bits.
pub(crate) fn bearer_token(random: [u8; 32]) -> Token {
    Token::new(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Returns the hash by which a token is found. An attacker cannot steer it, so that the time which
/// the search takes tells nothing about a token.
pub(crate) fn hash_token(token: &Token) -> [u8; 32] {
    Sha256::digest(token.expose().as_bytes()).into()
}

/// Compares two hashes in constant time.
pub(crate) fn is_same_hash(one: &[u8; 32], other: &[u8; 32]) -> bool {
    one.ct_eq(other).into()
}

/// Returns the text of a pairing code of 80 bits: `7K3M-Q9TF-02XN-HD5C`.
pub(crate) fn pairing_code(random: [u8; 10]) -> Token {
    let mut bits = random.iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let mut digits = [0u8; 16];
    for digit in digits.iter_mut().rev() {
        let place = usize::try_from(bits % 32).unwrap_or(0);
        *digit = ALPHABET.get(place).copied().unwrap_or(b'0');
        bits /= 32;
    }
    let groups = digits.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned());
    Token::new(groups.collect::<Vec<_>>().join("-"))
}

/// Returns the hash by which a pairing code is found. Case, spaces, dashes, and letters that look
/// like digits do not matter.
pub(crate) fn hash_pairing_code(code: &Token) -> [u8; 32] {
    let plain: String = code
        .expose()
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '-')
        .map(|character| match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    Sha256::digest(plain.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_sixteen_digits_in_groups_of_four() {
        assert_eq!(pairing_code([0; 10]).expose(), "0000-0000-0000-0000");
        assert_eq!(pairing_code([0xFF; 10]).expose(), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        assert_eq!(pairing_code([0, 0, 0, 0, 0, 0, 0, 0, 0x04, 0x21]).expose(), "0000-0000-0000-0111");
    }

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let hash = hash_pairing_code(&Token::new("01AB-CDEF-GH1K-MN0P".to_owned()));
        for typed in ["01abcdefgh1kmn0p", " OIAB CDEF GHLK MNOP ", "01AB-CDEF-GHIK-MNoP"] {
            assert_eq!(hash_pairing_code(&Token::new(typed.to_owned())), hash, "{typed}");
        }
    }
}
