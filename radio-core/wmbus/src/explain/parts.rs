//! A telegram taken apart for a page or a window: the bytes as they were on the air, what was decrypted
//! of them beside, and parts that cover both.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::{Entry, Explanation, Layer, whole::explain_fault};
use crate::dll::Frame;
use crate::names::named_enum;
use crate::security::Keys;
use crate::telegram::{DecodeError, Telegram};

named_enum! {
    /// Where the bytes of a part are counted.
    pub enum Stretch {
        Air = "air",
        Plain = "plain",
    }
}

/// What some bytes of a telegram mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which of the bytes of [`Self::of`].
    pub range: Range<usize>,
    /// Whether the bytes are those of the frame, or of what was decrypted of it.
    pub of: Stretch,
    /// 0 for a field or a whole data record, 1 for a piece of the one before it.
    pub depth: usize,
    /// The layer they belong to.
    pub layer: Layer,
    /// The standard's name of the field, such as `ACC`; empty where it has none.
    pub field: &'static str,
    /// What they mean.
    pub text: String,
    /// The value of the field, where it is more than a sentence.
    pub value: Option<String>,
    /// Whether a person should look at it: sealed, damaged or not understood.
    pub is_warning: bool,
}

/// A telegram taken apart. The parts of depth 0 cover every byte of [`Self::on_air`] and of
/// [`Self::decrypted`] exactly once, in order. Keys are never shown.
#[derive(Debug, Clone)]
pub struct Parts {
    telegram: Result<Telegram, DecodeError>,
    on_air: Vec<u8>,
    decrypted: Option<Vec<u8>>,
    parts: Vec<Part>,
}

impl Parts {
    /// Decodes a frame with the keys that may open it, and takes it apart. Of a frame that is no
    /// telegram the link layer is explained, and then what is wrong.
    pub fn of(frame: &Frame, keys: &dyn Keys) -> Self {
        let telegram = Telegram::decode(frame, keys);
        let explanation = match &telegram {
            Ok(telegram) => telegram.explain(),
            Err(error) => explain_fault(frame, error),
        };
        let range = telegram.as_ref().ok().and_then(Telegram::decrypted_range);
        let opened_by = telegram.as_ref().ok().map_or(Layer::Tpl, |telegram| match telegram.security() {
            security if security.ell_encryption != 0 => Layer::Ell,
            _ => Layer::Tpl,
        });
        Self {
            on_air: frame.bytes().to_vec(),
            decrypted: range.clone().map(|range| explanation.bytes().get(range).unwrap_or_default().to_vec()),
            parts: arrange(&explanation, range.filter(|range| !range.is_empty()), opened_by),
            telegram,
        }
    }

    /// Returns the telegram, or why the frame is none.
    ///
    /// # Errors
    /// Those of [`Telegram::decode`].
    pub fn telegram(&self) -> Result<&Telegram, &DecodeError> {
        self.telegram.as_ref()
    }

    /// Returns the frame without CRCs, encrypted as it was on the air.
    pub fn on_air(&self) -> &[u8] {
        &self.on_air
    }

    /// Returns what was decrypted, where a key opened something.
    pub fn decrypted(&self) -> Option<&[u8]> {
        self.decrypted.as_deref()
    }

    /// Returns the parts, in order; decrypted ones follow the part that says that they are encrypted.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

/// Leaves the headings of layers out, and puts what was decrypted apart.
fn arrange(explanation: &Explanation, decrypted: Option<Range<usize>>, opened_by: Layer) -> Vec<Part> {
    let end = explanation.bytes().len();
    let is_heading = |entry: &&Entry| entry.depth == 0 && !entry.is_leaf;
    let entries: Vec<&Entry> = explanation.entries().iter().filter(|entry| !is_heading(entry)).collect();
    let within = |zone: Range<usize>, of: Stretch| {
        let parts: Vec<Part> = entries.iter().filter_map(|entry| cut(entry, &zone, of)).collect();
        parts
    };
    let Some(zone) = decrypted else { return within(0..end, Stretch::Air) };
    let mut parts = within(0..zone.start, Stretch::Air);
    parts.push(Part {
        range: zone.clone(),
        of: Stretch::Air,
        depth: 0,
        layer: opened_by,
        field: "Encrypted",
        text: format!("{} encrypted bytes, opened with the meter's key", zone.len()),
        value: None,
        is_warning: false,
    });
    parts.extend(within(zone.clone(), Stretch::Plain));
    parts.extend(within(zone.end..end, Stretch::Air));
    parts
}

/// Cuts an entry down to a zone; a record may begin encrypted and end in clear.
fn cut(entry: &Entry, zone: &Range<usize>, of: Stretch) -> Option<Part> {
    let range = entry.range.start.max(zone.start)..entry.range.end.min(zone.end);
    if range.is_empty() {
        return None;
    }
    let goes_on = range.start > entry.range.start;
    let from = if of == Stretch::Plain { zone.start } else { 0 };
    Some(Part {
        range: range.start - from..range.end - from,
        of,
        depth: entry.depth.saturating_sub(1),
        layer: entry.layer,
        field: entry.field,
        text: if goes_on { format!("continued: {}", entry.text) } else { entry.text.clone() },
        value: entry.value.clone().filter(|_| !goes_on),
        is_warning: entry.is_warning,
    })
}
