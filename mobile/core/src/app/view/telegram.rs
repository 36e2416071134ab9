//! A telegram with every byte accounted for.

use wmbus::Hex;
use wmbus::explain::{Part, Parts};

use super::super::model::{TelegramExplanation, TelegramPart};

/// Puts a telegram that was taken apart into the window's words.
pub(in crate::app) fn explanation(parts: &Parts) -> TelegramExplanation {
    TelegramExplanation {
        hex: Hex(parts.on_air()).to_string(),
        plain_hex: parts.decrypted().map(|bytes| Hex(bytes).to_string()),
        parts: parts.parts().iter().map(part).collect(),
    }
}

fn part(part: &Part) -> TelegramPart {
    TelegramPart {
        offset: part.range.start,
        length: part.range.len(),
        of: part.of.as_str(),
        depth: part.depth,
        layer: part.layer.as_str().to_ascii_uppercase(),
        field: part.field,
        text: part.text.clone(),
        value: part.value.clone(),
        warning: part.is_warning,
    }
}
