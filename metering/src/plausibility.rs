//! Whether a value can be true, given what the office knows of the meter.

use std::fmt;
use std::str::FromStr;

use sync_protocol::TourMeter;
use wmbus::Decimal;

use super::billing::BillingCandidate;
use super::medium::Medium;
use super::unit;
use super::value_text::{multiply, parse_value};

/// What is odd about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// The telegram may have been damaged, or the value was not understood whole.
    Doubtful,
    /// Below the previous value, and the display cannot have rolled over.
    BelowPrevious,
    /// Below the lowest plausible value.
    BelowLow,
    /// Above the highest plausible value.
    AboveHigh,
    /// Ten times the previous value or more, and the office gave no highest value.
    Jump,
    /// The meter measures something else than the tour says.
    WrongMedium,
    /// The value is in a unit that is not the tour's.
    WrongUnit,
    /// Below the previous value, because the display passed its last digit.
    Rollover,
    /// Zero.
    Zero,
    /// The same as the previous value.
    Inactive,
    /// More digits were typed than the display has.
    TooManyDigits,
}

impl Verdict {
    const ALL: [Self; 11] = [
        Self::Doubtful,
        Self::BelowPrevious,
        Self::BelowLow,
        Self::AboveHigh,
        Self::Jump,
        Self::WrongMedium,
        Self::WrongUnit,
        Self::Rollover,
        Self::Zero,
        Self::Inactive,
        Self::TooManyDigits,
    ];

    /// Returns the stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Doubtful => "doubtful",
            Self::BelowPrevious => "below_previous",
            Self::BelowLow => "below_low",
            Self::AboveHigh => "above_high",
            Self::Jump => "jump",
            Self::WrongMedium => "wrong_medium",
            Self::WrongUnit => "wrong_unit",
            Self::Rollover => "rollover",
            Self::Zero => "zero",
            Self::Inactive => "inactive",
            Self::TooManyDigits => "too_many_digits",
        }
    }

    /// Returns the sentence for the reader.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Doubtful => "the telegram may be damaged, or is not understood whole",
            Self::BelowPrevious => "the value is below the previous one",
            Self::BelowLow => "the value is below the lowest plausible one",
            Self::AboveHigh => "the value is above the highest plausible one",
            Self::Jump => "the value is ten times the previous one or more",
            Self::WrongMedium => "the meter measures another medium than the tour says",
            Self::WrongUnit => "the value has another unit than the tour says",
            Self::Rollover => "the display has rolled over",
            Self::Zero => "the value is zero",
            Self::Inactive => "the value has not changed since the last reading",
            Self::TooManyDigits => "the value has more digits than the display",
        }
    }

    /// Returns whether a value with this verdict needs a person. The other verdicts are hints: an empty
    /// flat uses nothing, and an old meter rolls over.
    pub fn is_implausible(self) -> bool {
        !matches!(self, Self::Rollover | Self::Zero | Self::Inactive)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text is no known verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown verdict; known are {}", Verdict::ALL.map(Verdict::as_str).join(", "))]
pub struct ParseVerdictError;

impl FromStr for Verdict {
    type Err = ParseVerdictError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text).ok_or(ParseVerdictError)
    }
}

/// From this value on (in the unit of the tour) a tenfold increase is a jump: small values of young
/// meters grow that fast.
const JUMP_FLOOR: Decimal = Decimal { mantissa: 100, exponent: 0 };

/// Judges a value that the meter sent. What makes the telegram doubtful comes first: it may be why the
/// value is odd.
pub fn judge_radio(candidate: &BillingCandidate, device_type: u8, line: &TourMeter) -> Vec<Verdict> {
    let mut verdicts = Vec::from_iter(candidate.is_doubtful.then_some(Verdict::Doubtful));
    verdicts.extend(judge(candidate.value, &candidate.unit, line));
    let (sent, expected) = (Medium::of_device_type(device_type), Medium::of_words(&line.medium));
    if sent.is_some() && expected.is_some() && sent != expected {
        verdicts.push(Verdict::WrongMedium);
    }
    verdicts
}

/// Returns the value that a display's digits stand for.
pub fn displayed_value(digits: Decimal, line: &TourMeter) -> Decimal {
    let factor = line.factor.as_deref().and_then(|factor| parse_value(factor).ok());
    factor.and_then(|factor| multiply(digits, factor)).unwrap_or(digits)
}

/// Judges the digits of a display that a person typed.
pub fn judge_typed(digits: Decimal, unit: &str, line: &TourMeter) -> Vec<Verdict> {
    let beyond = line.digits.and_then(|places| i8::try_from(places).ok());
    let beyond = beyond.is_some_and(|exponent| digits >= Decimal { mantissa: 1, exponent });
    let mut verdicts = Vec::from_iter(beyond.then_some(Verdict::TooManyDigits));
    verdicts.extend(judge(displayed_value(digits, line), unit, line));
    verdicts
}

/// Judges a value against what the tour says of the meter. What the tour does not say is not judged.
pub fn judge(value: Decimal, unit: &str, line: &TourMeter) -> Vec<Verdict> {
    let tour_unit = line.unit.as_deref().unwrap_or(unit);
    if !unit::same_dimension(unit, tour_unit) {
        return vec![Verdict::WrongUnit];
    }
    let in_base = |value, unit| unit::to_base(value, unit).map(|(value, _)| value);
    let of_tour = |text: &Option<String>| in_base(parse_value(text.as_deref()?).ok()?, tour_unit);
    let Some(value) = in_base(value, unit) else { return vec![Verdict::AboveHigh] };
    let (low, high) = (of_tour(&line.low), of_tour(&line.high));
    let counts_on = counts_on(unit, line);
    let previous = of_tour(&line.previous_value).filter(|_| counts_on);
    let mut verdicts = Vec::new();
    if let Some(previous) = previous {
        if value < previous {
            let range = displayed_range(line).and_then(|range| in_base(range, tour_unit));
            let rolled = range.is_some_and(|range| rolled_over(previous, value, range));
            verdicts.push(if rolled { Verdict::Rollover } else { Verdict::BelowPrevious });
        } else if value == previous {
            verdicts.push(Verdict::Inactive);
        } else if high.is_none() && is_jump(previous, value, in_base(JUMP_FLOOR, tour_unit)) {
            verdicts.push(Verdict::Jump);
        }
    }
    // After a rollover the limits, which count on, do not apply.
    if !verdicts.contains(&Verdict::Rollover) {
        verdicts.extend(low.filter(|low| value < *low).map(|_| Verdict::BelowLow));
        verdicts.extend(high.filter(|high| value > *high).map(|_| Verdict::AboveHigh));
    }
    if counts_on && value.is_zero() {
        verdicts.push(Verdict::Zero);
    }
    verdicts
}

/// Returns whether the meter counts on from its previous value. Heat cost allocators begin again at zero
/// every year.
pub fn counts_on(unit: &str, line: &TourMeter) -> bool {
    Medium::of_words(&line.medium) != Some(Medium::HeatCostAllocation)
        && !unit::same_dimension(line.unit.as_deref().unwrap_or(unit), "HCA")
}

/// Returns the first value that the display cannot show.
fn displayed_range(line: &TourMeter) -> Option<Decimal> {
    let digits = i8::try_from(line.digits?).ok()?;
    Some(displayed_value(Decimal { mantissa: 1, exponent: digits }, line))
}

/// A display has rolled over when it stood in the last tenth of its range and now stands in the first.
fn rolled_over(previous: Decimal, value: Decimal, range: Decimal) -> bool {
    let tenth = Decimal { mantissa: range.mantissa, exponent: range.exponent.saturating_sub(1) };
    let from = range.checked_sub(tenth);
    previous < range && from.is_some_and(|from| previous >= from) && value < tenth
}

fn is_jump(previous: Decimal, value: Decimal, floor: Option<Decimal>) -> bool {
    let tenfold = Decimal { mantissa: previous.mantissa, exponent: previous.exponent.saturating_add(1) };
    floor.is_some_and(|floor| previous >= floor) && value >= tenfold
}

#[cfg(test)]
mod tests {
    use super::super::billing::ValueKind;
    use super::*;

    fn line() -> TourMeter {
        TourMeter {
            unit: Some("m³".into()),
            medium: "cold water".into(),
            previous_value: Some("9000".into()),
            digits: Some(4),
            ..TourMeter::default()
        }
    }

    fn sent(value: &str) -> BillingCandidate {
        BillingCandidate {
            kind: ValueKind::Current,
            value: value.parse().unwrap(),
            unit: "m³".into(),
            date: None,
            telegram: None,
            is_doubtful: false,
        }
    }

    fn judged(value: &str, line: &TourMeter) -> Vec<Verdict> {
        judge(value.parse().unwrap(), "m³", line)
    }

    #[test]
    fn a_value_above_the_previous_one_is_plausible() {
        assert_eq!(judged("9000.001", &line()), []);
    }

    #[test]
    fn a_display_rolls_over_only_from_its_last_tenth_to_its_first() {
        assert_eq!(judged("12.5", &line()), [Verdict::Rollover]);
        assert_eq!(judged("1000", &line()), [Verdict::BelowPrevious]);
        let in_the_middle = TourMeter { previous_value: Some("8999.999".into()), ..line() };
        assert_eq!(judged("12.5", &in_the_middle), [Verdict::BelowPrevious]);
        let unknown_digits = TourMeter { digits: None, ..line() };
        assert_eq!(judged("12.5", &unknown_digits), [Verdict::BelowPrevious]);
    }

    #[test]
    fn limits_are_the_offices_and_a_jump_is_judged_only_without_them() {
        let young = TourMeter { previous_value: Some("100".into()), ..line() };
        assert_eq!(judged("999.9", &young), []);
        assert_eq!(judged("1000", &young), [Verdict::Jump]);
        let with_limits = TourMeter { low: Some("110".into()), high: Some("2000".into()), ..young };
        assert_eq!(judged("1000", &with_limits), []);
        assert_eq!(judged("105", &with_limits), [Verdict::BelowLow]);
        assert_eq!(judged("2000.001", &with_limits), [Verdict::AboveHigh]);
        let very_young = TourMeter { previous_value: Some("3".into()), ..line() };
        assert_eq!(judged("40", &very_young), []);
    }

    #[test]
    fn units_are_converted_before_anything_is_compared() {
        let heat = TourMeter {
            unit: Some("MWh".into()),
            previous_value: Some("12,5".into()),
            medium: "heat".into(),
            ..TourMeter::default()
        };
        assert_eq!(judge("12501".parse().unwrap(), "kWh", &heat), []);
        assert_eq!(judge("12499".parse().unwrap(), "kWh", &heat), [Verdict::BelowPrevious]);
        assert_eq!(judge("12501".parse().unwrap(), "m³", &heat), [Verdict::WrongUnit]);
    }

    #[test]
    fn unchanged_and_zero_values_are_hints() {
        assert_eq!(judged("9000.000", &line()), [Verdict::Inactive]);
        let new = TourMeter { previous_value: None, ..line() };
        assert_eq!(judged("0", &new), [Verdict::Zero]);
        assert!(!Verdict::Inactive.is_implausible() && !Verdict::Zero.is_implausible());
        assert!(Verdict::BelowPrevious.is_implausible());
    }

    #[test]
    fn a_heat_cost_allocator_may_begin_again_at_zero() {
        let allocator = TourMeter {
            unit: Some("HCA".into()),
            medium: "heat cost allocator".into(),
            previous_value: Some("1200".into()),
            ..TourMeter::default()
        };
        assert_eq!(judge("0".parse().unwrap(), "HCA", &allocator), []);
    }

    #[test]
    fn a_medium_that_is_certainly_another_is_told() {
        assert_eq!(judge_radio(&sent("9001"), 0x04, &line()), [Verdict::WrongMedium]);
        assert_eq!(judge_radio(&sent("9001"), 0x16, &line()), []);
        assert_eq!(judge_radio(&sent("9001"), 0x0F, &line()), []);
    }

    #[test]
    fn a_doubtful_value_needs_a_person_however_likely_it_looks() {
        let doubtful = |value| BillingCandidate { is_doubtful: true, ..sent(value) };
        assert_eq!(judge_radio(&doubtful("9001"), 0x16, &line()), [Verdict::Doubtful]);
        assert_eq!(
            judge_radio(&doubtful("1000"), 0x16, &line()),
            [Verdict::Doubtful, Verdict::BelowPrevious],
            "said before what follows from it"
        );
        assert!(Verdict::Doubtful.is_implausible());
        assert_eq!("doubtful".parse(), Ok(Verdict::Doubtful));
    }

    #[test]
    fn more_digits_than_the_display_has_are_told_first() {
        let line = TourMeter { high: Some("9500".into()), ..line() };
        let typed = |value: &str| judge_typed(value.parse().unwrap(), "m³", &line);
        assert_eq!(typed("9999.999"), [Verdict::AboveHigh]);
        assert_eq!(typed("10000"), [Verdict::TooManyDigits, Verdict::AboveHigh]);
    }

    #[test]
    fn the_factor_of_a_display_counts() {
        let line = TourMeter { factor: Some("10".into()), ..line() };
        assert_eq!(displayed_value("905".parse().unwrap(), &line).to_string(), "9050");
    }
}
