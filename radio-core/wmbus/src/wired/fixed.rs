//! The fixed data structure of old meters: CI 73 with two counters (EN 1434-3:1997, 6.2).
//!
//! The CI field was given anew later: with a long transport header it announces a compact frame. A wired
//! frame whose CI field 73 is followed by exactly 16 bytes is the old one.

use crate::apl::{DataRecord, Quantity, Unit};
use crate::explain::{Explainer, Layer, words};
use crate::meter::{IdentificationNumber, Manufacturer, MeterAddress, device_type_name};
use crate::tpl::Status;
use crate::value::{Decimal, Value, bcd, signed};
use crate::wire::Reader;
use alloc::format;
use alloc::vec::Vec;

const CI: u8 = 0x73;
/// Number, access number, status, medium and units, two counters.
const LENGTH: usize = 16;
/// Bytes of a counter.
const COUNTER: usize = 4;
/// The counters are signed binary numbers, otherwise BCD.
const BINARY: u8 = 0x01;
/// The counters were stored at a fixed date.
const STORED: u8 = 0x02;
const UNIT: u8 = 0x3F;
/// The unit of the second counter: that of the first, and its value of the last fixed date.
const SAME_BUT_HISTORIC: u8 = 0x3E;

/// The fixed data structure: who sends, and two counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedData {
    /// Where the CI field lies.
    offset: usize,
    number: IdentificationNumber,
    access_number: u8,
    /// As transmitted: the two low bits are the coding of the counters.
    status: u8,
    medium_and_units: [u8; 2],
    counters: [[u8; COUNTER]; 2],
}

impl FixedData {
    /// Reads the structure whose CI field lies at `offset` of a wired frame; `bytes` end where the data
    /// does. `None` for anything else.
    pub(crate) fn read(bytes: &[u8], offset: usize) -> Option<Self> {
        let mut reader = Reader::at(bytes, offset);
        if reader.u8().ok()? != CI || reader.rest().len() != LENGTH {
            return None;
        }
        Some(Self {
            offset,
            number: IdentificationNumber::from_wire(reader.array().ok()?),
            access_number: reader.u8().ok()?,
            status: reader.u8().ok()?,
            medium_and_units: reader.array().ok()?,
            counters: [reader.array().ok()?, reader.array().ok()?],
        })
    }

    /// Returns the meter. The structure names neither manufacturer nor version: they are 0.
    pub fn meter(&self) -> MeterAddress {
        MeterAddress {
            manufacturer: Manufacturer::from_value(0),
            identification_number: self.number,
            version: 0,
            device_type: self.device_type(),
        }
    }

    /// Returns the device type that the four bits of the medium stand for; 0F for a reserved one.
    pub const fn device_type(&self) -> u8 {
        let [first, second] = self.medium_and_units;
        match first >> 6 | second >> 6 << 2 {
            medium @ 0x00..=0x08 => medium,
            // The same media again, for meters that send the high byte first elsewhere.
            0x0A => 0x03,
            0x0B => 0x04,
            0x0C => 0x06,
            0x0D => 0x07,
            0x0E => 0x08,
            _ => 0x0F,
        }
    }

    /// Returns the access number.
    pub const fn access_number(&self) -> u8 {
        self.access_number
    }

    /// Returns the status: power low, permanent and temporary error, and the manufacturer's bits.
    pub const fn status(&self) -> Status {
        Status(self.status & !(BINARY | STORED))
    }

    /// Returns the two counters. Those of a fixed date have storage number 1.
    pub fn records(&self) -> Vec<DataRecord> {
        let [first, second] = self.medium_and_units.map(|byte| byte & UNIT);
        let storage = u64::from(self.status & STORED != 0);
        let second = if second == SAME_BUT_HISTORIC { (first, storage + 1) } else { (second, storage) };
        [(first, storage), second]
            .into_iter()
            .zip(self.counters)
            .zip(self.counter_offsets())
            .map(|(((unit, storage_number), counter), offset)| {
                let Meaning { quantity, unit, exponent } = meaning(unit);
                let value = exponent.map_or(Value::Raw, |exponent| self.value(counter, exponent));
                DataRecord { unit, value, storage_number, ..DataRecord::raw(offset, &counter, 0, quantity) }
            })
            .collect()
    }

    fn counter_offsets(&self) -> [usize; 2] {
        let first = self.offset + 1 + LENGTH - 2 * COUNTER;
        [first, first + COUNTER]
    }

    fn value(&self, counter: [u8; COUNTER], exponent: i8) -> Value {
        let is_binary = self.status & BINARY != 0;
        let number = if is_binary { signed(&counter) } else { bcd(&counter) };
        match number {
            Some(number) if !(is_binary && number == i128::from(i32::MIN)) => {
                Value::Number(Decimal::new(number, exponent))
            }
            Some(_) => Value::NotAvailable,
            None => Value::Invalid(counter.to_vec()),
        }
    }

    pub(crate) fn explain_header(&self, out: &mut Explainer<'_>) {
        out.open(Layer::Tpl, "fixed data structure");
        let text = format!("CI field {CI:02X}: fixed data structure of an old meter");
        out.field(1, words(text).named("CI").valued(format_args!("{CI:02X}")));
        let (number, access_number, status) = (self.number, self.access_number, self.status());
        out.field(4, words(format!("identification number {number}")).named("A").valued(number));
        out.field(1, words(format!("access number {access_number}")).named("ACC").valued(access_number));
        let coding = if self.status & BINARY != 0 { "binary" } else { "BCD" };
        let stored = if self.status & STORED != 0 { "of a fixed date" } else { "of now" };
        let text = format!("status: {status}; counters {coding}, {stored}");
        out.field(1, words(text).named("ST").valued(format_args!("{:02X}", self.status)));
        let [first, second] = self.medium_and_units.map(|byte| byte & UNIT);
        let medium = device_type_name(self.device_type());
        out.field(2, format!("medium {medium}, units {first:02X} and {second:02X} of the counters"));
        out.close();
    }
}

/// What a unit code says; no exponent where the bytes are no number.
struct Meaning {
    quantity: Quantity,
    unit: Unit,
    exponent: Option<i8>,
}

/// Returns the meaning of the six bits of a unit.
fn meaning(code: u8) -> Meaning {
    let step = |first: u8, exponent: i8| i8::try_from(code - first).ok().map(|step| exponent + step);
    let (quantity, unit, exponent) = match code {
        0x02..=0x0A => (Quantity::Energy, Unit::KilowattHour, step(0x02, -3)),
        0x0B..=0x13 => (Quantity::Energy, Unit::Megajoule, step(0x0B, -3)),
        0x14..=0x1C => (Quantity::Power, Unit::Kilowatt, step(0x14, -3)),
        0x1D..=0x25 => (Quantity::Power, Unit::MegajoulePerHour, step(0x1D, -3)),
        0x26..=0x2E => (Quantity::Volume, Unit::CubicMetre, step(0x26, -6)),
        0x2F..=0x37 => (Quantity::VolumeFlow, Unit::CubicMetrePerHour, step(0x2F, -6)),
        // Which temperature, the code does not say.
        0x38 => (Quantity::Unknown, Unit::Celsius, Some(-3)),
        0x39 => (Quantity::HcaUnits, Unit::HcaUnit, Some(0)),
        0x3F => (Quantity::Dimensionless, Unit::None, Some(0)),
        // Times and dates, whose coding is not substantiated, and reserved codes.
        _ => (Quantity::Unknown, Unit::None, None),
    };
    Meaning { quantity, unit, exponent }
}
