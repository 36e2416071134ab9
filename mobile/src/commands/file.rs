//! A file that the window gives: a raw body, and what it is as percent-encoded headers.

use std::str::FromStr;

use field_core::app::model::Problem;
use tauri::ipc::{InvokeBody, Request};

/// Returns the file.
pub(super) fn body(request: &Request<'_>) -> Result<Vec<u8>, Problem> {
    match request.body() {
        InvokeBody::Raw(bytes) => Ok(bytes.clone()),
        // Where the platform's bridge carries only text, the bytes come as numbers.
        InvokeBody::Json(json) => {
            serde_json::from_value(json.clone()).map_err(|_| missing("the file itself"))
        }
    }
}

/// Returns what a header says.
pub(super) fn header(request: &Request<'_>, name: &'static str) -> Result<String, Problem> {
    let value = request.headers().get(name).and_then(|value| value.to_str().ok());
    value.and_then(decode).ok_or_else(|| missing(name))
}

/// Returns what a header says, read as something.
pub(super) fn parsed<T: FromStr>(request: &Request<'_>, name: &'static str) -> Result<T, Problem> {
    header(request, name)?.parse().map_err(|_| missing(name))
}

fn missing(what: &str) -> Problem {
    Problem::lasting("internal", format!("the window did not say {what}"))
}

/// Takes the percent-encoding away that `encodeURIComponent` puts on UTF-8 (RFC 3986, 2.1).
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = after.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_encode_uri_component_wrote_is_read_back() {
        assert_eq!(decode("%C3%9Cbung%201.txt").as_deref(), Some("Übung 1.txt"));
        assert_eq!(decode("image%2Fjpeg").as_deref(), Some("image/jpeg"));
        assert_eq!(decode("").as_deref(), Some(""));
    }

    #[test]
    fn what_it_cannot_have_written_is_refused() {
        for text in ["%", "%2", "%zz", "%+1", "%C3", "%FF"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
