//! Reading single fields: what people and spreadsheets make of numbers, dates and identifications.

use jiff::civil::Date;
use wmbus::LinkMode;

/// Digits of a decimal at most: more than any meter shows.
const DIGITS: usize = 38;

/// Reads a decimal with a point or a comma and returns it with a point, its digits untouched.
///
/// Of a point and a comma the last one is the decimal separator; spaces between digits are skipped.
pub(super) fn decimal(text: &str) -> Option<String> {
    let text: String =
        text.chars().filter(|character| !character.is_whitespace() && *character != '\'').collect();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(&text)),
    };
    let place = digits.rfind([',', '.']);
    let (whole, fraction) = match place {
        Some(place) => (digits.get(..place)?, digits.get(place + 1..)?),
        None => (digits, ""),
    };
    let separator = place.and_then(|place| digits.get(place..=place)).unwrap_or_default();
    // A thousands separator is the other character; the same one twice is no number.
    if !separator.is_empty() && whole.contains(separator) {
        return None;
    }
    let whole: String = whole.chars().filter(|character| !matches!(character, ',' | '.')).collect();
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(&whole) || !is_digits(fraction) || whole.len() + fraction.len() > DIGITS
    {
        return None;
    }
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// Reads `2026-12-31` or `31.12.2026` and returns the first form.
pub(super) fn date(text: &str) -> Option<String> {
    if let Ok(date) = text.parse::<Date>() {
        return (text.len() == 10).then(|| date.to_string());
    }
    let mut parts = text.split('.').map(|part| part.parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !(1900..=2199).contains(&year) {
        return None;
    }
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(date.to_string())
}

/// Reads a byte in decimal, or in hexadecimal after `0x`.
pub(super) fn byte(text: &str) -> Option<u8> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Reads a manufacturer's three letters.
pub(super) fn manufacturer(text: &str) -> Option<String> {
    let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| text.to_ascii_uppercase())
}

/// Reads link modes between commas or spaces, and returns their names as the standard writes them, between commas.
pub(super) fn link_modes(text: &str) -> Option<String> {
    let names = text.split([',', ' ', '/', '+']).filter(|name| !name.is_empty());
    let modes: Vec<LinkMode> = names.map(str::parse).collect::<Result<_, _>>().ok()?;
    let names: Vec<_> = modes.into_iter().map(LinkMode::as_str).collect();
    (!names.is_empty()).then(|| names.join(","))
}

/// An identification number as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RadioId {
    /// Eight hexadecimal digits in upper case.
    pub(super) digits: String,
    /// Whether zeros were put before it that a spreadsheet had eaten.
    pub(super) padded: bool,
}

/// Reads an identification number.
pub(super) fn radio_id(text: &str) -> Option<RadioId> {
    let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits.len() {
        8 if is_hexadecimal => Some(RadioId { digits: digits.to_ascii_uppercase(), padded: false }),
        1..8 if is_decimal => Some(RadioId { digits: format!("{digits:0>8}"), padded: true }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_digits_whatever_the_separator() {
        for (text, expected) in [
            ("123", "123"),
            ("123,50", "123.50"),
            ("-0.330", "-0.330"),
            ("1.234,5", "1234.5"),
            ("1,234,567.5", "1234567.5"),
            ("1 234,5", "1234.5"),
            ("+7", "7"),
            ("007,", "007"),
        ] {
            assert_eq!(decimal(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "-", ",5", "1.2.3", "12a", "1e3", "1,2,3", &"9".repeat(39)] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_read_in_both_notations() {
        assert_eq!(date("2026-12-31").as_deref(), Some("2026-12-31"));
        assert_eq!(date("31.12.2026").as_deref(), Some("2026-12-31"));
        assert_eq!(date("1.2.2026").as_deref(), Some("2026-02-01"));
        for text in ["", "31.02.2026", "2026-13-01", "12/31/2026", "1.2.26", "1.2.2026.1", "20261231"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn identification_numbers_keep_leading_zeros_and_get_back_eaten_ones() {
        let read = |text| radio_id(text).map(|id| (id.digits, id.padded));
        assert_eq!(read("00aB12cd"), Some(("00AB12CD".to_owned(), false)));
        assert_eq!(read(" 1234 5678"), Some(("12345678".to_owned(), false)));
        assert_eq!(read("4711"), Some(("00004711".to_owned(), true)));
        for text in ["", "123456789", "12AB", "1234567G", "1.2E+07"] {
            assert_eq!(radio_id(text), None, "{text}");
        }
    }

    #[test]
    fn bytes_and_manufacturers_are_checked() {
        assert_eq!((byte("22"), byte("0x16"), byte("256"), byte("1B")), (Some(22), Some(22), None, None));
        assert_eq!(manufacturer("kam").as_deref(), Some("KAM"));
        assert_eq!((manufacturer("KAMS"), manufacturer("K1M")), (None, None));
    }
}
