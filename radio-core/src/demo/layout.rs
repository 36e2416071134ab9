//! Which records the meters of a manufacturer send.

use wmbus::encode::Record;
use wmbus::{Date, DateTime, Function, Time};

/// A layout of records, with the value that is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Kamstrup water: info code, volume, due-date volume without its date, temperatures.
    KamstrupWater,
    /// Kamstrup and others, heat: the seven values of a heat meter, and the due date's energy.
    Heat,
    /// Heat and cooling in one meter, told apart by the accumulation of positive and negative energy.
    HeatAndCooling,
    /// Volume as binary, with clock, flow and the due date.
    WaterBinary,
    /// Volume as BCD, with clock and the due date.
    WaterBcd,
    /// Volume and flow only: no due date is sent.
    WaterCurrentOnly,
    /// Units of a heat cost allocator with the due date's.
    HeatCostAllocator,
    /// Volume of a gas meter.
    Gas,
    /// Energy in total and by tariff, and power.
    Electricity,
}

/// What a meter tells in a telegram, in the smallest step of its layout.
#[derive(Debug, Clone, Copy)]
pub(super) struct Snapshot {
    /// Value now.
    pub(super) current: i64,
    /// Value on the due date.
    pub(super) due: i64,
    /// Minute of the walk's hour, for the meter's clock.
    pub(super) minute: u8,
}

/// The due date as meters send it; [`super::DUE_DATE`].
const DUE: Date = Date { year: Some(2025), month: Some(12), day: Some(31) };

/// The day of the walk.
const TODAY: Date = Date { year: Some(2026), month: Some(1), day: Some(7) };

impl Layout {
    /// Returns the power of ten of the unit that a step of the billed value is worth.
    pub(super) const fn exponent(self) -> i8 {
        match self {
            Self::KamstrupWater | Self::WaterBinary | Self::WaterBcd | Self::WaterCurrentOnly => -3,
            Self::Gas => -2,
            Self::Electricity => -3,
            Self::Heat | Self::HeatAndCooling | Self::HeatCostAllocator => 0,
        }
    }

    /// Returns the unit of the billed value.
    pub(super) const fn unit(self) -> &'static str {
        match self {
            Self::Heat | Self::HeatAndCooling | Self::Electricity => "kWh",
            Self::HeatCostAllocator => "HCA",
            _ => "m³",
        }
    }

    /// Returns whether the meter sends its due-date value, and whether with its date.
    pub(super) const fn due(self) -> DueDateValue {
        match self {
            Self::KamstrupWater => DueDateValue::WithoutDate,
            Self::WaterCurrentOnly | Self::Electricity => DueDateValue::None,
            _ => DueDateValue::WithDate,
        }
    }

    /// Returns the records of one telegram.
    pub(super) fn records(self, snapshot: &Snapshot) -> Vec<Record> {
        let Snapshot { current, due, .. } = *snapshot;
        match self {
            Self::KamstrupWater => kamstrup_water(current, due),
            Self::Heat => heat(snapshot),
            Self::HeatAndCooling => heat_and_cooling(snapshot),
            Self::WaterBinary => vec![
                Record::int32(current).volume(-3),
                clock(snapshot),
                Record::int16(38).volume_flow(-3),
                Record::int32(due).volume(-3).storage(1),
                due_date(),
                no_error(),
            ],
            Self::WaterBcd => vec![
                clock(snapshot),
                Record::bcd8(current).volume(-3),
                Record::bcd8(due).volume(-3).storage(1),
                due_date(),
                no_error(),
            ],
            Self::WaterCurrentOnly => {
                vec![Record::int32(current).volume(-3), Record::int16(0).volume_flow(-3)]
            }
            Self::HeatCostAllocator => vec![
                Record::bcd6(current).hca_units(),
                Record::bcd6(due).hca_units().storage(1),
                due_date(),
                Record::int16(2_130).supply_temperature(-2),
                no_error(),
            ],
            Self::Gas => vec![
                Record::bcd8(current).volume(-2),
                clock(snapshot),
                Record::bcd8(due).volume(-2).storage(1),
                due_date(),
                no_error(),
            ],
            Self::Electricity => electricity(snapshot),
        }
    }
}

/// What a layout tells about the due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DueDateValue {
    None,
    WithoutDate,
    WithDate,
}

fn kamstrup_water(current: i64, due: i64) -> Vec<Record> {
    vec![
        Record::raw(0x2, [0x71, 0x00]).vif(&[0xFF, 0x20]),
        Record::int32(current).volume(-3),
        Record::int32(due).volume(-3).storage(1),
        Record::int8(9).supply_temperature(0).storage(1).function(Function::Minimum),
        Record::int8(19).external_temperature(0).storage(1).function(Function::Minimum),
    ]
}

fn heat(snapshot: &Snapshot) -> Vec<Record> {
    vec![
        Record::int32(snapshot.current).energy_kwh(0),
        Record::int32(snapshot.current * 21).volume(-3),
        Record::int16(412).volume_flow(-3),
        Record::int16(118).power_kw(-1),
        Record::int16(6_312).supply_temperature(-2),
        Record::int16(3_847).return_temperature(-2),
        Record::int16(2_465).temperature_difference(-2),
        Record::int32(snapshot.due).energy_kwh(0).storage(1),
        due_date(),
        Record::int32(21_950).operating_hours(),
        clock(snapshot),
        no_error(),
    ]
}

fn heat_and_cooling(snapshot: &Snapshot) -> Vec<Record> {
    /// Accumulation of positive contributions only is heating, of negative ones cooling.
    const HEATING: u8 = 0x3B;
    const COOLING: u8 = 0x3C;
    vec![
        Record::bcd8(snapshot.current).energy_kwh(0),
        Record::bcd8(snapshot.due).energy_kwh(0).storage(1),
        due_date(),
        Record::bcd8(snapshot.current).energy_kwh(0).vife(HEATING).subunit(1),
        Record::bcd8(1_204).energy_kwh(0).vife(COOLING).subunit(1),
        Record::bcd8(snapshot.current * 24).volume(-3),
        Record::bcd6(0).volume_flow(-3),
        Record::bcd6(0).power_kw(-1),
        Record::bcd4(215).supply_temperature(-1),
        Record::bcd4(214).return_temperature(-1),
        Record::bcd4(1).temperature_difference(-1),
        clock(snapshot),
        no_error(),
    ]
}

fn electricity(snapshot: &Snapshot) -> Vec<Record> {
    let peak = snapshot.current / 3;
    vec![
        clock(snapshot),
        Record::bcd12(snapshot.current).energy_kwh(-3),
        Record::bcd12(snapshot.current - peak).energy_kwh(-3).tariff(1),
        Record::bcd12(peak).energy_kwh(-3).tariff(2),
        Record::int32(1_874).power_kw(-3),
        Record::int16(2_314).voltage(-1),
    ]
}

fn clock(snapshot: &Snapshot) -> Record {
    let time = Time { hour: Some(10), minute: Some(snapshot.minute), second: None, has_seconds: false };
    Record::date_time(DateTime { date: TODAY, time, summer_time: false, calendar: None })
}

fn due_date() -> Record {
    Record::date(DUE).storage(1)
}

fn no_error() -> Record {
    Record::int16(0).error_flags()
}
