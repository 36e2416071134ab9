//! What a meter complains about, in the same words for every maker.

use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use crate::names::named_enum;
use crate::value::Date;

named_enum! {
    /// What is wrong with a meter, or with what it measures; the name is part of the public contract.
    pub enum AlarmCode {
        /// Water flows without a pause: something leaks.
        Leak = "leak",
        /// So much flows that a pipe must have burst.
        Burst = "burst",
        /// The meter has run dry.
        Dry = "dry",
        /// The medium flows, or flowed, backwards.
        ReverseFlow = "reverse_flow",
        /// Somebody tampered with the meter: its housing, sensor or seal.
        Tamper = "tamper",
        /// The meter, or its radio module, was taken off.
        Removal = "removal",
        /// A magnet is, or was, at the meter.
        Magnetic = "magnetic",
        /// The battery is nearly empty.
        LowBattery = "low_battery",
        /// The meter will not recover by itself.
        PermanentError = "permanent_error",
        /// The meter may recover by itself.
        TemporaryError = "temporary_error",
        /// The supply is too low (status byte, bit 2).
        PowerLow = "power_low",
        /// The supply was interrupted, or the meter started anew.
        PowerFailure = "power_failure",
        /// Nothing was consumed for longer than is likely.
        NoConsumption = "no_consumption",
        /// The application reports an abnormal condition or alarm (status byte, bits 0 and 1).
        Abnormal = "abnormal",
        /// The application reports any error (status byte, bits 0 and 1).
        ApplicationError = "application_error",
        /// More flows, or is drawn, than the meter is made for.
        Overflow = "overflow",
        /// Less flows than the meter can measure well.
        Underflow = "underflow",
        /// There is a danger of frost.
        Freeze = "freeze",
        /// Air is in the pipe.
        Air = "air",
        /// A temperature is above its range.
        OverTemperature = "over_temperature",
        /// A temperature is below its range.
        UnderTemperature = "under_temperature",
        /// The supply is warmer or colder than the return, against what the meter expects.
        WrongTemperatureDifference = "wrong_temperature_difference",
        /// A sensor fails, or is cut off.
        SensorError = "sensor_error",
        /// A sensor's line is shorted.
        ShortCircuit = "short_circuit",
        /// A measured value cannot be trusted.
        MeasurementError = "measurement_error",
        /// Electronics or memory fail.
        HardwareError = "hardware_error",
        /// The meter was not set up, or its settings are damaged.
        ConfigurationError = "configuration_error",
        /// The meter is to be replaced: its age, battery or verification has run out.
        EndOfLife = "end_of_life",
        /// There is smoke.
        Smoke = "smoke",
        /// Something stands before, or covers, a smoke detector.
        Obstructed = "obstructed",
        /// The detector is to be cleaned.
        Soiled = "soiled",
        /// The alarm was set off by hand, as a test.
        TestAlarm = "test_alarm",
        /// The clock was lost, or is wrong.
        ClockError = "clock_error",
        /// The meter cannot talk to its module, sensor or network.
        CommunicationError = "communication_error",
        /// Access was refused, or tried too often.
        AccessError = "access_error",
        /// The meter does not turn although the medium flows, or its valve is closed.
        Blocked = "blocked",
        /// The meter lies under water.
        Submerged = "submerged",
        /// The meter is too large or too small for what it measures.
        WrongSize = "wrong_size",
        /// A voltage is too high, too low or missing.
        VoltageError = "voltage_error",
        /// A phase is missing or in the wrong order.
        PhaseError = "phase_error",
        /// An alarm contact of something else is closed.
        ExternalAlarm = "external_alarm",
        /// The meter reports an alarm and does not say which.
        General = "general",
    }
}

named_enum! {
    /// Whether an alarm still holds.
    pub enum AlarmState {
        /// The meter reports it now.
        Present = "present",
        /// The meter remembers it.
        Past = "past",
    }
}

/// An alarm that a meter reports, with the dates that it gives.
///
/// Displays as `leak`, `leak (past)` or `leak (past, since 2024-01-30, until 2024-02-01)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alarm {
    /// What is wrong.
    pub code: AlarmCode,
    /// Whether it still is.
    pub state: AlarmState,
    /// When it began; `None` where the meter does not say.
    pub since: Option<Date>,
    /// When it ended; `None` where the meter does not say, or where it still holds.
    pub until: Option<Date>,
}

impl Alarm {
    /// Makes an alarm that holds now.
    pub const fn present(code: AlarmCode) -> Self {
        Self { code, state: AlarmState::Present, since: None, until: None }
    }

    /// Makes an alarm that the meter only remembers.
    pub const fn past(code: AlarmCode) -> Self {
        Self { code, state: AlarmState::Past, since: None, until: None }
    }

    /// Adds when it began.
    #[must_use]
    pub const fn since(self, date: Date) -> Self {
        Self { since: Some(date), ..self }
    }

    /// Adds when it ended.
    #[must_use]
    pub const fn until(self, date: Date) -> Self {
        Self { until: Some(date), ..self }
    }

    /// Tells whether the alarm holds now.
    pub fn is_present(&self) -> bool {
        self.state == AlarmState::Present
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        let state = (!self.is_present()).then(|| self.state.to_string());
        let since = self.since.map(|date| format!("since {date}"));
        let until = self.until.map(|date| format!("until {date}"));
        let notes: Vec<String> = [state, since, until].into_iter().flatten().collect();
        if notes.is_empty() { Ok(()) } else { write!(f, " ({})", notes.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_says_since_when_it_holds() {
        let date = |day| Date { year: Some(2024), month: Some(2), day: Some(day) };
        assert_eq!(Alarm::present(AlarmCode::Leak).to_string(), "leak");
        assert_eq!(Alarm::past(AlarmCode::ReverseFlow).to_string(), "reverse_flow (past)");
        let leak = Alarm::past(AlarmCode::Leak).since(date(1)).until(date(3));
        assert_eq!(leak.to_string(), "leak (past, since 2024-02-01, until 2024-02-03)");
        assert!(!leak.is_present());
        assert!(Alarm::present(AlarmCode::Magnetic).since(date(1)).is_present());
    }
}
