//! The VIFE tables (EN 13757-3, tables 15 to 18).

use super::{
    Accumulation, Edge, Limit, LimitEvent, Occurrence, Per, Phase, Pulses, Qualifier, RecordError, Times,
};

/// Returns what a VIFE (bits 6 to 0) means in a record that a meter sends; `None` for code 00, which
/// says that there is no error. FC and FF, which lead on to other codes, are not asked for here.
pub(super) fn vife(code: u8) -> Option<Qualifier> {
    use Qualifier as Q;
    use RecordError as E;
    Some(match code {
        0x00 => return None,
        0x01 => Q::Error(E::TooManyDife),
        0x02 => Q::Error(E::StorageNotImplemented),
        0x03 => Q::Error(E::SubunitNotImplemented),
        0x04 => Q::Error(E::TariffNotImplemented),
        0x05 => Q::Error(E::FunctionNotImplemented),
        0x06 => Q::Error(E::DataClassNotImplemented),
        0x07 => Q::Error(E::DataSizeNotImplemented),
        0x0B => Q::Error(E::TooManyVife),
        0x0C => Q::Error(E::IllegalVifGroup),
        0x0D => Q::Error(E::IllegalVifExponent),
        0x0E => Q::Error(E::VifDifMismatch),
        0x0F => Q::Error(E::ActionNotImplemented),
        0x12 => Q::Average,
        0x13 => Q::InverseCompactProfile,
        0x14 => Q::RelativeDeviation,
        0x15 => Q::Error(E::NoDataAvailable),
        0x16 => Q::Error(E::DataOverflow),
        0x17 => Q::Error(E::DataUnderflow),
        0x18 => Q::Error(E::DataError),
        0x1C => Q::Error(E::PrematureEnd),
        0x1D => Q::StandardConform,
        0x1E => Q::CompactProfileWithRegisters,
        0x1F => Q::CompactProfile,
        0x20 => Q::Per(Per::Second),
        0x21 => Q::Per(Per::Minute),
        0x22 => Q::Per(Per::Hour),
        0x23 => Q::Per(Per::Day),
        0x24 => Q::Per(Per::Week),
        0x25 => Q::Per(Per::Month),
        0x26 => Q::Per(Per::Year),
        0x27 => Q::Per(Per::Measurement),
        0x28 => Q::PerPulse(Pulses::Input0),
        0x29 => Q::PerPulse(Pulses::Input1),
        0x2A => Q::PerPulse(Pulses::Output0),
        0x2B => Q::PerPulse(Pulses::Output1),
        0x2C => Q::Per(Per::Litre),
        0x2D => Q::Per(Per::CubicMetre),
        0x2E => Q::Per(Per::Kilogram),
        0x2F => Q::Per(Per::Kelvin),
        0x30 => Q::Per(Per::KilowattHour),
        0x31 => Q::Per(Per::Gigajoule),
        0x32 => Q::Per(Per::Kilowatt),
        0x33 => Q::Per(Per::KelvinLitre),
        0x34 => Q::Per(Per::Volt),
        0x35 => Q::Per(Per::Ampere),
        0x36 => Q::Times(Times::Second),
        0x37 => Q::Times(Times::SecondPerVolt),
        0x38 => Q::Times(Times::SecondPerAmpere),
        0x39 => Q::StartOf,
        0x3A => Q::UncorrectedUnit,
        0x3B => Q::Accumulation(Accumulation::Positive),
        0x3C => Q::Accumulation(Accumulation::Negative),
        0x3D => Q::NonMetricUnit,
        0x3E => Q::BaseConditions,
        0x3F => Q::ObisDeclaration,
        0x40 | 0x48 => Q::Limit(limit(code)),
        0x41 | 0x49 => Q::LimitExceedCount(limit(code)),
        0x42 | 0x43 | 0x46 | 0x47 | 0x4A | 0x4B | 0x4E | 0x4F => {
            Q::LimitExceedTime(limit_event(code), edge(code))
        }
        0x50..=0x5F => Q::LimitExceedDuration(limit_event(code)),
        0x60..=0x67 => Q::Duration(occurrence(code)),
        0x68 => Q::ValueDuringLimitExceed(Limit::Lower),
        0x6C => Q::ValueDuringLimitExceed(Limit::Upper),
        0x69 => Q::Leakage,
        0x6D => Q::Overflow,
        0x6A | 0x6B | 0x6E | 0x6F => Q::OccurrenceTime(occurrence(code), edge(code)),
        0x70..=0x77 => Q::Scaled((code & 7) as i8 - 6),
        0x78..=0x7B => Q::Offset((code & 3) as i8 - 3),
        0x7D => Q::Scaled(3),
        0x7E => Q::Future,
        _ => Q::Unknown(code),
    })
}

/// Returns what the code after FC (bits 6 to 0) means.
pub(super) fn vife_fc(code: u8) -> Qualifier {
    use Qualifier as Q;
    match code {
        0x01 => Q::Phase(Phase::L1),
        0x02 => Q::Phase(Phase::L2),
        0x03 => Q::Phase(Phase::L3),
        0x04 => Q::Phase(Phase::Neutral),
        0x05 => Q::Phase(Phase::L1L2),
        0x06 => Q::Phase(Phase::L2L3),
        0x07 => Q::Phase(Phase::L3L1),
        0x08..=0x0B => Q::Quadrant(code - 7),
        0x0C => Q::DeltaImportExport,
        0x0D => Q::AlternativeNonMetricUnit,
        0x0E => Q::SecondarySensor,
        0x0F => Q::HigherResolution,
        0x10 => Q::Accumulation(Accumulation::Absolute),
        0x11 => Q::Accumulation(Accumulation::MethodC),
        0x12 => Q::Accumulation(Accumulation::MethodD),
        0x13 => Q::EndOf,
        0x14 => Q::ToMeter,
        0x15 => Q::FromMeter,
        _ => Q::UnknownExtension(code),
    }
}

fn limit(code: u8) -> Limit {
    if code & 8 == 0 { Limit::Lower } else { Limit::Upper }
}

fn occurrence(code: u8) -> Occurrence {
    if code & 4 == 0 { Occurrence::First } else { Occurrence::Last }
}

fn limit_event(code: u8) -> LimitEvent {
    LimitEvent { limit: limit(code), occurrence: occurrence(code) }
}

fn edge(code: u8) -> Edge {
    if code & 1 == 0 { Edge::Begin } else { Edge::End }
}
