//! Which lines of a tour are wanted, in which order, from where on.

use std::cmp::{Ordering, Reverse};
use std::str::FromStr;

use sync_protocol::{TourMeter, TourMeterId};
use wmbus::Decimal;

use super::super::LineState;
use super::model::Standing;

/// Which lines of a tour are wanted.
#[derive(Debug, Clone, Default)]
pub struct LineQuery {
    /// Only those in this state.
    pub state: Option<StateFilter>,
    /// Only those whose value is of this kind, such as `due_date`.
    pub kind: Option<String>,
    /// Only those with this alarm, or with any where it is `any`.
    pub alarm: Option<String>,
    /// Only those of this house: street and number with a space between.
    pub house: Option<String>,
    /// Only those that hold this text in a number, an address, a name or a reference.
    pub text: Option<String>,
    /// By what they are ordered.
    pub sort: LineSort,
    /// Whether the order is turned round. Lines without what is ordered by come last all the same.
    pub descending: bool,
    /// Where the page begins: the `cursor` of the page before.
    pub cursor: Option<String>,
    /// Most lines of the page; held within 1 to 500.
    pub limit: u32,
}

/// A filter by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateFilter {
    /// One state.
    Is(LineState),
    /// Everything that leaves something to do.
    Missing,
}

/// A word is no filter by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a state is one of the eight, or `missing`")]
pub struct ParseStateFilterError;

impl FromStr for StateFilter {
    type Err = ParseStateFilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "missing" {
            return Ok(Self::Missing);
        }
        LineState::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .map(Self::Is)
            .ok_or(ParseStateFilterError)
    }
}

/// By what lines are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LineSort {
    /// The walking order.
    #[default]
    Position,
    /// The number printed on the meter.
    MeterNumber,
    /// The value.
    Value,
    /// When it was read.
    ReadAt,
    /// The state: what is open first.
    State,
}

/// A word is no order of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("lines are ordered by position, meter_number, value, read_at or state")]
pub struct ParseLineSortError;

impl FromStr for LineSort {
    type Err = ParseLineSortError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "position" => Self::Position,
            "meter_number" => Self::MeterNumber,
            "value" => Self::Value,
            "read_at" => Self::ReadAt,
            "state" => Self::State,
            _ => return Err(ParseLineSortError),
        })
    }
}

/// A line with how it stands.
pub(super) type Line = (TourMeter, Standing);

/// Lets lines through, puts them in order and cuts the page out: the lines, how many there are on all
/// pages, and where the next page begins. None when the cursor was not given for this order.
pub(super) fn page(lines: Vec<Line>, query: &LineQuery) -> Option<(Vec<Line>, usize, Option<String>)> {
    let filter = Filter::of(query);
    let mut lines: Vec<(Place, Line)> = lines
        .into_iter()
        .filter(|(meter, standing)| filter.lets_through(meter, standing))
        .map(|line| (Place::of(query.sort, &line), line))
        .collect();
    let order = |a: &Place, b: &Place| a.compare(b, query.descending);
    lines.sort_by(|(a, _), (b, _)| order(a, b));
    let total = lines.len();
    let begin = match &query.cursor {
        Some(cursor) => {
            let after = Place::read(query.sort, cursor)?;
            lines.partition_point(|(place, _)| order(place, &after) != Ordering::Greater)
        }
        None => 0,
    };
    let limit = query.limit.clamp(1, 500) as usize;
    let end = lines.len().min(begin.saturating_add(limit));
    let cursor =
        if end < lines.len() { lines.get(end.wrapping_sub(1)).map(|(place, _)| place.write()) } else { None };
    let page = lines.drain(begin..end).map(|(_, line)| line).collect();
    Some((page, total, cursor))
}

struct Filter<'a> {
    query: &'a LineQuery,
    text: Option<String>,
}

impl<'a> Filter<'a> {
    fn of(query: &'a LineQuery) -> Self {
        Self {
            query,
            text: query.text.as_ref().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty()),
        }
    }

    fn lets_through(&self, meter: &TourMeter, standing: &Standing) -> bool {
        let query = self.query;
        let is_state = match query.state {
            None => true,
            Some(StateFilter::Is(state)) => standing.state == state,
            Some(StateFilter::Missing) => standing.state.is_missing(),
        };
        is_state
            && query.kind.as_ref().is_none_or(|kind| standing.value_kind.as_ref() == Some(kind))
            && query
                .alarm
                .as_ref()
                .is_none_or(|code| standing.alarms.iter().any(|alarm| code == "any" || alarm.code == *code))
            && query.house.as_ref().is_none_or(|house| is_house(meter, house))
            && self.text.as_ref().is_none_or(|text| holds(meter, text))
    }
}

/// Compares with `STREET HOUSE`; a line without a street or a house has only the other.
fn is_house(meter: &TourMeter, house: &str) -> bool {
    let full = format!("{} {}", meter.street, meter.house);
    full.trim() == house.trim()
}

fn holds(meter: &TourMeter, text: &str) -> bool {
    [
        Some(&meter.meter_number),
        meter.radio_id.as_ref(),
        Some(&meter.flat),
        Some(&meter.place),
        Some(&meter.name),
        Some(&meter.customer_ref),
        Some(&meter.street),
    ]
    .into_iter()
    .flatten()
    .any(|field| field.to_lowercase().contains(text))
}

/// What a line is ordered by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    Text(String),
    Value(Decimal),
}

/// The place of a line in an order: no two are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    key: Option<Key>,
    position: u32,
    id: TourMeterId,
}

impl Place {
    fn of(sort: LineSort, (meter, standing): &Line) -> Self {
        let key = match sort {
            LineSort::Position => None,
            LineSort::MeterNumber => Some(Key::Text(meter.meter_number.clone())),
            LineSort::Value => standing.value.as_ref().and_then(|value| value.parse().ok()).map(Key::Value),
            LineSort::ReadAt => standing.read_at.map(|at| Key::Number(at.as_millis())),
            LineSort::State => Some(Key::Number(rank(standing.state))),
        };
        Self { key, position: meter.position, id: meter.id }
    }

    /// Compares; what has nothing to be ordered by comes last either way.
    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let turn = |order: Ordering| if descending { order.reverse() } else { order };
        let by_key = match (&self.key, &other.key) {
            (Some(a), Some(b)) => turn(a.cmp(b)),
            (a, b) => Reverse(a.is_some()).cmp(&Reverse(b.is_some())),
        };
        by_key.then_with(|| {
            let order = (self.position, self.id).cmp(&(other.position, other.id));
            // The walking order itself is turned; beside another order it is not.
            if self.key.is_none() && other.key.is_none() { turn(order) } else { order }
        })
    }

    /// Writes a cursor: identity and position, then what it is ordered by.
    fn write(&self) -> String {
        let key = match &self.key {
            None => String::new(),
            Some(Key::Number(number)) => format!("={number}"),
            Some(Key::Text(text)) => format!("={text}"),
            Some(Key::Value(value)) => format!("={value}"),
        };
        format!("{}.{}{key}", self.id, self.position)
    }

    fn read(sort: LineSort, cursor: &str) -> Option<Self> {
        let (place, key) = match cursor.split_once('=') {
            Some((place, key)) => (place, Some(key)),
            None => (cursor, None),
        };
        let (id, position) = place.split_once('.')?;
        let key = match (sort, key) {
            (LineSort::Position | LineSort::Value | LineSort::ReadAt, None) => None,
            (LineSort::MeterNumber, Some(key)) => Some(Key::Text(key.to_owned())),
            (LineSort::Value, Some(key)) => Some(Key::Value(key.parse().ok()?)),
            (LineSort::ReadAt | LineSort::State, Some(key)) => Some(Key::Number(key.parse().ok()?)),
            _ => return None,
        };
        Some(Self { key, position: position.parse().ok()?, id: id.parse().ok()? })
    }
}

/// The order of [`LineState::ALL`]: what is open first.
fn rank(state: LineState) -> i64 {
    LineState::ALL.into_iter().zip(0..).find(|(known, _)| *known == state).map_or(0, |(_, rank)| rank)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::service::standing::model::ToldAlarm;

    fn line(number: u32, state: LineState, value: Option<&str>) -> Line {
        let meter = TourMeter {
            id: TourMeterId(Uuid::from_u128(number.into())),
            position: number,
            street: "Lindenstraße".into(),
            house: if number.is_multiple_of(2) { "2".into() } else { "1".into() },
            flat: format!("{number}.1"),
            meter_number: format!("{:03}", 100 - number),
            ..TourMeter::default()
        };
        let value_kind = value.map(|_| "current".to_owned());
        let alarms = if number == 3 {
            vec![ToldAlarm { code: "leak".into(), telegram: "00".into(), since: None, until: None }]
        } else {
            Vec::new()
        };
        (
            meter,
            Standing { state, value: value.map(str::to_owned), value_kind, alarms, ..Standing::default() },
        )
    }

    fn lines() -> Vec<Line> {
        vec![
            line(1, LineState::Open, None),
            line(2, LineState::Read, Some("9.5")),
            line(3, LineState::Read, Some("10")),
            line(4, LineState::Skipped, None),
            line(5, LineState::Manual, Some("2")),
        ]
    }

    /// The positions of all pages, read two lines at a time.
    fn positions(query: &LineQuery) -> Vec<u32> {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let (page, total, next) =
                page(lines(), &LineQuery { cursor, limit: 2, ..query.clone() }).unwrap();
            assert!(total >= page.len());
            found.extend(page.iter().map(|(meter, _)| meter.position));
            match next {
                Some(next) => cursor = Some(next),
                None => return found,
            }
        }
    }

    #[test]
    fn pages_give_every_line_once_in_any_order() {
        let sorted = |sort, descending| positions(&LineQuery { sort, descending, ..LineQuery::default() });
        assert_eq!(sorted(LineSort::Position, false), [1, 2, 3, 4, 5]);
        assert_eq!(sorted(LineSort::Position, true), [5, 4, 3, 2, 1]);
        assert_eq!(sorted(LineSort::MeterNumber, false), [5, 4, 3, 2, 1]);
        assert_eq!(sorted(LineSort::Value, false), [5, 2, 3, 1, 4], "numbers, and what has none last");
        assert_eq!(sorted(LineSort::Value, true), [3, 2, 5, 4, 1]);
        assert_eq!(sorted(LineSort::State, false), [1, 4, 5, 2, 3]);
    }

    #[test]
    fn filters_join() {
        let with = |change: fn(&mut LineQuery)| {
            let mut query = LineQuery::default();
            change(&mut query);
            positions(&query)
        };
        assert_eq!(with(|query| query.state = Some(StateFilter::Missing)), [1]);
        assert_eq!(with(|query| query.state = Some(StateFilter::Is(LineState::Read))), [2, 3]);
        assert_eq!(with(|query| query.alarm = Some("any".into())), [3]);
        assert_eq!(with(|query| query.alarm = Some("burst".into())), Vec::<u32>::new());
        assert_eq!(with(|query| query.house = Some("Lindenstraße 2".into())), [2, 4]);
        assert_eq!(with(|query| query.text = Some(" LINDEN".into())), [1, 2, 3, 4, 5]);
        assert_eq!(with(|query| query.text = Some("097".into())), [3]);
        assert_eq!(with(|query| query.kind = Some("current".into())), [2, 3, 5]);
        assert_eq!(
            with(|query| {
                query.kind = Some("current".into());
                query.house = Some("Lindenstraße 2".into());
            }),
            [2]
        );
    }

    #[test]
    fn a_page_goes_on_behind_its_place_even_when_that_line_is_gone() {
        let query = LineQuery { sort: LineSort::Value, limit: 1, ..LineQuery::default() };
        let (_, _, cursor) = page(lines(), &query).unwrap();
        let mut later = lines();
        later.retain(|(meter, _)| meter.position != 5);
        let (next, ..) = page(later, &LineQuery { cursor, ..query }).unwrap();
        assert_eq!(next.first().unwrap().0.position, 2);
    }

    #[test]
    fn a_cursor_of_another_order_or_of_nothing_is_refused() {
        for cursor in ["", "x", "7.1", "00000000-0000-0000-0000-000000000001.1=many"] {
            let query = LineQuery {
                sort: LineSort::Value,
                cursor: Some(cursor.to_owned()),
                limit: 1,
                ..LineQuery::default()
            };
            assert!(page(lines(), &query).is_none(), "{cursor:?}");
        }
    }
}
