//! Whether a JSON value is what a schema of the OpenAPI document says, as far as the document uses
//! JSON Schema.

use serde_json::{Map, Value};

/// Follows a reference within the document.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(target) => document.pointer(target.strip_prefix('#').unwrap()).unwrap(),
        None => schema,
    }
}

/// Returns what is wrong with a value, with its place in it; nothing when it conforms.
pub(crate) fn findings(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(document, schema, value, "$", &mut found);
    found
}

fn check(document: &Value, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    let schema = resolve(document, schema);
    if let Some(alternatives) = schema["oneOf"].as_array() {
        let matching = |schema: &&Value| findings(document, schema, value).is_empty();
        if alternatives.iter().filter(matching).count() != 1 {
            found.push(format!("{place} is not exactly one of the alternatives: {value}"));
        }
        return;
    }
    if !is_of_type(&schema["type"], value) {
        found.push(format!("{place} is of another type: {value}"));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        found.push(format!("{place} is none of the known values: {value}"));
    }
    if schema["const"] != Value::Null && &schema["const"] != value {
        found.push(format!("{place} is another value: {value}"));
    }
    if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
        for (index, item) in items.iter().enumerate() {
            check(document, schema, item, &format!("{place}[{index}]"), found);
        }
    }
    if let Some(members) = value.as_object() {
        check_members(document, schema, members, place, found);
    }
}

fn check_members(
    document: &Value,
    schema: &Value,
    members: &Map<String, Value>,
    place: &str,
    found: &mut Vec<String>,
) {
    // `allOf` only ever joins the properties of objects here.
    let none = Vec::new();
    let parts: Vec<&Value> = schema["allOf"].as_array().unwrap_or(&none).iter().collect();
    let parts: Vec<&Value> = parts.into_iter().chain([schema]).map(|part| resolve(document, part)).collect();
    for required in parts.iter().flat_map(|part| part["required"].as_array().unwrap_or(&none)) {
        if !members.contains_key(required.as_str().unwrap()) {
            found.push(format!("{place} has no {required}"));
        }
    }
    for (name, member) in members {
        let property = parts
            .iter()
            .find_map(|part| part["properties"].get(name).or_else(|| part.get("additionalProperties")));
        match property {
            Some(schema) => check(document, schema, member, &format!("{place}.{name}"), found),
            None => found.push(format!("{place}.{name} is not documented")),
        }
    }
}

fn is_of_type(expected: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the document uses the type {other}"),
    };
    match expected {
        Value::Null => true,
        Value::Array(names) => names.iter().any(is),
        name => is(name),
    }
}

#[test]
fn a_value_that_is_not_what_its_schema_says_is_found() {
    use serde_json::json;
    let document = json!({ "s": { "type": "object", "required": ["a"], "properties": {
        "a": { "type": ["string", "null"] }, "b": { "type": "array", "items": { "enum": [1] } } } } });
    let found = |value: Value| findings(&document, &json!({ "$ref": "#/s" }), &value);
    assert_eq!(found(json!({ "a": null, "b": [1, 1] })), Vec::<String>::new());
    assert_eq!(found(json!({})), ["$ has no \"a\""]);
    assert_eq!(found(json!({ "a": 1 })), ["$.a is of another type: 1"]);
    assert_eq!(found(json!({ "a": "", "b": [2] })), ["$.b[0] is none of the known values: 2"]);
    assert_eq!(found(json!({ "a": "", "c": 1 })), ["$.c is not documented"]);
    assert_eq!(found(json!([])), ["$ is of another type: []"]);
}
