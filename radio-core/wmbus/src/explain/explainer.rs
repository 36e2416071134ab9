//! Builds an explanation front to back, so that no byte is left out or told twice.

use super::{Entry, Explanation, Layer, Words};
use alloc::format;
use alloc::vec::Vec;

/// Walks over the bytes; each field moves on by its length.
#[derive(Debug)]
pub(crate) struct Explainer<'a> {
    bytes: &'a [u8],
    position: usize,
    open: Vec<usize>,
    layer: Layer,
    entries: Vec<Entry>,
}

impl<'a> Explainer<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0, open: Vec::new(), layer: Layer::Dll, entries: Vec::new() }
    }

    /// Begins an entry that contains the fields up to its [`close`](Self::close).
    pub(crate) fn open(&mut self, layer: Layer, words: impl Into<Words>) {
        self.layer = layer;
        self.push(0, words.into(), false);
        self.open.push(self.entries.len() - 1);
    }

    /// Ends the innermost open entry. One without fields vanishes: it would cover nothing.
    pub(crate) fn close(&mut self) {
        let Some(index) = self.open.pop() else { return };
        match self.entries.get_mut(index) {
            Some(entry) if entry.range.start < self.position => entry.range.end = self.position,
            _ => self.entries.truncate(index),
        }
    }

    /// Explains the next `length` bytes, or as many as there are.
    pub(crate) fn field(&mut self, length: usize, words: impl Into<Words>) {
        let length = length.min(self.bytes.len() - self.position);
        if length > 0 {
            self.push(length, words.into(), true);
        }
    }

    /// Explains the bytes up to `end`, if there are any.
    pub(crate) fn field_to(&mut self, end: usize, words: impl Into<Words>) {
        self.field(end.saturating_sub(self.position), words);
    }

    /// Says more about the bytes explained last.
    pub(crate) fn and(&mut self, words: impl Into<Words>) {
        let Words { text, is_warning, .. } = words.into();
        if let Some(entry) = self.entries.last_mut() {
            entry.text = format!("{}; {text}", entry.text);
            entry.is_warning |= is_warning;
        }
    }

    /// Returns the bytes up to `end` that are not explained yet.
    pub(crate) fn rest(&self, end: usize) -> &'a [u8] {
        self.bytes.get(self.position..end).unwrap_or_default()
    }

    /// Where the next field begins.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    fn push(&mut self, length: usize, words: Words, is_leaf: bool) {
        let start = self.position;
        self.position += length;
        let range = start..self.position;
        let Words { field, value, text, is_warning } = words;
        let (layer, depth) = (self.layer, self.open.len());
        self.entries.push(Entry { range, layer, field, value, text, depth, is_leaf, is_warning });
    }

    /// Ends the explanation; bytes that no layer spoke about are shown as such.
    pub(crate) fn finish(mut self) -> Explanation {
        while !self.open.is_empty() {
            self.close();
        }
        self.field_to(self.bytes.len(), "not part of any layer");
        Explanation { bytes: self.bytes.to_vec(), entries: self.entries }
    }
}
