//! Hexadecimal text as people and programs write it.

/// Why a text is not hexadecimal, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum HexError {
    /// The text holds no digit.
    #[error("no hexadecimal digits")]
    Empty,
    /// A character is neither a digit nor a separator.
    #[error("character {} is not a hexadecimal digit", .index + 1)]
    Digit {
        /// Index of the character in the text, from 0.
        index: usize,
    },
    /// The last byte has one digit only.
    #[error("an odd number of hexadecimal digits; a digit is missing")]
    Odd,
}

/// Characters that people put between bytes.
const SEPARATORS: [char; 6] = [' ', '\t', '_', '|', ':', '-'];

/// Parses bytes written in hexadecimal, in either case, with or without `0x` and separators.
pub(crate) fn parse(text: &str) -> Result<Vec<u8>, HexError> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    let mut characters = text.chars().enumerate().peekable();
    while let Some((index, character)) = characters.next() {
        if SEPARATORS.contains(&character) {
            continue;
        }
        let is_prefix = character == '0'
            && high.is_none()
            && bytes.is_empty()
            && characters.next_if(|(_, next)| matches!(next, 'x' | 'X')).is_some();
        if is_prefix {
            continue;
        }
        let digit = character.to_digit(16).ok_or(HexError::Digit { index })?;
        let digit = u8::try_from(digit).unwrap_or_default();
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(high << 4 | digit),
        }
    }
    match high {
        Some(_) => Err(HexError::Odd),
        None if bytes.is_empty() => Err(HexError::Empty),
        None => Ok(bytes),
    }
}

/// Writes bytes as upper-case hexadecimal digits.
pub(crate) fn write(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02X}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_prefix_and_case_do_not_matter() {
        for text in ["0f44AE", "0x0F44AE", "0F 44 ae", "0F44_AE", "|0F|44|AE|", "0X0f:44-ae"] {
            assert_eq!(parse(text), Ok(vec![0x0F, 0x44, 0xAE]), "{text}");
        }
    }

    #[test]
    fn what_is_not_hexadecimal_is_named_by_its_place() {
        assert_eq!(parse("0F4G"), Err(HexError::Digit { index: 3 }));
        assert_eq!(parse("0F 4"), Err(HexError::Odd));
        assert_eq!(parse(" "), Err(HexError::Empty));
        assert_eq!(parse("0x"), Err(HexError::Empty));
        assert_eq!(parse("00x1"), Err(HexError::Digit { index: 2 }));
    }
}
