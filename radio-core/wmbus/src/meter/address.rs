//! A meter's whole address.

use alloc::format;
use core::{fmt, str::FromStr};

use super::{IdentificationNumber, Manufacturer, device_type_name};
use crate::explain::{Words, words};
use crate::hex;

/// The address of a meter or radio converter: what makes it one of its kind in the world.
///
/// Displays as `KAM-76349987-1B-16` (version and device type in hexadecimal) and parses from the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeterAddress {
    /// The manufacturer.
    pub manufacturer: Manufacturer,
    /// The identification number.
    pub identification_number: IdentificationNumber,
    /// The meter version.
    pub version: u8,
    /// The device type (medium); see [`MeterAddress::device_type_name`].
    pub device_type: u8,
}

impl MeterAddress {
    /// Takes the eight bytes of the link layer's M and A fields: M, number, version, type.
    pub const fn from_link_bytes([m0, m1, a, b, c, d, version, device_type]: [u8; 8]) -> Self {
        Self {
            manufacturer: Manufacturer::from_wire([m0, m1]),
            identification_number: IdentificationNumber::from_wire([a, b, c, d]),
            version,
            device_type,
        }
    }

    /// Takes the eight bytes of a long transport header: number, M, version, type.
    pub const fn from_header_bytes([a, b, c, d, m0, m1, version, device_type]: [u8; 8]) -> Self {
        Self::from_link_bytes([m0, m1, a, b, c, d, version, device_type])
    }

    /// Returns the address in the link layer's order.
    pub const fn to_link_bytes(self) -> [u8; 8] {
        let [m0, m1] = self.manufacturer.to_wire();
        let [a, b, c, d] = self.identification_number.to_wire();
        [m0, m1, a, b, c, d, self.version, self.device_type]
    }

    /// Returns the address in the order of a long transport header.
    pub const fn to_header_bytes(self) -> [u8; 8] {
        let [m0, m1, a, b, c, d, version, device_type] = self.to_link_bytes();
        [a, b, c, d, m0, m1, version, device_type]
    }

    /// Explains identification number, version and device type.
    pub(crate) fn words(&self) -> [Words; 3] {
        let Self { identification_number: number, version, device_type, .. } = self;
        let name = self.device_type_name();
        [
            words(format!("identification number {number}")).named("A").valued(number),
            words(format!("version {version:02X}")).named("A").valued(format_args!("{version:02X}")),
            words(format!("device type {device_type:02X}: {name}"))
                .named("A")
                .valued(format_args!("{device_type:02X}")),
        ]
    }

    /// Returns the name of the device type, such as `water`. Techem has types of its own.
    pub const fn device_type_name(&self) -> &'static str {
        match self.device_type {
            0x43 | 0xC3 if self.is_of_techem() => "heat",
            0x62 if self.is_of_techem() => "warm_water",
            0x72 if self.is_of_techem() => "cold_water",
            0x80 if self.is_of_techem() => "heat_cost_allocator",
            0xF0 if self.is_of_techem() => "smoke_detector",
            device_type => device_type_name(device_type),
        }
    }

    const fn is_of_techem(&self) -> bool {
        self.manufacturer.has_letters_of(Manufacturer::of(*b"TCH"))
    }
}

impl fmt::Display for MeterAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { manufacturer, identification_number, version, device_type } = self;
        write!(f, "{manufacturer}-{identification_number}-{version:02X}-{device_type:02X}")
    }
}

/// The text is not `MMM-NNNNNNNN-VV-TT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a meter address such as KAM-76349987-1B-16")]
pub struct ParseMeterAddressError;

impl FromStr for MeterAddress {
    type Err = ParseMeterAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('-');
        let mut part = || parts.next().ok_or(ParseMeterAddressError);
        let address = Self {
            manufacturer: part()?.parse().map_err(|_| ParseMeterAddressError)?,
            identification_number: part()?.parse().map_err(|_| ParseMeterAddressError)?,
            version: hex::parse::<1>(part()?).map(|[byte]| byte).ok_or(ParseMeterAddressError)?,
            device_type: hex::parse::<1>(part()?).map(|[byte]| byte).ok_or(ParseMeterAddressError)?,
        };
        if parts.next().is_some() { Err(ParseMeterAddressError) } else { Ok(address) }
    }
}
