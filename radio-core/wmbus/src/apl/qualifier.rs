//! What VIFEs add to a value (EN 13757-3, tables 15 to 18).

use core::fmt;

use crate::names::named_enum;

/// What a VIFE says about a value beyond quantity and unit.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// The meter could not give the value.
    Error(RecordError),
    /// An average.
    Average,
    /// A history going back from the record's storage number.
    InverseCompactProfile,
    /// A history with explicit register numbers.
    CompactProfileWithRegisters,
    /// A history going on from the record's storage number.
    CompactProfile,
    /// A deviation relative to the value.
    RelativeDeviation,
    /// Content that conforms to the standard in a manufacturer's container.
    StandardConform,
    /// The value counts per something.
    Per(Per),
    /// The value counts per pulse.
    PerPulse(Pulses),
    /// The value is multiplied by something.
    Times(Times),
    /// The data is the date (and time) at which the value began.
    StartOf,
    /// The data is the date (and time) at which the value ended.
    EndOf,
    /// Not corrected by the meter's own calibration.
    UncorrectedUnit,
    /// How the meter sums up.
    Accumulation(Accumulation),
    /// The unit is not metric.
    NonMetricUnit,
    /// At base conditions (gas).
    BaseConditions,
    /// The data is an OBIS declaration.
    ObisDeclaration,
    /// The value is a limit.
    Limit(Limit),
    /// The data counts how often the limit was exceeded.
    LimitExceedCount(Limit),
    /// The data is the time at which the limit was exceeded.
    LimitExceedTime(LimitEvent, Edge),
    /// The data is how long the limit was exceeded.
    LimitExceedDuration(LimitEvent),
    /// The data is how long the value was there.
    Duration(Occurrence),
    /// The data is the time at which the value was there.
    OccurrenceTime(Occurrence, Edge),
    /// The value while a limit was exceeded.
    ValueDuringLimitExceed(Limit),
    /// The value of a leakage.
    Leakage,
    /// The value of an overflow.
    Overflow,
    /// The value was multiplied by this power of ten, as the VIFE demands.
    Scaled(i8),
    /// This power of ten, in the unit of the VIF, is to be added. It is not: sources disagree whether the
    /// unit includes the VIF's own exponent.
    Offset(i8),
    /// A value that will be valid later.
    Future,
    /// Of one phase or pair of phases.
    Phase(Phase),
    /// Of quadrant 1 to 4.
    Quadrant(u8),
    /// Imported less exported.
    DeltaImportExport,
    /// Counted from the due date on.
    SinceDueDate,
    /// In another unit outside the metric system.
    AlternativeNonMetricUnit,
    /// Of a second sensor.
    SecondarySensor,
    /// Of a register with more digits.
    HigherResolution,
    /// Of a register that can be reset.
    Resettable,
    /// What the partner sends to the meter.
    ToMeter,
    /// What the meter sends to the partner.
    FromMeter,
    /// A code of the manufacturer.
    Manufacturer(u8),
    /// A code that the standard reserves.
    Unknown(u8),
    /// A code after FC that the standard reserves.
    UnknownExtension(u8),
    /// More records follow in the next telegram (DIF 1F).
    MoreRecordsFollow,
}

named_enum! {
    /// Why a meter could not give a value.
    pub enum RecordError {
        TooManyDife = "too_many_dife",
        StorageNotImplemented = "storage_not_implemented",
        SubunitNotImplemented = "subunit_not_implemented",
        TariffNotImplemented = "tariff_not_implemented",
        FunctionNotImplemented = "function_not_implemented",
        DataClassNotImplemented = "data_class_not_implemented",
        DataSizeNotImplemented = "data_size_not_implemented",
        TooManyVife = "too_many_vife",
        IllegalVifGroup = "illegal_vif_group",
        IllegalVifExponent = "illegal_vif_exponent",
        VifDifMismatch = "vif_dif_mismatch",
        ActionNotImplemented = "action_not_implemented",
        NoDataAvailable = "no_data_available",
        DataOverflow = "data_overflow",
        DataUnderflow = "data_underflow",
        DataError = "data_error",
        PrematureEnd = "premature_end",
    }
}

named_enum! {
    /// What a value counts per.
    pub enum Per {
        Second = "per_second",
        Minute = "per_minute",
        Hour = "per_hour",
        Day = "per_day",
        Week = "per_week",
        Month = "per_month",
        Year = "per_year",
        Measurement = "per_measurement",
        Litre = "per_litre",
        CubicMetre = "per_cubic_metre",
        Kilogram = "per_kilogram",
        Kelvin = "per_kelvin",
        KilowattHour = "per_kilowatt_hour",
        Gigajoule = "per_gigajoule",
        Kilowatt = "per_kilowatt",
        KelvinLitre = "per_kelvin_litre",
        Volt = "per_volt",
        Ampere = "per_ampere",
    }
}

named_enum! {
    /// Which pulses a value counts per.
    pub enum Pulses {
        Input0 = "per_input_pulse_0",
        Input1 = "per_input_pulse_1",
        Output0 = "per_output_pulse_0",
        Output1 = "per_output_pulse_1",
    }
}

named_enum! {
    /// What a value is multiplied by.
    pub enum Times {
        Second = "times_second",
        SecondPerVolt = "times_second_per_volt",
        SecondPerAmpere = "times_second_per_ampere",
    }
}

named_enum! {
    /// How a meter sums up.
    pub enum Accumulation {
        Positive = "positive_accumulation",
        Negative = "negative_accumulation",
        Absolute = "absolute_accumulation",
        MethodC = "accumulation_method_c",
        MethodD = "accumulation_method_d",
    }
}

named_enum! {
    /// Which limit.
    pub enum Limit {
        Lower = "lower_limit",
        Upper = "upper_limit",
    }
}

named_enum! {
    /// Which occurrence.
    pub enum Occurrence {
        First = "first",
        Last = "last",
    }
}

named_enum! {
    /// Which end of an occurrence.
    pub enum Edge {
        Begin = "begin",
        End = "end",
    }
}

named_enum! {
    /// A phase, a pair of phases, or the neutral conductor.
    pub enum Phase {
        L1 = "l1",
        L2 = "l2",
        L3 = "l3",
        Neutral = "neutral",
        L1L2 = "l1_l2",
        L2L3 = "l2_l3",
        L3L1 = "l3_l1",
    }
}

/// An occasion at which a limit was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LimitEvent {
    /// Which limit.
    pub limit: Limit,
    /// Which of the occasions.
    pub occurrence: Occurrence,
}

impl Qualifier {
    /// Tells whether the record no longer gives the plain value of its quantity: a limit, a rate, the
    /// time of an event, a history, an error.
    ///
    /// Powers of ten that are already in the value, and notes on how it was measured, do not; nor does
    /// the summing up of positive contributions only, which is how heat meters count heating energy.
    pub const fn alters_quantity(self) -> bool {
        !matches!(
            self,
            Self::StandardConform
                | Self::UncorrectedUnit
                | Self::BaseConditions
                | Self::HigherResolution
                | Self::Accumulation(Accumulation::Positive)
                | Self::Scaled(_)
        )
    }

    /// Tells whether the data is a history.
    pub(super) const fn is_profile(self) -> bool {
        matches!(self, Self::CompactProfile | Self::CompactProfileWithRegisters | Self::InverseCompactProfile)
    }

    /// Tells whether the data is a date or time instead of the quantity.
    pub(super) const fn is_moment(self) -> bool {
        matches!(self, Self::StartOf | Self::EndOf | Self::LimitExceedTime(..) | Self::OccurrenceTime(..))
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => write!(f, "error_{error}"),
            Self::Average => f.write_str("average"),
            Self::InverseCompactProfile => f.write_str("inverse_compact_profile"),
            Self::CompactProfileWithRegisters => f.write_str("compact_profile_with_registers"),
            Self::CompactProfile => f.write_str("compact_profile"),
            Self::RelativeDeviation => f.write_str("relative_deviation"),
            Self::StandardConform => f.write_str("standard_conform"),
            Self::Per(per) => per.fmt(f),
            Self::PerPulse(pulses) => pulses.fmt(f),
            Self::Times(times) => times.fmt(f),
            Self::StartOf => f.write_str("start_of"),
            Self::EndOf => f.write_str("end_of"),
            Self::UncorrectedUnit => f.write_str("uncorrected_unit"),
            Self::Accumulation(accumulation) => accumulation.fmt(f),
            Self::NonMetricUnit => f.write_str("non_metric_unit"),
            Self::BaseConditions => f.write_str("base_conditions"),
            Self::ObisDeclaration => f.write_str("obis_declaration"),
            Self::Limit(limit) => limit.fmt(f),
            Self::LimitExceedCount(limit) => write!(f, "{limit}_exceed_count"),
            Self::LimitExceedTime(event, edge) => {
                write!(f, "{edge}_of_{}_{}_exceed", event.occurrence, event.limit)
            }
            Self::LimitExceedDuration(event) => {
                write!(f, "duration_of_{}_{}_exceed", event.occurrence, event.limit)
            }
            Self::Duration(occurrence) => write!(f, "duration_of_{occurrence}"),
            Self::OccurrenceTime(occurrence, edge) => write!(f, "{edge}_of_{occurrence}"),
            Self::ValueDuringLimitExceed(limit) => write!(f, "during_{limit}_exceed"),
            Self::Leakage => f.write_str("leakage"),
            Self::Overflow => f.write_str("overflow"),
            Self::Scaled(exponent) => write!(f, "scaled_1e{exponent}"),
            Self::Offset(exponent) => write!(f, "offset_1e{exponent}"),
            Self::Future => f.write_str("future"),
            Self::Phase(phase) => write!(f, "phase_{phase}"),
            Self::Quadrant(quadrant) => write!(f, "quadrant_{quadrant}"),
            Self::DeltaImportExport => f.write_str("delta_import_export"),
            Self::SinceDueDate => f.write_str("since_due_date"),
            Self::AlternativeNonMetricUnit => f.write_str("alternative_non_metric_unit"),
            Self::SecondarySensor => f.write_str("secondary_sensor"),
            Self::HigherResolution => f.write_str("higher_resolution"),
            Self::Resettable => f.write_str("resettable"),
            Self::ToMeter => f.write_str("to_meter"),
            Self::FromMeter => f.write_str("from_meter"),
            Self::Manufacturer(code) => write!(f, "manufacturer_{code:02X}"),
            Self::Unknown(code) => write!(f, "unknown_{code:02X}"),
            Self::UnknownExtension(code) => write!(f, "unknown_FC_{code:02X}"),
            Self::MoreRecordsFollow => f.write_str("more_records_follow"),
        }
    }
}
