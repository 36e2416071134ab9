//! The extension table FD and its second level FD FD (EN 13757-3, tables 12 and 13).

use super::{Quantity, Unit, meaning::Meaning};

/// Returns what the code after FD (bits 6 to 0) means; `None` where the table gives nothing.
pub(super) fn extension_fd(code: u8) -> Option<Meaning> {
    use Quantity as Q;
    let step = |of: u8| (code & of) as i8;
    let meaning = match code {
        0x00..=0x03 => Meaning::number(Q::Credit, &Unit::None, step(3) - 3),
        0x04..=0x07 => Meaning::number(Q::Debit, &Unit::None, step(3) - 3),
        0x08 => Meaning::unsigned(Q::MessageNumber),
        0x09 => Meaning::unsigned(Q::DeviceType),
        0x0A => Meaning::unsigned(Q::Manufacturer),
        0x0B => Meaning::unsigned(Q::ParameterSet),
        0x0C => Meaning::unsigned(Q::ModelVersion),
        0x0D => Meaning::unsigned(Q::HardwareVersion),
        0x0E => Meaning::unsigned(Q::FirmwareVersion),
        0x0F => Meaning::unsigned(Q::SoftwareVersion),
        0x10 => Meaning::unsigned(Q::CustomerLocation),
        0x11 => Meaning::unsigned(Q::Customer),
        0x12 => Meaning::unsigned(Q::AccessCodeUser),
        0x13 => Meaning::unsigned(Q::AccessCodeOperator),
        0x14 => Meaning::unsigned(Q::AccessCodeSystemOperator),
        0x15 => Meaning::unsigned(Q::AccessCodeDeveloper),
        0x16 => Meaning::unsigned(Q::Password),
        0x17 => Meaning::bits(Q::ErrorFlags),
        0x18 => Meaning::bits(Q::ErrorMask),
        0x19 => Meaning::opaque(Q::SecurityKey),
        0x1A => Meaning::bits(Q::DigitalOutput),
        0x1B => Meaning::bits(Q::DigitalInput),
        0x1C => Meaning::number(Q::BaudRate, &Unit::Baud, 0),
        0x1D => Meaning::number(Q::ResponseDelay, &Unit::BitTime, 0),
        0x1E => Meaning::unsigned(Q::Retry),
        0x1F => Meaning::bits(Q::RemoteControl),
        0x20 => Meaning::unsigned(Q::FirstStorageNumber),
        0x21 => Meaning::unsigned(Q::LastStorageNumber),
        0x22 => Meaning::unsigned(Q::StorageBlockSize),
        0x23 => Meaning::unsigned(Q::TariffDescriptor),
        0x24..=0x27 => Meaning::duration(Q::StorageInterval, Unit::duration(code)),
        0x28 => Meaning::duration(Q::StorageInterval, &Unit::Month),
        0x29 => Meaning::duration(Q::StorageInterval, &Unit::Year),
        0x2A => Meaning::unsigned(Q::OperatorData),
        0x2B => Meaning::number(Q::TimePoint, &Unit::Second, 0),
        0x2C..=0x2F => Meaning::duration(Q::DurationSinceReadout, Unit::duration(code)),
        0x30 => Meaning::moment(Q::TariffStart),
        0x31..=0x33 => Meaning::duration(Q::TariffDuration, Unit::duration(code)),
        0x34..=0x37 => Meaning::duration(Q::TariffPeriod, Unit::duration(code)),
        0x38 => Meaning::duration(Q::TariffPeriod, &Unit::Month),
        0x39 => Meaning::duration(Q::TariffPeriod, &Unit::Year),
        0x3A => Meaning::number(Q::Dimensionless, &Unit::None, 0),
        0x3B => Meaning::opaque(Q::FrameContainer),
        0x3C..=0x3F => Meaning::duration(Q::TransmissionPeriod, Unit::duration(code)),
        0x40..=0x4F => Meaning::number(Q::Voltage, &Unit::Volt, step(0xF) - 9),
        0x50..=0x5F => Meaning::number(Q::Current, &Unit::Ampere, step(0xF) - 12),
        0x60 => Meaning::unsigned(Q::ResetCounter),
        0x61 => Meaning::unsigned(Q::CumulationCounter),
        0x62 => Meaning::unsigned(Q::ControlSignal),
        0x63 => Meaning::unsigned(Q::DayOfWeek),
        0x64 => Meaning::unsigned(Q::WeekNumber),
        0x65 => Meaning::unsigned(Q::DayChangeTime),
        0x66 => Meaning::unsigned(Q::ParameterActivation),
        0x67 => Meaning::unsigned(Q::SupplierInformation),
        0x68..=0x6B => Meaning::duration(Q::DurationSinceCumulation, Unit::long_duration(code)),
        0x6C..=0x6F => Meaning::duration(Q::BatteryOperatingTime, Unit::long_duration(code)),
        0x70 => Meaning::moment(Q::BatteryChangeDate),
        0x71 => Meaning::number(Q::RfLevel, &Unit::Decibelmilliwatt, 0),
        // The layouts of types K and L are not substantiated.
        0x72 => Meaning::opaque(Q::DaylightSaving),
        0x73 => Meaning::opaque(Q::ListeningWindow),
        0x74 => Meaning::duration(Q::RemainingBatteryLife, &Unit::Day),
        0x75 => Meaning::unsigned(Q::StopCounter),
        0x76 => Meaning::opaque(Q::ManufacturerContainer),
        _ => return None,
    };
    Some(meaning)
}

/// Returns what the code after FD FD (bits 6 to 0) means; `None` where the table gives nothing.
pub(super) fn extension_fd_fd(code: u8) -> Option<Meaning> {
    use Quantity as Q;
    let meaning = match code {
        0x00 => Meaning::unsigned(Q::SelectedApplication),
        0x02 => Meaning::duration(Q::RemainingBatteryLife, &Unit::Month),
        0x03 => Meaning::duration(Q::RemainingBatteryLife, &Unit::Year),
        0x3E => Meaning::number(Q::Moisture, &Unit::Percent, 0),
        _ => return None,
    };
    Some(meaning)
}
