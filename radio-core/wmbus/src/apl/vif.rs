//! The primary VIF table (EN 13757-3, table 10).

use super::{
    Quantity, Unit,
    meaning::{CODES, Meaning},
};

/// What each VIF means. Nearly every record asks, and a look is faster than the way through a `match`.
static PRIMARY: [Option<Meaning>; CODES] = table();

#[allow(clippy::indexing_slicing, reason = "the loop ends at the table's length")]
const fn table() -> [Option<Meaning>; CODES] {
    let mut table = [None; CODES];
    let mut vif = 0;
    while vif < CODES {
        table[vif] = meaning(vif as u8);
        vif += 1;
    }
    table
}

/// Returns what a primary VIF (bits 6 to 0) means; `None` where the table gives nothing.
///
/// Numbers come in the base unit of their quantity: kWh, MJ, m³, kg, kW, MJ/h, m³/h, °C, K, bar.
#[inline]
pub(super) fn primary(vif: u8) -> Option<Meaning> {
    PRIMARY.get(usize::from(vif)).copied().flatten()
}

const fn meaning(vif: u8) -> Option<Meaning> {
    use Quantity as Q;
    let (low, three) = ((vif & 7) as i8, (vif & 3) as i8);
    let meaning = match vif {
        0x00..=0x07 => Meaning::number(Q::Energy, &Unit::KilowattHour, low - 6),
        0x08..=0x0F => Meaning::number(Q::Energy, &Unit::Megajoule, low - 6),
        0x10..=0x17 => Meaning::number(Q::Volume, &Unit::CubicMetre, low - 6),
        0x18..=0x1F => Meaning::number(Q::Mass, &Unit::Kilogram, low - 3),
        0x20..=0x23 => Meaning::duration(Q::OnTime, Unit::duration(vif)),
        0x24..=0x27 => Meaning::duration(Q::OperatingTime, Unit::duration(vif)),
        0x28..=0x2F => Meaning::number(Q::Power, &Unit::Kilowatt, low - 6),
        0x30..=0x37 => Meaning::number(Q::Power, &Unit::MegajoulePerHour, low - 6),
        0x38..=0x3F => Meaning::number(Q::VolumeFlow, &Unit::CubicMetrePerHour, low - 6),
        0x40..=0x47 => Meaning::number(Q::VolumeFlow, &Unit::CubicMetrePerHour, low - 7).times(60),
        0x48..=0x4F => Meaning::number(Q::VolumeFlow, &Unit::CubicMetrePerHour, low - 9).times(3600),
        0x50..=0x57 => Meaning::number(Q::MassFlow, &Unit::KilogramPerHour, low - 3),
        0x58..=0x5B => Meaning::number(Q::SupplyTemperature, &Unit::Celsius, three - 3),
        0x5C..=0x5F => Meaning::number(Q::ReturnTemperature, &Unit::Celsius, three - 3),
        0x60..=0x63 => Meaning::number(Q::TemperatureDifference, &Unit::Kelvin, three - 3),
        0x64..=0x67 => Meaning::number(Q::ExternalTemperature, &Unit::Celsius, three - 3),
        0x68..=0x6B => Meaning::number(Q::Pressure, &Unit::Bar, three - 3),
        0x6C => Meaning::moment(Q::Date),
        0x6D => Meaning::moment(Q::DateTime),
        0x6E => Meaning::number(Q::HcaUnits, &Unit::HcaUnit, 0),
        0x70..=0x73 => Meaning::duration(Q::AveragingDuration, Unit::duration(vif)),
        0x74..=0x77 => Meaning::duration(Q::ActualityDuration, Unit::duration(vif)),
        0x78 => Meaning::unsigned(Q::FabricationNumber),
        0x79 => Meaning::unsigned(Q::EnhancedIdentification),
        0x7A => Meaning::unsigned(Q::BusAddress),
        0x7E => Meaning::unspecified(Q::Any),
        _ => return None,
    };
    Some(meaning)
}
