//! The record headers that compact frames leave out, found by their signature.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::compact::{CompactFrame, format_signature};
use super::known_formats;
use super::records::{MANUFACTURER_DATA, MANUFACTURER_DATA_MORE_FOLLOW};
use super::{DataRecord, Dib, vib::meaning_of_vib};
use crate::meter::{Manufacturer, MeterAddress};
use crate::wire::Reader;

/// The record headers that compact frames leave out (EN 13757-3, annex G).
///
/// It knows those of common meters from the start, and learns others from full and format frames with
/// [`Telegram::teach`](crate::Telegram::teach). What it learned can be shared as text, with
/// [`to_text`](Self::to_text) and [`add_text`](Self::add_text).
///
/// Signatures are short and can repeat from maker to maker, so headers are kept by manufacturer and
/// count only if the CRC over the full records fits, too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormatStore {
    learned: BTreeMap<Manufacturer, BTreeMap<u16, BTreeSet<Vec<u8>>>>,
    count: usize,
}

impl FormatStore {
    /// More formats than this are not learned: a store does not grow without end, whatever is heard.
    pub const CAPACITY: usize = 4096;
    /// Headers are never longer than the longest frame.
    pub const LONGEST_HEADERS: usize = 255;

    /// Makes a store that knows what is built in.
    pub const fn new() -> Self {
        Self { learned: BTreeMap::new(), count: 0 }
    }

    /// Returns how many formats were learned.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Tells whether no format was learned.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Learns the headers of a manufacturer's frame; `false` if they are known, are no headers, the
    /// manufacturer is not three letters, or the store is full.
    pub fn learn(&mut self, manufacturer: Manufacturer, headers: &[u8]) -> bool {
        let manufacturer = whose(manufacturer);
        if !manufacturer.letters().iter().all(char::is_ascii_uppercase) {
            return false;
        }
        let is_known = || self.of(manufacturer, format_signature(headers)).any(|known| known == headers);
        if self.count >= Self::CAPACITY || !are_headers(headers) || is_known() {
            return false;
        }
        let formats = self.learned.entry(manufacturer).or_default();
        let is_new = formats.entry(format_signature(headers)).or_default().insert(headers.to_vec());
        self.count += usize::from(is_new);
        is_new
    }

    /// Returns what was learned: manufacturer, signature and headers, in this order.
    pub fn learned(&self) -> impl Iterator<Item = (Manufacturer, u16, &[u8])> {
        self.learned.iter().flat_map(|(manufacturer, formats)| {
            formats.iter().flat_map(move |(signature, headers)| {
                headers.iter().map(move |headers| (*manufacturer, *signature, headers.as_slice()))
            })
        })
    }

    /// Returns the headers of a manufacturer with a signature, learned and built in.
    fn of(&self, manufacturer: Manufacturer, signature: u16) -> impl Iterator<Item = &[u8]> {
        let learned = self.learned.get(&whose(manufacturer)).and_then(|formats| formats.get(&signature));
        let built_in = known_formats::of_signature(manufacturer, signature);
        learned.into_iter().flatten().map(Vec::as_slice).chain(built_in)
    }

    /// Reads a compact frame with the headers that fit it.
    ///
    /// Those of the meter's manufacturer come first, then those of others: radio modules are sold under
    /// several names.
    pub(crate) fn records(
        &self,
        frame: &CompactFrame<'_>,
        meter: Option<&MeterAddress>,
    ) -> Option<Vec<DataRecord>> {
        let signature = frame.signature;
        let own = meter.into_iter().flat_map(|meter| self.of(meter.manufacturer, signature));
        let others = self.learned.values().filter_map(|formats| formats.get(&signature)).flatten();
        let built_in = known_formats::with_signature(signature);
        own.chain(others.map(Vec::as_slice))
            .chain(built_in)
            .find_map(|headers| frame.records(meter, headers))
            .or_else(|| known_formats::of_family(frame, meter))
            .or_else(|| {
                // The manufacturer's own format, and every byte has its place: damaged rather than foreign.
                let mut own = meter.into_iter().flat_map(|meter| self.of(meter.manufacturer, signature));
                own.find_map(|headers| frame.doubtful_records(meter, headers))
            })
    }
}

/// Leaves out where an address is unique: the maker is the same.
const fn whose(manufacturer: Manufacturer) -> Manufacturer {
    const LETTERS: u16 = 0x7FFF;
    Manufacturer::from_value(manufacturer.value() & LETTERS)
}

/// Tells whether bytes are DIB and VIB one behind the other.
fn are_headers(headers: &[u8]) -> bool {
    if headers.is_empty() || headers.len() > FormatStore::LONGEST_HEADERS {
        return false;
    }
    let mut reader = Reader::at(headers, 0);
    while let Some(dif) = reader.peek() {
        if matches!(dif, MANUFACTURER_DATA | MANUFACTURER_DATA_MORE_FOLLOW) {
            return reader.rest().len() == 1;
        }
        if Dib::parse(&mut reader).is_err() || meaning_of_vib(&mut reader).is_err() {
            return false;
        }
    }
    true
}
