//! Names and keys with numbers of the record in them, such as `total_energy_tariff_{tariff}`.

use crate::apl::DataRecord;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A number of a record, shifted: `{storage}`, `{storage-1}`, `{32-storage}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expression {
    variable: Variable,
    negative: bool,
    offset: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variable {
    Storage,
    Tariff,
    Subunit,
}

impl Variable {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "storage" => Self::Storage,
            "tariff" => Self::Tariff,
            "subunit" => Self::Subunit,
            _ => return None,
        })
    }

    fn of(self, record: &DataRecord) -> u64 {
        match self {
            Self::Storage => record.storage_number,
            Self::Tariff => record.tariff.into(),
            Self::Subunit => record.subunit.into(),
        }
    }
}

impl Expression {
    /// Parses `variable`, `variable-N`, `variable+N` or `N-variable`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(variable) = Variable::parse(text) {
            return Some(Self { variable, negative: false, offset: 0 });
        }
        let (left, right, sign) = match text.split_once('-') {
            Some((left, right)) => (left, right, -1),
            None => text.split_once('+').map(|(left, right)| (left, right, 1))?,
        };
        let number = |text: &str| text.parse::<u16>().ok().map(i64::from);
        match (Variable::parse(left), Variable::parse(right)) {
            (Some(variable), None) => Some(Self { variable, negative: false, offset: sign * number(right)? }),
            (None, Some(variable)) => Some(Self { variable, negative: sign < 0, offset: number(left)? }),
            _ => None,
        }
    }

    /// Computes the number for a record; `None` below zero.
    pub(super) fn value(self, record: &DataRecord) -> Option<u64> {
        let value = i64::try_from(self.variable.of(record)).ok()?;
        let value = if self.negative { -value } else { value };
        u64::try_from(value.checked_add(self.offset)?).ok()
    }
}

/// Text with expressions in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A number, with zeros in front up to so many digits.
    Number(Expression, usize),
    /// The month of the value's date: its English name, or the first three letters of it in lower case.
    Month {
        is_short: bool,
    },
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Template {
    /// Parses a template; `None` where braces or an expression are wrong.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (expression, behind) = after.split_once('}')?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(match expression.split_once(':') {
                _ if expression == "month" => Part::Month { is_short: false },
                _ if expression == "mon" => Part::Month { is_short: true },
                Some((expression, digits)) => {
                    Part::Number(Expression::parse(expression)?, digits.parse::<u8>().ok()?.into())
                }
                None => Part::Number(Expression::parse(expression)?, 0),
            });
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        let is_closed = |part: &Part| !matches!(part, Part::Text(text) if text.contains(['{', '}']));
        parts.iter().all(is_closed).then_some(Self(parts))
    }

    /// Writes the text for a record; `None` where a number would lie below zero, or a date is missing.
    pub(super) fn fill(&self, record: &DataRecord) -> Option<String> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(fixed) => text.push_str(fixed),
                Part::Number(expression, digits) => {
                    text.push_str(&format!("{:0digits$}", expression.value(record)?));
                }
                Part::Month { is_short } => {
                    let month = usize::from(record.date?.date().month?);
                    let name = MONTHS.get(month.checked_sub(1)?)?;
                    match name.get(..3).filter(|_| *is_short) {
                        Some(short) => text.push_str(&short.to_ascii_lowercase()),
                        None => text.push_str(name),
                    }
                }
            }
        }
        Some(text)
    }

    /// Returns the text with 1 in the place of every number: what checks of names look at.
    pub(super) fn sample(&self) -> String {
        self.0
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.as_str(),
                Part::Number(..) => "1",
                Part::Month { .. } => "month",
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apl::{Quantity, Source, Unit};
    use crate::value::Value;

    fn record() -> DataRecord {
        let plain = DataRecord::derived(
            Source::Transmitted,
            (0, &[]),
            (Quantity::Energy, Unit::KilowattHour),
            Value::Raw,
        );
        DataRecord { storage_number: 33, tariff: 2, ..plain }
    }

    #[test]
    fn numbers_of_the_record_are_put_into_the_text() {
        let fill = |text| Template::parse(text).and_then(|template| template.fill(&record()));
        assert_eq!(fill("total").as_deref(), Some("total"));
        assert_eq!(fill("prev_{storage-31}_month_kwh").as_deref(), Some("prev_2_month_kwh"));
        assert_eq!(fill("{40-storage}_{tariff+1}").as_deref(), Some("7_3"));
        assert_eq!(fill("{subunit-1}"), None, "nothing lies below zero");
        assert_eq!(fill("prev_{tariff:2}").as_deref(), Some("prev_02"));
        assert_eq!(fill("{month}_total"), None, "the record has no date");
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in
            ["{", "}", "{storage", "{year}", "{storage-}", "{storage-tariff}", "{storage:}", "a}b{storage}"]
        {
            assert_eq!(Template::parse(text), None, "{text}");
        }
    }
}
