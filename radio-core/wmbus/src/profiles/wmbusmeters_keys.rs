//! The keys that a meter without profile gets in the format of wmbusmeters.

use crate::apl::{Accumulation, DataRecord, Function, Qualifier, Quantity};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Returns a key in the manner of wmbusmeters: `total_m3`, `target_date`, `flow_temperature_c`; `None`
/// for what it has no unit for.
pub(super) fn key_by_rule(record: &DataRecord, device_type: u8) -> Option<String> {
    let is_electricity = device_type == 0x02;
    let (name, counter, unit) = match record.quantity {
        Quantity::Volume => ("", true, "m3"),
        Quantity::Energy => ("energy_consumption", true, "kwh"),
        Quantity::ReactiveEnergy => ("reactive_energy_consumption", true, "kvarh"),
        Quantity::ApparentEnergy => ("apparent_energy_consumption", true, "kvah"),
        Quantity::HcaUnits => ("consumption", true, "hca"),
        Quantity::Power if is_electricity => ("current_power_consumption", false, "kw"),
        Quantity::Power => ("power", false, "kw"),
        Quantity::VolumeFlow => ("volume_flow", false, "m3h"),
        Quantity::SupplyTemperature => ("flow_temperature", false, "c"),
        Quantity::ReturnTemperature => ("return_temperature", false, "c"),
        Quantity::TemperatureDifference => ("temperature_difference", false, "c"),
        Quantity::ExternalTemperature => ("external_temperature", false, "c"),
        Quantity::RelativeHumidity => ("relative_humidity", false, "rh"),
        Quantity::Pressure => ("pressure", false, "bar"),
        Quantity::Voltage => ("voltage", false, "v"),
        Quantity::Current => ("current", false, "a"),
        Quantity::Frequency => ("frequency", false, "hz"),
        Quantity::OnTime => ("on_time", false, "h"),
        Quantity::OperatingTime => ("operating_time", false, "h"),
        Quantity::ActualityDuration => ("actuality_duration", false, "s"),
        Quantity::RemainingBatteryLife => ("battery", false, "y"),
        Quantity::Date if record.storage_number == 0 => ("meter", false, "date"),
        Quantity::Date => ("", false, "date"),
        Quantity::DateTime if record.storage_number == 0 => ("meter", false, "datetime"),
        Quantity::DateTime => ("", false, "datetime"),
        Quantity::FabricationNumber => ("fabrication_no", false, ""),
        Quantity::EnhancedIdentification => ("enhanced_id", false, ""),
        Quantity::ModelVersion => ("model_version", false, ""),
        Quantity::FirmwareVersion => ("firmware_version", false, ""),
        Quantity::SoftwareVersion => ("software_version", false, ""),
        Quantity::ParameterSet => ("parameter_set", false, ""),
        _ => return None,
    };
    let negative = record.qualifiers.contains(&Qualifier::Accumulation(Accumulation::Negative));
    let name = match record.quantity {
        Quantity::Volume if negative => "backward".to_owned(),
        _ if negative => name.replace("consumption", "production"),
        _ => name.to_owned(),
    };
    let phase = record.qualifiers.iter().find_map(|qualifier| match qualifier {
        Qualifier::Phase(phase) => Some(format!("at_phase_{}", phase.as_str().trim_start_matches('l'))),
        _ => None,
    });
    let words = [
        match record.storage_number {
            0 if counter => "total".to_owned(),
            0 => String::new(),
            1 => "target".to_owned(),
            storage => format!("target_{storage}"),
        },
        match record.function {
            Function::Maximum => "max".to_owned(),
            Function::Minimum => "min".to_owned(),
            _ => String::new(),
        },
        name,
        phase.unwrap_or_default(),
        numbered("tariff", record.tariff),
        numbered("subunit", record.subunit),
        if record.function == Function::DuringError { "at_error".to_owned() } else { String::new() },
        unit.to_owned(),
    ];
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    Some(words.join("_"))
}

fn numbered(word: &str, number: u32) -> String {
    if number == 0 { String::new() } else { format!("{word}_{number}") }
}
