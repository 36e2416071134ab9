//! A telegram, byte by byte.

use serde::Serialize;

/// A telegram with every byte accounted for. Keys never appear in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramExplanation {
    /// The frame as it was on the air, without CRCs.
    pub hex: String,
    /// The decrypted stretch, where there is one.
    pub plain_hex: Option<String>,
    /// What the bytes mean, in order.
    pub parts: Vec<TelegramPart>,
}

/// One stretch of a telegram and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramPart {
    /// First byte, counted in `hex` or, of `plain`, in `plain_hex`.
    pub offset: usize,
    /// How many bytes.
    pub length: usize,
    /// `air` or `plain`.
    pub of: &'static str,
    /// 0 for a field, 1 for a piece of the field before it.
    pub depth: usize,
    /// `DLL`, `ELL`, `NWL`, `AFL`, `TPL` or `APL`.
    pub layer: String,
    /// The standard's name of the field; empty where it has none.
    pub field: &'static str,
    /// What it means, in English.
    pub text: String,
    /// Its value, where it is more than a sentence.
    pub value: Option<String>,
    /// Whether a person should look at it.
    pub warning: bool,
}
