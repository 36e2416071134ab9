//! Named values and alarms as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use wmbus::profiles::{self, AlarmState, Reading};

use super::value;

/// The values of one name: one value, or the values of a series.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Named {
    One(Field),
    Series(Vec<Field>),
}

/// A named value.
#[derive(Debug, Serialize)]
pub(super) struct Field {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<u64>,
    pub(super) value: Value,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) unit: String,
    /// When the value was taken, where it is not a current one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<String>,
    /// Which of the records it is of.
    pub(super) record: usize,
}

/// What is wrong with the meter.
#[derive(Debug, Serialize)]
pub(super) struct Alarm {
    pub(super) code: &'static str,
    pub(super) state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
}

/// Puts the values of a reading under their names.
pub(super) fn fields(reading: &Reading<'_>) -> BTreeMap<String, Named> {
    let mut named: BTreeMap<String, Named> = BTreeMap::new();
    for field in reading.fields() {
        let value = Field::new(field);
        match named.get_mut(&field.name) {
            Some(Named::Series(series)) => series.push(value),
            // Names are unique but for the place in a series.
            Some(Named::One(_)) => {}
            None => {
                let is_series = field.index.is_some();
                let values = if is_series { Named::Series(vec![value]) } else { Named::One(value) };
                named.insert(field.name.clone(), values);
            }
        }
    }
    for values in named.values_mut() {
        if let Named::Series(series) = values {
            series.sort_by_key(|field| field.index);
        }
    }
    named
}

/// Returns what is wrong with the meter.
pub(super) fn alarms(reading: &Reading<'_>) -> Vec<Alarm> {
    reading.alarms().iter().map(Alarm::new).collect()
}

impl Field {
    fn new(field: &profiles::Field) -> Self {
        Self {
            index: field.index,
            value: value::json(&field.value),
            unit: field.unit.to_string(),
            date: field.date.map(|date| date.to_string()),
            record: field.record,
        }
    }
}

impl Alarm {
    pub(super) fn new(alarm: &profiles::Alarm) -> Self {
        Self {
            code: alarm.code.as_str(),
            state: alarm.state.as_str(),
            since: alarm.since.map(|date| date.to_string()),
            until: alarm.until.map(|date| date.to_string()),
        }
    }

    /// Writes such as `leak (past, since 2024-02-01)` for people.
    pub(super) fn text(&self) -> String {
        let state = (self.state != AlarmState::Present.as_str()).then(|| self.state.to_owned());
        let since = self.since.as_ref().map(|date| format!("since {date}"));
        let until = self.until.as_ref().map(|date| format!("until {date}"));
        let notes: Vec<String> = [state, since, until].into_iter().flatten().collect();
        if notes.is_empty() { self.code.to_owned() } else { format!("{} ({})", self.code, notes.join(", ")) }
    }
}
