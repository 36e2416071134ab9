//! Values of data records as JSON and as text.

use serde_json::{Number, Value as Json};
use wmbus::Value;

/// Returns a value as JSON: numbers with all their digits, dates and texts as texts, null for none.
pub(super) fn json(value: &Value) -> Json {
    match value {
        Value::Number(number) => match number.to_string().parse::<Number>() {
            Ok(number) => Json::Number(number),
            Err(_) => {
                debug_assert!(false, "a decimal is a JSON number");
                Json::Null
            }
        },
        Value::Flags(bits) => (*bits).into(),
        other => text(other).map_or(Json::Null, Json::String),
    }
}

/// Returns a value as text; none where there is no value.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::Date(date) => Some(date.to_string()),
        Value::Time(time) => Some(time.to_string()),
        Value::DateTime(moment) => Some(moment.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Flags(bits) => Some(bits.to_string()),
        _ => None,
    }
}

/// Returns why a record has no value; none if it has one.
pub(super) fn absence(value: &Value) -> Option<&'static str> {
    match value {
        Value::NotAvailable => Some("not_available"),
        Value::Invalid(_) => Some("invalid"),
        other => text(other).is_none().then_some("not_interpreted"),
    }
}
