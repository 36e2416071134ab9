//! The extension table FB (EN 13757-3, table 14).

use super::{Quantity, Unit, meaning::Meaning};

/// Returns what the code after FB (bits 6 to 0) means; `None` where the table gives nothing or sources
/// disagree (68 to 6F).
pub(super) fn extension_fb(code: u8) -> Option<Meaning> {
    use Quantity as Q;
    let step = |of: u8| (code & of) as i8;
    let meaning = match code {
        // MWh, GJ, MW and t come as kWh, MJ, kW and kg.
        0x00..=0x01 => Meaning::number(Q::Energy, &Unit::KilowattHour, step(1) + 2),
        0x02..=0x03 => Meaning::number(Q::ReactiveEnergy, &Unit::KilovarHour, step(1)),
        0x04..=0x05 => Meaning::number(Q::ApparentEnergy, &Unit::KilovoltAmpereHour, step(1)),
        0x06 => Meaning::number(Q::CoefficientOfPerformance, &Unit::None, -1),
        0x08..=0x09 => Meaning::number(Q::Energy, &Unit::Megajoule, step(1) + 2),
        0x0C..=0x0F => Meaning::number(Q::Energy, &Unit::Megacalorie, step(3) - 1),
        0x10..=0x11 => Meaning::number(Q::Volume, &Unit::CubicMetre, step(1) + 2),
        0x14..=0x17 => Meaning::number(Q::ReactivePower, &Unit::Kilovar, step(3) - 3),
        0x18..=0x19 => Meaning::number(Q::Mass, &Unit::Kilogram, step(1) + 5),
        0x1A..=0x1B => Meaning::number(Q::RelativeHumidity, &Unit::Percent, step(1) - 1),
        0x20..=0x21 => Meaning::number(Q::Volume, &Unit::CubicFoot, -step(1)),
        // 22 to 26 and 58 to 73 are of meters built before 2004.
        0x22..=0x23 => Meaning::number(Q::Volume, &Unit::Gallon, step(1) - 1),
        0x24 => Meaning::number(Q::VolumeFlow, &Unit::GallonPerMinute, -3),
        0x25 => Meaning::number(Q::VolumeFlow, &Unit::GallonPerMinute, 0),
        0x26 => Meaning::number(Q::VolumeFlow, &Unit::GallonPerHour, 0),
        0x28..=0x29 => Meaning::number(Q::Power, &Unit::Kilowatt, step(1) + 2),
        0x2A => Meaning::number(Q::PhaseAngleVoltage, &Unit::Degree, -1),
        0x2B => Meaning::number(Q::PhaseAngleCurrent, &Unit::Degree, -1),
        0x2C..=0x2F => Meaning::number(Q::Frequency, &Unit::Hertz, step(3) - 3),
        0x30..=0x31 => Meaning::number(Q::Power, &Unit::MegajoulePerHour, step(1) + 2),
        0x34..=0x37 => Meaning::number(Q::ApparentPower, &Unit::KilovoltAmpere, step(3) - 3),
        0x58..=0x5B => Meaning::number(Q::SupplyTemperature, &Unit::Fahrenheit, step(3) - 3),
        0x5C..=0x5F => Meaning::number(Q::ReturnTemperature, &Unit::Fahrenheit, step(3) - 3),
        0x60..=0x63 => Meaning::number(Q::TemperatureDifference, &Unit::Fahrenheit, step(3) - 3),
        0x64..=0x67 => Meaning::number(Q::ExternalTemperature, &Unit::Fahrenheit, step(3) - 3),
        0x70..=0x73 => Meaning::number(Q::TemperatureLimit, &Unit::Fahrenheit, step(3) - 3),
        0x74..=0x77 => Meaning::number(Q::TemperatureLimit, &Unit::Celsius, step(3) - 3),
        0x78..=0x7F => Meaning::number(Q::MaximumPower, &Unit::Kilowatt, step(7) - 6),
        _ => return None,
    };
    Some(meaning)
}
