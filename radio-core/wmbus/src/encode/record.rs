//! Data records to be sent.

use super::RecordError;
use super::data::Data;
use super::scale::Scale;
use crate::{Date, DateTime, Function};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// DIFE and VIFE of a record, each (EN 13757-3:2018, 6.2.4 and 6.4.1).
const MAX_EXTENSIONS: usize = 10;

const EXTENSION: u8 = 0x80;

/// Describes a data record: first how the value is written, then what it means.
///
/// Numbers are the digits on the wire; the quantity tells the power of ten of its unit that one of them is
/// worth, so that no float is ever needed: `Record::bcd8(2_850_427).volume(-2)` is 28504.27 m³.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    data: Data,
    /// VIF and VIFE without extension bits.
    codes: Result<Vec<u8>, RecordError>,
    storage_number: u64,
    tariff: u32,
    subunit: u32,
    function: Function,
}

/// How the value is written.
impl Record {
    fn new(data: Data) -> Self {
        Self {
            data,
            codes: Err(RecordError::NoVif),
            storage_number: 0,
            tariff: 0,
            subunit: 0,
            function: Function::Instantaneous,
        }
    }

    /// Begins a record with an 8-bit integer.
    pub fn int8(value: i64) -> Self {
        Self::new(Data::Integer { bytes: 1, value })
    }

    /// Begins a record with a 16-bit integer.
    pub fn int16(value: i64) -> Self {
        Self::new(Data::Integer { bytes: 2, value })
    }

    /// Begins a record with a 24-bit integer.
    pub fn int24(value: i64) -> Self {
        Self::new(Data::Integer { bytes: 3, value })
    }

    /// Begins a record with a 32-bit integer.
    pub fn int32(value: i64) -> Self {
        Self::new(Data::Integer { bytes: 4, value })
    }

    /// Begins a record with a 48-bit integer.
    pub fn int48(value: i64) -> Self {
        Self::new(Data::Integer { bytes: 6, value })
    }

    /// Begins a record with a 64-bit integer.
    pub fn int64(value: i64) -> Self {
        Self::new(Data::Integer { bytes: 8, value })
    }

    /// Begins a record with 2 BCD digits.
    pub fn bcd2(value: i64) -> Self {
        Self::new(Data::Bcd { digits: 2, value })
    }

    /// Begins a record with 4 BCD digits.
    pub fn bcd4(value: i64) -> Self {
        Self::new(Data::Bcd { digits: 4, value })
    }

    /// Begins a record with 6 BCD digits.
    pub fn bcd6(value: i64) -> Self {
        Self::new(Data::Bcd { digits: 6, value })
    }

    /// Begins a record with 8 BCD digits.
    pub fn bcd8(value: i64) -> Self {
        Self::new(Data::Bcd { digits: 8, value })
    }

    /// Begins a record with 12 BCD digits.
    pub fn bcd12(value: i64) -> Self {
        Self::new(Data::Bcd { digits: 12, value })
    }

    /// Begins a record with a 32-bit real number (type H).
    pub fn real(value: f32) -> Self {
        Self::new(Data::Real(value))
    }

    /// Begins a record with a text of ISO 8859-1.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Data::Text(text.into()))
    }

    /// Returns a record with a date (type G, VIF 6C).
    pub fn date(date: Date) -> Self {
        Self::new(Data::Date(date)).vif(&[0x6C])
    }

    /// Returns a record with date and time (VIF 6D): type F, or type I where the time has seconds.
    pub fn date_time(time: DateTime) -> Self {
        Self::new(Data::DateTime(time)).vif(&[0x6D])
    }

    /// Begins a record with bytes as they are in the given data field (the low four bits of the DIF); in
    /// data field D they begin with their LVAR.
    pub fn raw(field: u8, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(Data::Raw { field: field & 0x0F, bytes: bytes.into() })
    }
}

/// What the value means. The number is the power of ten of the unit that the last digit is worth.
impl Record {
    fn scaled(mut self, scale: &Scale, exponent: i8) -> Self {
        self.codes = scale.codes(exponent).ok_or(RecordError::Exponent { exponent });
        self
    }

    /// Energy in 10^`exponent` kWh.
    #[must_use]
    pub fn energy_kwh(self, exponent: i8) -> Self {
        self.scaled(&Scale::ENERGY_KWH, exponent)
    }

    /// Energy in 10^`exponent` MJ.
    #[must_use]
    pub fn energy_mj(self, exponent: i8) -> Self {
        self.scaled(&Scale::ENERGY_MJ, exponent)
    }

    /// Volume in 10^`exponent` m³.
    #[must_use]
    pub fn volume(self, exponent: i8) -> Self {
        self.scaled(&Scale::VOLUME, exponent)
    }

    /// Mass in 10^`exponent` kg.
    #[must_use]
    pub fn mass_kg(self, exponent: i8) -> Self {
        self.scaled(&Scale::MASS_KG, exponent)
    }

    /// Power in 10^`exponent` kW.
    #[must_use]
    pub fn power_kw(self, exponent: i8) -> Self {
        self.scaled(&Scale::POWER_KW, exponent)
    }

    /// Power in 10^`exponent` MJ/h.
    #[must_use]
    pub fn power_mj_per_h(self, exponent: i8) -> Self {
        self.scaled(&Scale::POWER_MJ_PER_H, exponent)
    }

    /// Volume flow in 10^`exponent` m³/h.
    #[must_use]
    pub fn volume_flow(self, exponent: i8) -> Self {
        self.scaled(&Scale::VOLUME_FLOW, exponent)
    }

    /// Mass flow in 10^`exponent` kg/h.
    #[must_use]
    pub fn mass_flow(self, exponent: i8) -> Self {
        self.scaled(&Scale::MASS_FLOW, exponent)
    }

    /// Supply (flow) temperature in 10^`exponent` °C.
    #[must_use]
    pub fn supply_temperature(self, exponent: i8) -> Self {
        self.scaled(&Scale::SUPPLY_TEMPERATURE, exponent)
    }

    /// Return temperature in 10^`exponent` °C.
    #[must_use]
    pub fn return_temperature(self, exponent: i8) -> Self {
        self.scaled(&Scale::RETURN_TEMPERATURE, exponent)
    }

    /// Temperature difference in 10^`exponent` K.
    #[must_use]
    pub fn temperature_difference(self, exponent: i8) -> Self {
        self.scaled(&Scale::TEMPERATURE_DIFFERENCE, exponent)
    }

    /// External temperature in 10^`exponent` °C.
    #[must_use]
    pub fn external_temperature(self, exponent: i8) -> Self {
        self.scaled(&Scale::EXTERNAL_TEMPERATURE, exponent)
    }

    /// Pressure in 10^`exponent` bar.
    #[must_use]
    pub fn pressure(self, exponent: i8) -> Self {
        self.scaled(&Scale::PRESSURE, exponent)
    }

    /// Units of a heat cost allocator.
    #[must_use]
    pub fn hca_units(self) -> Self {
        self.scaled(&Scale::HCA_UNITS, 0)
    }

    /// Voltage in 10^`exponent` V.
    #[must_use]
    pub fn voltage(self, exponent: i8) -> Self {
        self.scaled(&Scale::VOLTAGE, exponent)
    }

    /// Current in 10^`exponent` A.
    #[must_use]
    pub fn current(self, exponent: i8) -> Self {
        self.scaled(&Scale::CURRENT, exponent)
    }

    /// Operating time in hours.
    #[must_use]
    pub fn operating_hours(self) -> Self {
        self.vif(&[0x26])
    }

    /// Error flags, one per bit (FD 17).
    #[must_use]
    pub fn error_flags(self) -> Self {
        self.vif(&[0x7D, 0x17])
    }

    /// Fabrication number (78).
    #[must_use]
    pub fn fabrication_number(self) -> Self {
        self.vif(&[0x78])
    }

    /// Any other VIF, with the second byte of the extension tables: `&[0xFD, 0x10]` or `&[0x13]`.
    ///
    /// Extension bits are set where they belong and need not be given.
    #[must_use]
    pub fn vif(mut self, codes: &[u8]) -> Self {
        self.codes = if codes.is_empty() { Err(RecordError::NoVif) } else { Ok(codes.to_vec()) };
        self
    }

    /// Adds one VIFE behind the VIF.
    #[must_use]
    pub fn vife(mut self, code: u8) -> Self {
        if let Ok(codes) = &mut self.codes {
            codes.push(code);
        }
        self
    }
}

/// Which of the meter's values it is.
impl Record {
    /// Sets the storage number: 0 current, 1 mostly the due date's, then history.
    #[must_use]
    pub fn storage(mut self, storage_number: u64) -> Self {
        self.storage_number = storage_number;
        self
    }

    /// Sets the tariff; 0 is the total.
    #[must_use]
    pub fn tariff(mut self, tariff: u32) -> Self {
        self.tariff = tariff;
        self
    }

    /// Sets the subunit.
    #[must_use]
    pub fn subunit(mut self, subunit: u32) -> Self {
        self.subunit = subunit;
        self
    }

    /// Sets the function; instantaneous without it.
    #[must_use]
    pub fn function(mut self, function: Function) -> Self {
        self.function = function;
        self
    }
}

/// The bytes.
impl Record {
    /// Returns DIB and VIB.
    pub(super) fn header(&self) -> Result<Vec<u8>, RecordError> {
        let mut header = self.dib()?;
        let codes = self.codes.as_ref().map_err(|error| *error)?;
        if codes.len() > MAX_EXTENSIONS + 1 {
            return Err(RecordError::TooManyVife);
        }
        let last = codes.len() - 1;
        header.extend(
            codes.iter().enumerate().map(
                |(index, code)| {
                    if index == last { code & !EXTENSION } else { code | EXTENSION }
                },
            ),
        );
        Ok(header)
    }

    /// Returns what follows the VIB.
    pub(super) fn data(&self) -> Result<Vec<u8>, RecordError> {
        self.data.bytes()
    }

    /// Returns the DIF with as many DIFE as storage number, tariff and subunit need.
    fn dib(&self) -> Result<Vec<u8>, RecordError> {
        let function = match self.function {
            Function::Instantaneous => 0,
            Function::Maximum => 1,
            Function::Minimum => 2,
            Function::DuringError => 3,
        };
        let mut dib = vec![self.data.field() | function << 4 | low_bits(self.storage_number, 1) << 6];
        let (mut storage, mut tariff, mut subunit) =
            (self.storage_number >> 1, u64::from(self.tariff), u64::from(self.subunit));
        while storage != 0 || tariff != 0 || subunit != 0 {
            if let Some(last) = dib.last_mut() {
                *last |= EXTENSION;
            }
            dib.push(low_bits(storage, 4) | low_bits(tariff, 2) << 4 | low_bits(subunit, 1) << 6);
            (storage, tariff, subunit) = (storage >> 4, tariff >> 2, subunit >> 1);
        }
        if dib.len() > MAX_EXTENSIONS + 1 {
            return Err(RecordError::TooManyDife);
        }
        Ok(dib)
    }
}

/// Returns the lowest `count` bits, at most 8.
fn low_bits(value: u64, count: u32) -> u8 {
    u8::try_from(value & ((1 << count) - 1)).unwrap_or_default()
}
