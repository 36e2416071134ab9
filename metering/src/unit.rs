//! Units that offices write and meters send, brought to one.

use wmbus::Decimal;

/// Returns the base unit of a unit and the power of ten between the two: 1 MWh = 10³ kWh.
///
/// Only exact powers of ten are here. What is not known is its own base unit.
fn base(unit: &str) -> (String, i8) {
    let folded: String = unit
        .trim()
        .chars()
        .filter_map(|c| match c {
            ' ' | '^' => None,
            '³' => Some('3'),
            c => Some(c.to_ascii_lowercase()),
        })
        .collect();
    let (base, exponent) = match folded.as_str() {
        "m3" | "cbm" => ("m³", 0),
        "l" | "liter" | "litre" | "dm3" => ("m³", -3),
        "kwh" => ("kWh", 0),
        "wh" => ("kWh", -3),
        "mwh" => ("kWh", 3),
        "gwh" => ("kWh", 6),
        "mj" => ("MJ", 0),
        "kj" => ("MJ", -3),
        "gj" => ("MJ", 3),
        "mcal" => ("Mcal", 0),
        "gcal" => ("Mcal", 3),
        "hca" | "units" | "einheiten" | "ve" => ("HCA", 0),
        _ => return (folded, 0),
    };
    (base.to_owned(), exponent)
}

/// Returns a value in the base unit of its unit, with that unit; nothing if it is too large to tell.
pub(crate) fn to_base(value: Decimal, unit: &str) -> Option<(Decimal, String)> {
    let (base, exponent) = base(unit);
    Some((Decimal { mantissa: value.mantissa, exponent: value.exponent.checked_add(exponent)? }, base))
}

/// Converts a value exactly; none where the units measure different things or the value is too large.
pub fn convert(value: Decimal, from: &str, to: &str) -> Option<Decimal> {
    let ((value, base), (target, exponent)) = (to_base(value, from)?, self::base(to));
    if base != target {
        return None;
    }
    Some(Decimal { mantissa: value.mantissa, exponent: value.exponent.checked_sub(exponent)? })
}

/// Returns whether two units measure the same thing up to a power of ten.
pub fn same_dimension(a: &str, b: &str) -> bool {
    base(a).0 == base(b).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_and_meters_mean_the_same_unit() {
        for (value, unit, expected, base_unit) in [
            ("1.5", "MWh", "1500", "kWh"),
            ("123", "l", "0.123", "m³"),
            ("7", " m^3 ", "7", "m³"),
            ("7", "m3", "7", "m³"),
            ("2", "GJ", "2000", "MJ"),
            ("42", "HCA", "42", "HCA"),
            ("42", "pulses", "42", "pulses"),
        ] {
            let (value, found) = to_base(value.parse().unwrap(), unit).unwrap();
            assert_eq!((value, found.as_str()), (expected.parse().unwrap(), base_unit), "{unit}");
        }
        assert_eq!(convert("12501".parse().unwrap(), "kWh", "MWh").unwrap().to_string(), "12.501");
        assert_eq!(convert("1.5".parse().unwrap(), "MWh", "Wh").unwrap().to_string(), "1500000");
        assert_eq!(convert("1".parse().unwrap(), "MJ", "kWh"), None);
        assert!(same_dimension("MWh", "kWh"));
        assert!(!same_dimension("MJ", "kWh"));
        assert!(!same_dimension("m³", "kWh"));
    }
}
