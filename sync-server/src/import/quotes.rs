//! A quote that is never closed swallows the rest of a file into one field.

/// Where a scan stands within a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldBegins,
    Plain,
    Quoted,
    /// After a quote within a quoted field: the next byte says whether it was its end.
    QuoteInQuoted,
}

/// Returns the line on which a quoted field begins that never ends.
pub(super) fn unclosed(file: &[u8], separator: u8) -> Option<u64> {
    let (mut state, mut line, mut opened_on) = (State::FieldBegins, 1, 1);
    for &byte in file {
        state = match (state, byte) {
            (State::Quoted, b'"') => State::QuoteInQuoted,
            (State::Quoted, _) => State::Quoted,
            (State::QuoteInQuoted, b'"') => State::Quoted,
            (State::FieldBegins, b'"') => {
                opened_on = line;
                State::Quoted
            }
            (_, b'\r' | b'\n') => State::FieldBegins,
            (_, byte) if byte == separator => State::FieldBegins,
            _ => State::Plain,
        };
        line += u64::from(byte == b'\n');
    }
    (state == State::Quoted).then_some(opened_on)
}

#[cfg(test)]
mod tests {
    use super::unclosed;

    #[test]
    fn a_quote_that_is_never_closed_is_found_where_it_opens() {
        assert_eq!(unclosed(b"a;b\n1;\"x\n2;y\n", b';'), Some(2));
        assert_eq!(unclosed(b"a;b\n1;\"x\"\"\n2;y\n", b';'), Some(2));
        assert_eq!(unclosed(b"\"", b';'), Some(1));
    }

    #[test]
    fn closed_quotes_and_quotes_within_a_field_are_none() {
        for file in [
            "",
            "a;b\n1;2\n",
            "\"a\";\"b\"\r\n\"1\n2\";\"\"\n",
            "a;b\n1;\"say \"\"x\"\"\"\n",
            "a;b\n5\" pipe;3\n",
            "a;b\n\"x\" y\";3\n",
        ] {
            assert_eq!(unclosed(file.as_bytes(), b';'), None, "{file:?}");
        }
    }
}
