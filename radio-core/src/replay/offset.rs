//! A position in a replay as decimal seconds, exact to the nanosecond.

use std::time::Duration;

/// Digits after the point that a [`Duration`] can hold.
const NANOSECOND_DIGITS: usize = 9;

/// Parses seconds such as `12` or `12.25`; finer than a nanosecond is refused rather than rounded.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if seconds.is_empty() || fraction.len() > NANOSECOND_DIGITS || !digits(seconds) || !digits(fraction) {
        return None;
    }
    let nanoseconds = format!("{fraction:0<NANOSECOND_DIGITS$}").parse().ok()?;
    Some(Duration::new(seconds.parse().ok()?, nanoseconds))
}

/// Writes seconds with as many decimals as needed and no more.
pub(super) fn write(offset: Duration) -> String {
    let text = format!("{}.{:09}", offset.as_secs(), offset.subsec_nanos());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_keep_every_nanosecond() {
        for (text, offset) in [
            ("0", Duration::ZERO),
            ("12", Duration::from_secs(12)),
            ("12.25", Duration::from_millis(12_250)),
            ("0.000000001", Duration::from_nanos(1)),
            ("18446744073709551615.999999999", Duration::MAX),
        ] {
            assert_eq!(parse(text), Some(offset));
            assert_eq!(write(offset), text);
        }
    }

    #[test]
    fn what_is_not_seconds_is_refused() {
        for text in ["", ".5", "-1", "+1", "1e3", "1.0000000001", "18446744073709551616", "1,5"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
