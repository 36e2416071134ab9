//! One named value of a meter, from all its telegrams.

use crate::apl::Unit;
use crate::value::{Timestamp, Value};
use alloc::vec::Vec;

/// The place of a value in a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The only value of its name.
    Single,
    /// A place that moves on with the series, such as 1 for the youngest month end.
    Index(u64),
    /// When the value was taken, which does not move.
    At(Timestamp),
}

/// What a meter said once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<R> {
    /// The value; never [`Value::NotAvailable`] or [`Value::Invalid`].
    pub value: Value,
    /// The unit of a number.
    pub unit: Unit,
    /// When the value was taken, where it is not the current one and the telegram says so.
    pub date: Option<Timestamp>,
    /// What the meter's clock said in the same telegram.
    pub meter_time: Option<Timestamp>,
    /// The reception of the telegram.
    pub reception: R,
}

/// One named value of a meter: what its newest telegrams say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateField<R> {
    open: Option<Statement<R>>,
    proprietary: Option<Statement<R>>,
    unavailable: Option<R>,
}

impl<R: Ord + Clone> StateField<R> {
    pub(super) const fn new() -> Self {
        Self { open: None, proprietary: None, unavailable: None }
    }

    /// Returns the value that counts: the newest of the open telegrams, otherwise of the maker's own.
    pub fn best(&self) -> Option<&Statement<R>> {
        self.open.as_ref().or(self.proprietary.as_ref())
    }

    /// Returns the newest value, whatever the layout of its telegram.
    pub fn newest(&self) -> Option<&Statement<R>> {
        let mut both: Vec<_> = self.open.iter().chain(&self.proprietary).collect();
        both.sort_by(|a, b| a.reception.cmp(&b.reception));
        both.pop()
    }

    /// Returns the reception since which the meter says that there is no value, or none that can be; `None`
    /// while the newest statement is a value.
    pub fn unavailable(&self) -> Option<&R> {
        let unavailable = self.unavailable.as_ref()?;
        self.newest().is_none_or(|newest| newest.reception < *unavailable).then_some(unavailable)
    }

    /// Takes a statement, unless a newer one of the same kind is there.
    pub(super) fn take(&mut self, statement: Statement<R>, is_open: bool) {
        if matches!(statement.value, Value::NotAvailable | Value::Invalid(_)) {
            if self.unavailable.as_ref().is_none_or(|known| *known < statement.reception) {
                self.unavailable = Some(statement.reception);
            }
            return;
        }
        let kept = if is_open { &mut self.open } else { &mut self.proprietary };
        if kept.as_ref().is_none_or(|kept| kept.reception < statement.reception) {
            *kept = Some(statement);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Decimal;
    use alloc::vec;

    fn statement(value: Value, reception: u32) -> Statement<u32> {
        Statement { value, unit: Unit::CubicMetre, date: None, meter_time: None, reception }
    }

    fn number(number: i128) -> Value {
        Value::Number(Decimal::from(number))
    }

    #[test]
    fn an_open_value_comes_before_one_of_the_makers_own_layout_even_if_older() {
        let mut field = StateField::new();
        field.take(statement(number(3), 3), false);
        assert_eq!(field.best().unwrap().value, number(3));
        field.take(statement(number(2), 2), true);
        assert_eq!(field.best().unwrap().value, number(2));
        assert_eq!(field.newest().unwrap().value, number(3));
    }

    #[test]
    fn a_newer_value_replaces_an_older_one_and_never_the_other_way_round() {
        let mut field = StateField::new();
        for (value, reception) in [(1, 1), (3, 3), (2, 2)] {
            field.take(statement(number(value), reception), true);
        }
        assert_eq!(field.best().unwrap().value, number(3));
    }

    #[test]
    fn not_available_is_told_beside_the_last_value_and_never_becomes_one() {
        let mut field = StateField::new();
        field.take(statement(Value::NotAvailable, 1), true);
        assert_eq!((field.best(), field.unavailable()), (None, Some(&1)));
        field.take(statement(number(2), 2), true);
        assert_eq!(field.unavailable(), None);
        field.take(statement(Value::Invalid(vec![0xFF]), 4), true);
        field.take(statement(Value::NotAvailable, 3), true);
        assert_eq!((field.best().unwrap().reception, field.unavailable()), (2, Some(&4)));
    }
}
