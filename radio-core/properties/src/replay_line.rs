//! A line of a recording.

use radio_core::replay::{parse_line, write_line};

/// Reads a line: it is a frame, a comment or an error that names a column of it, and a frame that is written
/// comes back as it was.
///
/// # Panics
/// When it does not hold.
pub fn replay_line(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match parse_line(&text) {
        Ok(None) => {}
        Ok(Some(mut received)) => {
            let written = write_line(&received);
            let back = parse_line(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
            let back = back.unwrap_or_else(|| panic!("no frame: {written}"));
            assert_eq!(back.frame.bytes(), received.frame.bytes(), "{written}");
            // What a receiver appended behind the frame is told once and not written.
            received.frame = back.frame.clone();
            assert_eq!(back, received, "{written}");
        }
        Err(error) => {
            let columns = text.chars().count() + 1;
            assert!((1..=columns).contains(&error.column), "{error} in {columns} columns");
        }
    }
}
