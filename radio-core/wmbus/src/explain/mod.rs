//! Every byte of a telegram, layer by layer, for people and logs.

mod explainer;
mod parts;
mod whole;
mod words;

use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

pub(crate) use explainer::Explainer;
pub use parts::{Part, Parts, Stretch};
pub(crate) use words::{Words, words};

use crate::hex::Hex;
use crate::names::named_enum;

named_enum! {
    /// A layer of a telegram.
    pub enum Layer {
        Dll = "dll",
        Ell = "ell",
        Nwl = "nwl",
        Afl = "afl",
        Tpl = "tpl",
        Apl = "apl",
    }
}

/// What some bytes of a telegram mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which bytes of the frame without CRCs.
    pub range: Range<usize>,
    /// The layer they belong to.
    pub layer: Layer,
    /// The standard's name of the field, such as `ACC`; empty where it has none.
    pub field: &'static str,
    /// The value of the field, where it is more than a sentence.
    pub value: Option<String>,
    /// What they mean.
    pub text: String,
    /// How deep the entry lies; an entry contains the deeper ones that follow it.
    pub depth: usize,
    /// Whether no deeper entry says more about the same bytes.
    pub is_leaf: bool,
    /// Whether a person should look at it: sealed, damaged or not understood.
    pub is_warning: bool,
}

/// A telegram explained. The leaves cover every byte exactly once, in order.
///
/// The bytes are shown as they are after decryption; keys are never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

impl Explanation {
    /// Returns all entries: a layer or record first, then what lies within it.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Adds the name of a value to what is said of the bytes that it lies in.
    pub(crate) fn name(&mut self, range: &Range<usize>, name: &str) {
        let is_same = |entry: &Entry| entry.layer == Layer::Apl && entry.depth > 0 && entry.range == *range;
        let holds = |entry: &Entry| entry.is_leaf && entry.range.contains(&range.start);
        let place = self.entries.iter().position(is_same).or_else(|| self.entries.iter().position(holds));
        if let Some(entry) = place.and_then(|place| self.entries.get_mut(place)) {
            let name = format!(" → {name}");
            // A profile may give one value two meanings under one name.
            if !entry.text.ends_with(&name) {
                entry.text.push_str(&name);
            }
        }
    }

    /// Returns the bytes that the entries refer to: the frame, decrypted where that was possible.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for Explanation {
    /// Writes one line an entry: offset, indented bytes, meaning. Headings carry no bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const COLUMN: usize = 34;
        for entry in &self.entries {
            let indent = 2 * entry.depth;
            if !entry.is_leaf {
                writeln!(f, "{:>4} {:indent$}{}", entry.range.start, "", entry.text)?;
                continue;
            }
            let bytes = self.bytes.get(entry.range.clone()).unwrap_or_default();
            let hex = Hex(bytes).to_string();
            if hex.len() + indent > COLUMN {
                writeln!(f, "{:>4} {:indent$}{hex}", entry.range.start, "")?;
                writeln!(f, "     {:COLUMN$}  {}", "", entry.text)?;
            } else {
                let width = COLUMN - indent;
                writeln!(f, "{:>4} {:indent$}{hex:width$}  {}", entry.range.start, "", entry.text)?;
            }
        }
        Ok(())
    }
}
