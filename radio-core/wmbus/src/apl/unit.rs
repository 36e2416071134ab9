//! Units: one base unit for each quantity, so that values can be compared as they are.

use alloc::string::String;
use core::fmt;

/// The unit of a value.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the variants say what they are; as_str says how they are written")]
pub enum Unit {
    None,
    KilowattHour,
    Megajoule,
    Megacalorie,
    KilovarHour,
    KilovoltAmpereHour,
    CubicMetre,
    CubicMetreCelsius,
    CubicFoot,
    Gallon,
    Kilogram,
    Kilowatt,
    MegajoulePerHour,
    Kilovar,
    KilovoltAmpere,
    CubicMetrePerHour,
    GallonPerMinute,
    GallonPerHour,
    KilogramPerHour,
    Celsius,
    Kelvin,
    Fahrenheit,
    Bar,
    Percent,
    HcaUnit,
    Volt,
    Ampere,
    Hertz,
    Degree,
    Decibelmilliwatt,
    Baud,
    BitTime,
    Second,
    Minute,
    Hour,
    Day,
    Month,
    Year,
    /// A unit outside the metric system that the standard leaves to the meter.
    NonMetric,
    /// The unit that the meter spells out itself.
    PlainText(String),
}

impl Unit {
    /// Finds a unit by how it is written behind a number; `None` for a text that is none of ours.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::ALL.iter().find(|unit| unit.as_str() == symbol).cloned()
    }

    /// All units but those that a meter spells out itself.
    const ALL: &'static [Self] = &[
        Self::None,
        Self::KilowattHour,
        Self::Megajoule,
        Self::Megacalorie,
        Self::KilovarHour,
        Self::KilovoltAmpereHour,
        Self::CubicMetre,
        Self::CubicFoot,
        Self::Gallon,
        Self::Kilogram,
        Self::Kilowatt,
        Self::MegajoulePerHour,
        Self::Kilovar,
        Self::KilovoltAmpere,
        Self::CubicMetrePerHour,
        Self::GallonPerMinute,
        Self::GallonPerHour,
        Self::KilogramPerHour,
        Self::Celsius,
        Self::Kelvin,
        Self::Fahrenheit,
        Self::Bar,
        Self::Percent,
        Self::HcaUnit,
        Self::Volt,
        Self::Ampere,
        Self::Hertz,
        Self::Degree,
        Self::Decibelmilliwatt,
        Self::Baud,
        Self::BitTime,
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Month,
        Self::Year,
        Self::NonMetric,
    ];

    /// Returns the unit as it is written behind a number; empty for a number without unit.
    pub fn as_str(&self) -> &str {
        match self {
            Self::None => "",
            Self::KilowattHour => "kWh",
            Self::Megajoule => "MJ",
            Self::Megacalorie => "Mcal",
            Self::KilovarHour => "kvarh",
            Self::KilovoltAmpereHour => "kVAh",
            Self::CubicMetre => "m³",
            Self::CubicMetreCelsius => "m³·°C",
            Self::CubicFoot => "ft³",
            Self::Gallon => "gal",
            Self::Kilogram => "kg",
            Self::Kilowatt => "kW",
            Self::MegajoulePerHour => "MJ/h",
            Self::Kilovar => "kvar",
            Self::KilovoltAmpere => "kVA",
            Self::CubicMetrePerHour => "m³/h",
            Self::GallonPerMinute => "gal/min",
            Self::GallonPerHour => "gal/h",
            Self::KilogramPerHour => "kg/h",
            Self::Celsius => "°C",
            Self::Kelvin => "K",
            Self::Fahrenheit => "°F",
            Self::Bar => "bar",
            Self::Percent => "%",
            Self::HcaUnit => "HCA",
            Self::Volt => "V",
            Self::Ampere => "A",
            Self::Hertz => "Hz",
            Self::Degree => "°",
            Self::Decibelmilliwatt => "dBm",
            Self::Baud => "Bd",
            Self::BitTime => "bit times",
            Self::Second => "s",
            Self::Minute => "min",
            Self::Hour => "h",
            Self::Day => "d",
            Self::Month => "month",
            Self::Year => "year",
            Self::NonMetric => "non-metric",
            Self::PlainText(text) => text,
        }
    }

    /// Returns second, minute, hour or day for the two low bits of many VIFs.
    pub(super) const fn duration(code: u8) -> &'static Self {
        match code & 3 {
            0 => &Self::Second,
            1 => &Self::Minute,
            2 => &Self::Hour,
            _ => &Self::Day,
        }
    }

    /// Returns hour, day, month or year for the two low bits of the VIFs of long times.
    pub(super) const fn long_duration(code: u8) -> &'static Self {
        match code & 3 {
            0 => &Self::Hour,
            1 => &Self::Day,
            2 => &Self::Month,
            _ => &Self::Year,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
