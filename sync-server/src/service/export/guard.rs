//! No cell of an export is a formula: a spreadsheet would run what a stranger typed.

/// Puts an apostrophe before a text that a spreadsheet takes for a formula. Numbers stay numbers,
/// negative ones too.
pub(super) fn guard(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && !is_number(text);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for text in ["=1+1", "+1", "-x", "@SUM(A1)", "\t=1", "-1-1", "--1", "-", "-1.", "-.5"] {
            assert_eq!(guard(text), format!("'{text}"), "{text}");
        }
        for text in ["", "-5", "-0.330", "12", "abc", "1=2", "a-b"] {
            assert_eq!(guard(text), text);
        }
    }
}
