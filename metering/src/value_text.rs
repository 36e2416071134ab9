//! Values as people type them.

use wmbus::Decimal;

/// A text is not a value that a display can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a value is digits with at most one comma or point, such as 123,5")]
pub struct ParseValueError;

/// Reads digits with at most one comma or point. Meters show no sign and no grouping: `1.234,5` is
/// refused, not guessed.
///
/// # Errors
/// When the text is anything else, or longer than 38 digits.
pub fn parse_value(text: &str) -> Result<Decimal, ParseValueError> {
    let text = text.trim().replace(',', ".");
    let is_digit_or_point = |c: char| c.is_ascii_digit() || c == '.';
    if !text.chars().all(is_digit_or_point) {
        return Err(ParseValueError);
    }
    text.parse().map_err(|_| ParseValueError)
}

/// Multiplies exactly; nothing where the digits do not fit.
pub(crate) fn multiply(a: Decimal, b: Decimal) -> Option<Decimal> {
    Some(Decimal {
        mantissa: a.mantissa.checked_mul(b.mantissa)?,
        exponent: a.exponent.checked_add(b.exponent)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comma_and_point_are_the_same_and_no_digit_changes() {
        assert_eq!(parse_value(" 00123,50 ").unwrap().to_string(), "123.50");
        assert_eq!(parse_value("123.5").unwrap(), parse_value("123,50").unwrap());
    }

    #[test]
    fn what_no_display_shows_is_refused() {
        for text in ["", ",5", "5,", "1.234,5", "1,2,3", "-5", "+5", "1e3", "12 34", "zwölf", "٣"] {
            assert_eq!(parse_value(text), Err(ParseValueError), "{text:?}");
        }
    }

    #[test]
    fn a_factor_multiplies_exactly() {
        let value = multiply(parse_value("12,3").unwrap(), parse_value("0,1").unwrap());
        assert_eq!(value.unwrap().to_string(), "1.23");
    }
}
