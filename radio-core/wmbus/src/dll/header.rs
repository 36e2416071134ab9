//! L, C, M and A: who sends.

use alloc::format;
use core::ops::Range;

use super::{Frame, control_name};
use crate::explain::{Explainer, Layer, words};
use crate::meter::{Manufacturer, MeterAddress};
use crate::wired::PrimaryAddress;

/// In which order a manufacturer sends the A field.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressOrder {
    /// Number, version, type: the standard's.
    Standard,
    /// Version, type, number: proprietary telegrams of the Diehl group.
    VersionFirst,
    /// Number and a serial coding: Sappel's PRIOS telegrams are version 00, type 07 (water).
    SappelPrios,
}

/// The link layer of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkHeader {
    /// The C field.
    pub control: u8,
    /// The sender; `None` on the wire, where only the transport header names the meter.
    pub address: Option<MeterAddress>,
    /// How the A field was read.
    pub order: AddressOrder,
    /// M and A as transmitted: what ciphers are fed with.
    pub(crate) wire_address: [u8; 8],
    /// Where the layers above the link layer lie.
    pub(crate) payload: Range<usize>,
    /// Where the meter hangs on its bus; `None` on the air.
    pub primary_address: Option<PrimaryAddress>,
}

impl LinkHeader {
    /// Reads the link layer of a frame; a [`Frame`] always has one.
    pub fn read(frame: &Frame) -> Self {
        let bytes = frame.bytes();
        if frame.is_wired() {
            return Self {
                control: bytes.get(4).copied().unwrap_or_default(),
                address: None,
                order: AddressOrder::Standard,
                wire_address: [0; 8],
                payload: 6..bytes.len().saturating_sub(2),
                primary_address: bytes.get(5).copied().map(PrimaryAddress),
            };
        }
        let control = bytes.get(1).copied().unwrap_or_default();
        let wire_address = bytes.get(2..).and_then(|rest| rest.first_chunk().copied()).unwrap_or_default();
        let address = MeterAddress::from_link_bytes(wire_address);
        let order = address_order(control, address.manufacturer, bytes);
        Self {
            control,
            address: Some(reorder(address, wire_address, order)),
            order,
            wire_address,
            payload: 10..bytes.len(),
            primary_address: None,
        }
    }

    /// Tells whether the payload is "real data" of the Diehl group: scrambled records behind a short header.
    pub(crate) fn is_real_data(&self, bytes: &[u8]) -> bool {
        self.order == AddressOrder::VersionFirst && matches!(bytes.get(self.payload.start), Some(0x71 | 0x7A))
    }

    pub(crate) fn explain(&self, out: &mut Explainer<'_>) {
        out.open(Layer::Dll, "data link layer");
        if self.primary_address.is_some() {
            out.field(4, words("start, L twice, start").named("L"));
        } else {
            let follow = self.payload.end - 1;
            out.field(1, words(format!("L field: {follow} bytes follow")).named("L").valued(follow));
        }
        out.field(1, words(format!("C field: {}", control_name(self.control))).named("C"));
        if let Some(primary) = self.primary_address {
            out.field(1, words(format!("A field: primary address {primary}")).named("A").valued(primary.0));
        }
        if let Some(address) = self.address {
            let manufacturer = address.manufacturer;
            out.field(2, words(format!("manufacturer {manufacturer}")).named("M").valued(manufacturer));
            self.explain_address(&address, out);
        }
        out.close();
    }

    fn explain_address(&self, address: &MeterAddress, out: &mut Explainer<'_>) {
        let [number, version, device_type] = address.words();
        match self.order {
            AddressOrder::Standard => {
                out.field(4, number);
                out.field(1, version);
                out.field(1, device_type);
            }
            AddressOrder::VersionFirst => {
                out.field(1, version.and(" (this manufacturer sends it first)"));
                out.field(1, device_type);
                out.field(4, number);
            }
            AddressOrder::SappelPrios => {
                out.field(4, number);
                out.field(2, words("serial coding; version 00, device type 07: water").named("A"));
            }
        }
    }

    /// Explains what follows the layers above: checksum and stop byte of a wired frame.
    pub(crate) fn explain_end(&self, out: &mut Explainer<'_>) {
        if self.primary_address.is_some() {
            out.open(Layer::Dll, "end of the wired frame");
            out.field(1, "checksum");
            out.field(1, "stop");
            out.close();
        }
    }
}

/// Decides by manufacturer, C and CI field, and for CI 7A by the security mode.
fn address_order(control: u8, manufacturer: Manufacturer, bytes: &[u8]) -> AddressOrder {
    const SEND_NO_REPLY: u8 = 0x44;
    const SEND_INSTALLATION: u8 = 0x46;
    const PROPRIETARY_MODE: u8 = 0x10;
    let letters = manufacturer.letters();
    let diehl = matches!(
        letters,
        ['D', 'M', 'E'] | ['E', 'W', 'T'] | ['H', 'Y', 'D'] | ['S', 'A', 'P'] | ['S', 'P', 'L']
    );
    if !diehl || !matches!(control, SEND_NO_REPLY | SEND_INSTALLATION) {
        return AddressOrder::Standard;
    }
    match bytes.get(10).copied() {
        Some(0x71 | 0xB1..=0xB3) => AddressOrder::VersionFirst,
        Some(0xA0..=0xA7) if letters == ['S', 'A', 'P'] => AddressOrder::SappelPrios,
        Some(0xA0..=0xA7) => AddressOrder::VersionFirst,
        Some(0x7A) if bytes.get(14).is_some_and(|mode| mode & PROPRIETARY_MODE != 0) => {
            AddressOrder::VersionFirst
        }
        _ => AddressOrder::Standard,
    }
}

fn reorder(address: MeterAddress, wire: [u8; 8], order: AddressOrder) -> MeterAddress {
    match order {
        AddressOrder::Standard => address,
        AddressOrder::VersionFirst => {
            let [m0, m1, version, device_type, a, b, c, d] = wire;
            MeterAddress::from_link_bytes([m0, m1, a, b, c, d, version, device_type])
        }
        AddressOrder::SappelPrios => MeterAddress { version: 0x00, device_type: 0x07, ..address },
    }
}
