//! An explanation accounts for every byte once.

use wmbus::Telegram;
use wmbus::explain::{Parts, Stretch};

/// Asserts that the parts of depth 0 cover the frame and what was decrypted of it once, in order, and
/// that the pieces of a part lie within it and cover it.
///
/// # Panics
/// When they do not.
pub fn assert_parts_tile(parts: &Parts, frame: &[u8], context: &str) {
    assert_eq!(parts.on_air(), frame, "{context}");
    for stretch in [Stretch::Air, Stretch::Plain] {
        let length =
            if stretch == Stretch::Air { frame.len() } else { parts.decrypted().map_or(0, <[u8]>::len) };
        let mut at = 0;
        let mut whole = 0..0;
        let mut pieces: Option<usize> = None;
        for part in parts.parts().iter().filter(|part| part.of == stretch) {
            assert!(!part.range.is_empty(), "{part:?} covers nothing: {context}");
            if part.depth == 0 {
                assert!(
                    pieces.is_none_or(|end| end == whole.end),
                    "pieces before {part:?} end early: {context}"
                );
                assert_eq!(part.range.start, at, "gap or overlap before {part:?}: {context}");
                (at, whole, pieces) = (part.range.end, part.range.clone(), None);
            } else {
                assert_eq!(part.range.start, pieces.unwrap_or(whole.start), "{part:?}: {context}");
                assert!(part.range.end <= whole.end, "{part:?} leaves the part before it: {context}");
                pieces = Some(part.range.end);
            }
        }
        assert!(pieces.is_none_or(|end| end == whole.end), "the last pieces end early: {context}");
        assert_eq!(at, length, "bytes at the end of {stretch} are not told: {context}");
    }
}

/// Asserts that the leaves of a telegram's explanation cover every byte once, in order, and that
/// entries contain the deeper ones after them.
///
/// # Panics
/// When they do not.
pub fn assert_explanation_tiles(telegram: &Telegram, length: usize, context: &str) {
    let explanation = telegram.explain();
    assert_eq!(explanation.bytes().len(), length, "{context}");
    let mut at = 0;
    let mut open: Vec<(usize, usize)> = Vec::new();
    for entry in explanation.entries() {
        assert_eq!(entry.range.start, at, "gap or overlap before {entry:?}: {context}\n{explanation}");
        open.retain(|(depth, _)| *depth < entry.depth);
        assert_eq!(open.len(), entry.depth, "{entry:?} hangs in the air: {context}");
        if let Some((_, end)) = open.last() {
            assert!(entry.range.end <= *end, "{entry:?} leaves its parent: {context}");
        }
        if entry.is_leaf {
            assert!(!entry.range.is_empty(), "{entry:?} covers nothing: {context}");
            at = entry.range.end;
        } else {
            open.push((entry.depth, entry.range.end));
        }
    }
    assert_eq!(at, length, "bytes at the end are not explained: {context}\n{explanation}");
}
