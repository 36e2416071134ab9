//! What a file is that is not UTF-8, so that people know what to look for in their spreadsheet.

use std::fmt;

/// Bytes at the begin of a file by which UTF-16 without a mark is known.
const SAMPLE: usize = 1_024;

/// An encoding that is not read here, as far as bytes give it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Two bytes a character, in either order ("Unicode text" of spreadsheets).
    Utf16,
    /// One byte a character, accented letters among plain ones: Windows-1252 or Latin-1.
    Windows1252,
    /// Letters outside ASCII in a row: Windows-1251, GBK or another.
    Other,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252 (Latin-1)",
            Self::Other => "another encoding, such as Windows-1251 or GBK",
        })
    }
}

impl Encoding {
    /// Knows UTF-16 by its mark, or by the zeros in every other byte.
    pub(super) fn utf16(file: &[u8]) -> Option<Self> {
        let is_marked = file.starts_with(b"\xFF\xFE") || file.starts_with(b"\xFE\xFF");
        let sample = file.get(..SAMPLE).unwrap_or(file);
        let zeros = sample.iter().filter(|byte| **byte == 0).count();
        (is_marked || zeros > 1 && zeros * 3 >= sample.len()).then_some(Self::Utf16)
    }

    /// Guesses what bytes are that are not UTF-8.
    pub(super) fn guess(bytes: &[u8]) -> Self {
        let neighbours = bytes.iter().zip(bytes.iter().skip(1));
        let has_run = neighbours.into_iter().any(|(one, next)| !one.is_ascii() && !next.is_ascii());
        if has_run { Self::Other } else { Self::Windows1252 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn utf16_is_known_with_and_without_its_mark() {
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            assert_eq!(Encoding::utf16(&utf16("meter_no;street\n1;Süd\n", to_bytes)), Some(Encoding::Utf16));
            assert_eq!(Encoding::utf16(&utf16("\u{FEFF}улица\n", to_bytes)), Some(Encoding::Utf16));
        }
        for file in ["", "a;b\n1;2\n", "a;b\n1;\0\n", "улица;дом\n"] {
            assert_eq!(Encoding::utf16(file.as_bytes()), None, "{file:?}");
        }
    }

    #[test]
    fn single_accented_letters_are_told_from_runs_of_foreign_ones() {
        assert_eq!(Encoding::guess(b"Lindenstra\xDFe, M\xFCller"), Encoding::Windows1252);
        // "улица" in Windows-1251, "街道" in GBK.
        assert_eq!(Encoding::guess(b"\xF3\xEB\xE8\xF6\xE0"), Encoding::Other);
        assert_eq!(Encoding::guess(b"\xBD\xD6\xB5\xC0"), Encoding::Other);
    }
}
