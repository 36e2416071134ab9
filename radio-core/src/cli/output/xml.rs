//! Answers as one XML document.
//!
//! The document follows from the JSON by one rule: an object is an element, its numbers and texts are
//! attributes of the same name (null is left out), its objects are elements of their own name, and the
//! items of its lists are elements of the list's name without the final `s`. The named values are elements
//! `field` with their `name`.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::cli::CONTRACT_VERSION;
use crate::cli::answer::Answer;

const ROOT: &str = "telegrams";
const ANSWER: &str = "telegram";
/// The member whose members are named values.
const FIELDS: &str = "fields";

/// Writes the document's head before the first answer.
pub(in crate::cli) struct XmlOutput<W> {
    writer: W,
    has_head: bool,
}

impl<W: Write> XmlOutput<W> {
    pub(super) const fn new(writer: W) -> Self {
        Self { writer, has_head: false }
    }

    pub(super) fn write(&mut self, answer: &Answer) -> io::Result<()> {
        self.head()?;
        let Value::Object(answer) = serde_json::to_value(answer)? else { return Ok(()) };
        element(&mut self.writer, ANSWER, &answer, 1)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// Ends the document; one without answers has its head, too.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.head()?;
        writeln!(self.writer, "</{ROOT}>")
    }

    fn head(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.has_head, true) {
            return Ok(());
        }
        writeln!(self.writer, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(self.writer, "<{ROOT} contract=\"{CONTRACT_VERSION}\">")
    }
}

fn element(
    writer: &mut impl Write,
    name: &str,
    members: &Map<String, Value>,
    depth: usize,
) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    write!(writer, "{indent}<{name}")?;
    for (member, value) in members {
        if let Some(text) = scalar(value) {
            write!(writer, " {member}=\"{}\"", escaped(&text))?;
        }
    }
    if members.values().all(|value| scalar(value).is_some() || is_empty(value)) {
        return writeln!(writer, "/>");
    }
    writeln!(writer, ">")?;
    for (member, value) in members {
        match value {
            Value::Object(named) if member == FIELDS => fields(writer, named, depth + 1)?,
            Value::Object(inner) if !inner.is_empty() => element(writer, member, inner, depth + 1)?,
            Value::Array(items) => {
                let item_name = member.strip_suffix('s').unwrap_or(member);
                items.iter().try_for_each(|item| child(writer, item_name, item, depth + 1))?;
            }
            _ => {}
        }
    }
    writeln!(writer, "{indent}</{name}>")
}

/// Writes one element for each value, whatever its name: the names are those of profiles.
fn fields(writer: &mut impl Write, named: &Map<String, Value>, depth: usize) -> io::Result<()> {
    for (name, values) in named {
        let values = match values {
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        for members in values.iter().filter_map(Value::as_object) {
            let mut members = members.clone();
            members.insert("name".to_owned(), name.as_str().into());
            element(writer, "field", &members, depth)?;
        }
    }
    Ok(())
}

fn child(writer: &mut impl Write, name: &str, item: &Value, depth: usize) -> io::Result<()> {
    match item {
        Value::Object(members) => element(writer, name, members, depth),
        item => {
            let (indent, text) = ("  ".repeat(depth), scalar(item).unwrap_or_default());
            writeln!(writer, "{indent}<{name}>{}</{name}>", escaped(&text))
        }
    }
}

/// Returns what fits into an attribute.
fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(is_true) => Some(Cow::Borrowed(if *is_true { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Writes text so that a parser gives it back; what XML cannot hold becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => escaped.push(char::REPLACEMENT_CHARACTER),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_what_xml_cannot_hold_is_replaced() {
        assert_eq!(escaped("<\"a\" & 'b'>\n\u{1}"), "&lt;&quot;a&quot; &amp; 'b'&gt;&#10;\u{FFFD}");
    }

    #[test]
    fn members_become_attributes_elements_and_repeated_elements() {
        let value = serde_json::json!({
            "id": 7, "none": null, "meter": { "version": 1 }, "records": [{ "value": 0.50 }], "warnings": ["a"], "fields": { "a": { "value": 1 }, "bs": [{ "index": 1 }, { "index": 2 }] }
        });
        let mut written = Vec::new();
        element(&mut written, "telegram", value.as_object().unwrap(), 0).unwrap();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "<telegram id=\"7\">\n  <field name=\"a\" value=\"1\"/>\n  <field index=\"1\" name=\"bs\"/>\n  <field index=\"2\" name=\"bs\"/>\n  <meter version=\"1\"/>\n  <record value=\"0.5\"/>\n  <warning>a</warning>\n</telegram>\n"
        );
    }
}
