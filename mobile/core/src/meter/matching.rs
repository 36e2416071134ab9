//! Whose telegram is this? Answered from the addresses in clear, before anything is decrypted.

use std::collections::HashMap;

use sync_protocol::TourMeter;
use wmbus::{Addresses, AesKey, IdentificationNumber, KeyRing, Manufacturer, MeterAddress};

/// The meters of a tour by the identification number that their radio sends.
///
/// A line matches when its number and all that the tour names (manufacturer, version, device type)
/// are those of either address of a telegram: the link layer's, which may be a radio converter's, or
/// the meter's own behind it. A line without a radio number is found by the number printed on it.
#[derive(Debug, Default)]
pub struct OwnMeters {
    by_number: HashMap<IdentificationNumber, Vec<Own>>,
    without_number: usize,
}

#[derive(Debug)]
struct Own {
    line: usize,
    manufacturer: Option<Manufacturer>,
    version: Option<u8>,
    device_type: Option<u8>,
}

impl Own {
    fn is(&self, address: &MeterAddress) -> bool {
        self.manufacturer.is_none_or(|manufacturer| manufacturer == address.manufacturer)
            && self.version.is_none_or(|version| version == address.version)
            && self.device_type.is_none_or(|device_type| device_type == address.device_type)
    }
}

impl OwnMeters {
    /// Indexes the lines of a tour.
    pub fn new(lines: &[TourMeter]) -> Self {
        let mut own = Self::default();
        for (index, line) in lines.iter().enumerate() {
            // A manufacturer that cannot be read matches any: a typing error shall not hide a meter.
            let manufacturer = line
                .manufacturer
                .as_deref()
                .and_then(|letters| letters.trim().to_ascii_uppercase().parse().ok());
            match radio_number(line) {
                Some(number) => own.by_number.entry(number).or_default().push(Own {
                    line: index,
                    manufacturer,
                    version: line.version,
                    device_type: line.device_type,
                }),
                None => own.without_number += 1,
            }
        }
        own
    }

    /// Returns the lines that a telegram belongs to; none for a foreign meter.
    pub fn lines_of<'o>(&'o self, addresses: &'o Addresses) -> impl Iterator<Item = usize> + 'o {
        let by_link = self.matching(&addresses.link);
        let by_meter = (addresses.meter != addresses.link).then(|| self.matching(&addresses.meter));
        let mut lines: Vec<usize> = by_link.chain(by_meter.into_iter().flatten()).collect();
        lines.sort_unstable();
        lines.dedup();
        lines.into_iter()
    }

    /// Returns how many lines have no number that a radio could send: they can only be read by hand.
    pub fn without_number(&self) -> usize {
        self.without_number
    }

    fn matching<'o>(&'o self, address: &'o MeterAddress) -> impl Iterator<Item = usize> + 'o {
        let own = self.by_number.get(&address.identification_number).into_iter().flatten();
        own.filter(|own| own.is(address)).map(|own| own.line)
    }
}

/// Returns the keys of a tour.
pub fn key_ring(lines: &[TourMeter]) -> KeyRing {
    let mut keys = KeyRing::default();
    for line in lines {
        let Some(key) = &line.key else { continue };
        // The key may hang on the radio's number or on the meter's behind it.
        for number in [line.radio_id.as_deref(), Some(line.meter_number.as_str())] {
            if let Some(number) = number.and_then(identification_number) {
                keys.insert(number, AesKey::new(*key.expose()));
            }
        }
    }
    keys
}

/// Tells whether a line has a number that a radio could send.
pub fn sends_by_radio(line: &TourMeter) -> bool {
    radio_number(line).is_some()
}

fn radio_number(line: &TourMeter) -> Option<IdentificationNumber> {
    match line.radio_id.as_deref().map(str::trim).filter(|number| !number.is_empty()) {
        Some(number) => identification_number(number),
        None => identification_number(&line.meter_number),
    }
}

fn identification_number(text: &str) -> Option<IdentificationNumber> {
    text.trim().parse().ok()
}
