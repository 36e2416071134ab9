//! The flat JSON of wmbusmeters.

use std::io::{self, Write};

use serde_json::{Map, Value};
use wmbus::profiles::FlatValue;

use super::answer::Decoded;

/// Writes one line, as wmbusmeters does for a telegram that it could open; nothing for one that holds no
/// values.
///
/// `now` stands for when the telegram was received.
pub(super) fn line(writer: &mut impl Write, decoded: &Decoded, now: jiff::Timestamp) -> io::Result<()> {
    let Some(meter) = decoded.meter.as_ref().filter(|_| !decoded.records.is_empty()) else { return Ok(()) };
    let mut object = Map::new();
    object.insert("_".to_owned(), "telegram".into());
    // What a user of wmbusmeters calls the meter is not known here; its number says which one it is.
    object.insert("name".to_owned(), meter.identification_number.clone().into());
    for (key, value) in &decoded.flat {
        object.insert(key.clone(), json(value));
    }
    let seconds = jiff::Timestamp::from_second(now.as_second()).unwrap_or(now);
    object.insert("timestamp".to_owned(), seconds.to_string().into());
    serde_json::to_writer(&mut *writer, &object)?;
    writer.write_all(b"\n")
}

fn json(value: &FlatValue) -> Value {
    match value {
        FlatValue::Number(number) => super::value::json(&wmbus::Value::Number(*number)),
        FlatValue::Text(text) => text.clone().into(),
        FlatValue::Null => Value::Null,
    }
}
