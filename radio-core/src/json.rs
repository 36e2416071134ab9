//! Where JSON is wrong, counted as people count.

/// Returns the index of the character, from 0, at which a text is no JSON. `serde_json` counts bytes of a
/// line instead.
pub(crate) fn fault_at(text: &str, error: &serde_json::Error) -> usize {
    let lines_before = error.line().saturating_sub(1);
    let before: usize = text.split_inclusive('\n').take(lines_before).map(str::len).sum();
    let byte = before + error.column().saturating_sub(1);
    text.char_indices().take_while(|(index, _)| *index < byte).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        for (text, index) in [("{\"é€😀\":x}", 7), ("é", 0), ("{\"a\":\n\n x}", 8), ("{\"é\":1", 5)] {
            let error = serde_json::from_str::<serde_json::Value>(text).unwrap_err();
            assert_eq!(fault_at(text, &error), index, "{text}: {error}");
        }
    }
}
