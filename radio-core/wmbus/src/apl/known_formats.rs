//! The formats that are built in, and the scales that their families come in.

use super::compact::{CompactFrame, format_signature};
use super::records::FILLER;
use super::{DataField, DataRecord, Dib, vib::meaning_of_vib};
use crate::meter::{Manufacturer, MeterAddress};
use crate::wire::Reader;
use alloc::vec::Vec;

/// A format: whose it is, and DIB and VIB of all records in order.
struct Known {
    manufacturers: &'static [[char; 3]],
    signature: u16,
    headers: &'static [u8],
}

const KAMSTRUP: &[[char; 3]] = &[['K', 'A', 'M'], ['K', 'A', 'W']];

/// Every one was proven by the signature or by the full frames of published telegrams
/// (`reference/application.md`, section 6, and the sources that it names).
static KNOWN: [Known; 18] = [
    // Water: information code, volume, volume at the due date, lowest water and external temperature.
    kamstrup(&[0x02, 0xFF, 0x20, 0x04, 0x13, 0x44, 0x13, 0x61, 0x5B, 0x61, 0x67]),
    kamstrup(&[0x02, 0xFF, 0x20, 0x04, 0x13, 0x44, 0x13, 0x61, 0x5B, 0x51, 0x67]),
    kamstrup(&[0x02, 0xFF, 0x20, 0x04, 0x13, 0x44, 0x13]),
    kamstrup(&[0x02, 0xFF, 0x20, 0x04, 0x13, 0x44, 0x13, 0xA1, 0x01, 0x5B, 0x81, 0x01, 0xE7, 0xFF, 0x0F]),
    kamstrup(&[
        0x02, 0xFF, 0x20, 0x04, 0x13, 0x92, 0x01, 0x3B, 0xA1, 0x01, 0x5B, 0x81, 0x01, 0xE7, 0xFF, 0x0F,
    ]),
    kamstrup(&[
        0x04, 0xFF, 0x23, 0x44, 0x13, 0x52, 0x3B, 0x06, 0xFF, 0x1B, 0x42, 0x6C, 0x61, 0x67, 0x51, 0x67, 0x02,
        0x3B, 0x04, 0x13, 0x81, 0x01, 0xE7, 0xFF, 0x0F,
    ]),
    kamstrup(&[
        0x02, 0xFF, 0x20, 0x04, 0x13, 0x44, 0x13, 0x42, 0x6C, 0x52, 0x3B, 0x61, 0x5B, 0x61, 0x67, 0x51, 0x67,
        0x81, 0x01, 0xE7, 0xFF, 0x0F, 0x06, 0xFF, 0x1B,
    ]),
    kamstrup(&[
        0x04, 0xFF, 0x23, 0x04, 0x13, 0x44, 0x13, 0x42, 0x6C, 0x02, 0x3B, 0x92, 0x01, 0x3B, 0xA2, 0x01, 0x3B,
        0x06, 0xFF, 0x1B, 0xA1, 0x01, 0x5B, 0x91, 0x01, 0x5B, 0xA1, 0x01, 0x67,
    ]),
    kamstrup(&[0x02, 0xFF, 0x20, 0x04, 0x13, 0x52, 0x3B]),
    // Heat: MULTICAL 302 and 303.
    kamstrup(&[0x03, 0x06, 0x43, 0x06, 0x03, 0x14, 0x42, 0x6C, 0x02, 0x2D, 0x01, 0xFF, 0x21]),
    kamstrup(&[0x03, 0x0F, 0x43, 0x0F, 0x03, 0x14, 0x42, 0x6C, 0x02, 0x2D, 0x01, 0xFF, 0x21]),
    kamstrup(&[0x03, 0x0E, 0x43, 0x0E, 0x03, 0x13, 0x42, 0x6C, 0x02, 0x2D, 0x01, 0xFF, 0x21]),
    // Heat: MULTICAL 403, 603 and 803, then 602.
    kamstrup(&[
        0x04, 0x06, 0x04, 0xFF, 0x07, 0x04, 0xFF, 0x08, 0x04, 0x14, 0x04, 0x3B, 0x02, 0x59, 0x02, 0x5D, 0x04,
        0xFF, 0x22, 0x02, 0x6C, 0x44, 0x06, 0x44, 0x14, 0x42, 0x6C,
    ]),
    kamstrup(&[
        0x04, 0x0E, 0x04, 0xFF, 0x07, 0x04, 0xFF, 0x08, 0x04, 0x13, 0x84, 0x40, 0x14, 0x84, 0x80, 0x40, 0x14,
        0x04, 0x3B, 0x02, 0x59, 0x02, 0x5D, 0x14, 0x2D, 0x84, 0x10, 0x0E, 0x84, 0x20, 0x0E, 0x04, 0xFF, 0x22,
        0x02, 0x6C, 0x44, 0x0E, 0x44, 0x13, 0xC4, 0x40, 0x14, 0xC4, 0x80, 0x40, 0x14, 0x42, 0x6C,
    ]),
    kamstrup(&[
        0x04, 0x0F, 0x04, 0xFF, 0x07, 0x04, 0xFF, 0x08, 0x04, 0x14, 0x84, 0x40, 0x14, 0x84, 0x80, 0x40, 0x14,
        0x04, 0x3B, 0x02, 0x59, 0x02, 0x5D, 0x14, 0x2D, 0x84, 0x10, 0x0F, 0x84, 0x20, 0x0F, 0x04, 0xFF, 0x22,
        0x02, 0x6C, 0x44, 0x0F, 0x44, 0x14, 0xC4, 0x40, 0x14, 0xC4, 0x80, 0x40, 0x14, 0x42, 0x6C,
    ]),
    kamstrup(&[
        0x02, 0xF9, 0xFF, 0x15, 0x04, 0x06, 0x04, 0xEE, 0xFF, 0x07, 0x04, 0xEE, 0xFF, 0x08, 0x04, 0x14, 0x84,
        0x40, 0x14, 0x84, 0x80, 0x40, 0x14, 0x02, 0xFD, 0x17, 0x02, 0x6C, 0x42, 0x6C, 0x44, 0x06, 0x44, 0x14,
        0xC4, 0x40, 0x14, 0xC4, 0x80, 0x40, 0x14, 0x04, 0x3B, 0x02, 0x59, 0x02, 0x5D,
    ]),
    // Electricity: energy and power in both directions; EM24 with active and reactive energy.
    kamstrup(&[0x04, 0x04, 0x04, 0x84, 0x3C, 0x04, 0x2B, 0x04, 0xAB, 0x3C]),
    kamstrup(&[
        0x04, 0x05, 0x04, 0xFB, 0x82, 0x75, 0x04, 0x85, 0x3C, 0x04, 0xFB, 0x82, 0xF5, 0x3C, 0x01, 0xFD, 0x17,
    ]),
];

const fn kamstrup(headers: &'static [u8]) -> Known {
    Known { manufacturers: KAMSTRUP, signature: format_signature(headers), headers }
}

/// Returns the built-in headers of a manufacturer.
pub(super) fn of<'a>(manufacturer: Manufacturer) -> impl Iterator<Item = &'a [u8]> {
    let letters = manufacturer.letters();
    KNOWN
        .iter()
        .filter(move |known| known.manufacturers.contains(&letters))
        .map(|known| -> &[u8] { known.headers })
}

/// Returns the built-in headers of a manufacturer that have this signature.
pub(super) fn of_signature<'a>(manufacturer: Manufacturer, signature: u16) -> impl Iterator<Item = &'a [u8]> {
    let letters = manufacturer.letters();
    all(signature).filter(move |known| known.manufacturers.contains(&letters)).map(|known| known.headers)
}

/// Returns all built-in headers that have this signature.
pub(super) fn with_signature<'a>(signature: u16) -> impl Iterator<Item = &'a [u8]> {
    all(signature).map(|known| known.headers)
}

fn all(signature: u16) -> impl Iterator<Item = &'static Known> {
    KNOWN.iter().filter(move |known| known.signature == signature)
}

/// The scales that one quantity comes in: the lowest and highest VIF of them.
const SCALES: [&[(u8, u8)]; 4] = [
    // Energy: Wh to 10 kWh, kJ to 10 MJ, and 100 MJ.
    &[(0x03, 0x07), (0x0B, 0x0F)],
    // Volume: 0.1 l to 10 m³.
    &[(0x12, 0x17)],
    // Power: W to 10 kW.
    &[(0x2B, 0x2F)],
    // Volume flow: 0.1 l/h to 1 m³/h.
    &[(0x3A, 0x3E)],
];

/// Reads a compact frame of a meter that differs from a known one only in its scales.
///
/// A meter's records of one quantity have one scale. There are at most 1,500 ways to write a known
/// format, and signature and CRC together let one in four billion wrong ones pass.
pub(super) fn of_family(frame: &CompactFrame<'_>, meter: Option<&MeterAddress>) -> Option<Vec<DataRecord>> {
    of(meter?.manufacturer).find_map(|headers| {
        let (places, length) = places(headers);
        let (data, fillers) = frame.data.split_at_checked(length)?;
        if data.is_empty() || fillers.iter().any(|byte| *byte != FILLER) {
            return None;
        }
        let mut written = headers.to_vec();
        try_scales(frame, meter, &places, &mut written, 0)
    })
}

/// Writes every scale of the quantity number `which` and of those behind it.
fn try_scales(
    frame: &CompactFrame<'_>,
    meter: Option<&MeterAddress>,
    places: &[Vec<usize>; SCALES.len()],
    headers: &mut Vec<u8>,
    which: usize,
) -> Option<Vec<DataRecord>> {
    let (Some(places_of), Some(scales)) = (places.get(which), SCALES.get(which)) else {
        return if format_signature(headers) == frame.signature {
            frame.records(meter, headers)
        } else {
            None
        };
    };
    if places_of.is_empty() {
        return try_scales(frame, meter, places, headers, which + 1);
    }
    scales.iter().flat_map(|(lowest, highest)| *lowest..=*highest).find_map(|vif| {
        for place in places_of {
            if let Some(byte) = headers.get_mut(*place) {
                *byte = *byte & 0x80 | vif;
            }
        }
        try_scales(frame, meter, places, headers, which + 1)
    })
}

/// Returns where the VIFs of each quantity stand, and how long the data is that belongs to the headers.
/// No built-in format has data of variable length.
fn places(headers: &[u8]) -> ([Vec<usize>; SCALES.len()], usize) {
    let mut places: [Vec<usize>; SCALES.len()] = Default::default();
    let mut reader = Reader::at(headers, 0);
    let mut length = 0;
    while let Ok(dib) = Dib::parse(&mut reader) {
        length += match dib.data_field {
            DataField::Integer(bytes) | DataField::Bcd(bytes) => bytes,
            DataField::Real => 4,
            DataField::Nothing | DataField::Variable => 0,
        };
        let at = reader.position();
        let vif = reader.peek().unwrap_or_default() & 0x7F;
        for (places, scales) in places.iter_mut().zip(SCALES) {
            if scales.iter().any(|(lowest, highest)| (*lowest..=*highest).contains(&vif)) {
                places.push(at);
            }
        }
        if meaning_of_vib(&mut reader).is_err() {
            break;
        }
    }
    (places, length)
}
