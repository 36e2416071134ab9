//! What was recorded on a wired bus.

use wmbus::wired::wired_frames;
use wmbus::{AesKey, Explanation};

use crate::KEY;

/// Finds the frames in bytes and explains all of them: what is found covers every byte once, a frame writes
/// itself back as it was, and so does the explanation.
///
/// # Panics
/// When it does not hold.
pub fn wired(bytes: &[u8]) {
    let mut end = 0;
    for found in wired_frames(bytes) {
        assert_eq!(found.range.start, end, "a gap or an overlap");
        assert!(!found.range.is_empty(), "nothing was found at {end}");
        end = found.range.end;
        if let Ok(frame) = found.frame {
            assert_eq!(frame.emit().as_deref(), bytes.get(found.range));
            assert!(!frame.to_string().is_empty());
            let explanation = frame.explain();
            assert_covered(&explanation);
        }
    }
    assert_eq!(end, bytes.len());
    assert_covered(&Explanation::of_bytes(bytes, &AesKey::new(KEY)));
}

fn assert_covered(explanation: &Explanation) {
    let mut end = 0;
    for entry in explanation.entries().iter().filter(|entry| entry.is_leaf) {
        assert_eq!(entry.range.start, end, "a gap or an overlap before {entry:?}");
        end = entry.range.end;
    }
    assert_eq!(end, explanation.bytes().len());
}
