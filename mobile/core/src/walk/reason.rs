//! The codes for why a meter was read by hand or not at all.

/// A code and its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// The stable code.
    pub code: &'static str,
    /// The sentence for the reader.
    pub sentence: &'static str,
}

const fn reason(code: &'static str, sentence: &'static str) -> Reason {
    Reason { code, sentence }
}

/// Why a meter is read by hand.
pub const MANUAL_REASONS: &[Reason] = &[
    reason("not_heard", "its radio was not heard"),
    reason("no_radio", "it has no radio"),
    reason("no_key", "there is no key for its telegrams"),
    reason("wrong_key", "the key does not open its telegrams"),
    reason("undecodable", "its telegrams tell no billable value"),
    reason("implausible", "its radio told an implausible value"),
    reason("exchanged", "it was exchanged"),
    reason("tenant_change", "the tenant changes"),
    reason("control", "the display was compared with the radio"),
];

/// Why a meter was not read.
pub const SKIP_REASONS: &[Reason] = &[
    reason("no_access", "nobody opened"),
    reason("refused", "access was refused"),
    reason("not_found", "it was not found"),
    reason("removed", "it is no longer there"),
    reason("not_reachable", "it cannot be reached"),
    reason("display_dead", "its display is dead or cannot be read"),
    reason("damaged", "it is damaged"),
    reason("danger", "the way to it is dangerous"),
    reason("vacant", "the flat is vacant and locked"),
    reason("other", "the note says why"),
];

/// Returns whether a list has a code.
pub(super) fn knows(reasons: &[Reason], code: &str) -> bool {
    reasons.iter().any(|reason| reason.code == code)
}
