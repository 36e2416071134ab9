//! Alarms that a stored telegram tells; what they mean is the business of `metering`.

use wmbus::Status;

use crate::store::rows::Derivation;

/// Returns the codes of the alarms that a telegram tells, each once.
pub(super) fn alarms(derivation: &Derivation) -> Vec<&'static str> {
    let has_error_flags = derivation.readings.iter().any(|reading| {
        reading.quantity == "error_flags"
            && reading.is_plain
            && reading.storage == 0
            && reading
                .value
                .as_ref()
                .is_some_and(|value| value.chars().any(|digit| digit != '0' && digit != '.'))
    });
    metering::alarms(derivation.meter_status.map(Status), has_error_flags)
}

#[cfg(test)]
mod tests {
    use sync_protocol::TelegramId;

    use super::*;
    use crate::store::rows::ReadingRow;

    fn of(meter_status: Option<u8>, error_flags: Option<&str>) -> Vec<&'static str> {
        let reading = |value: &str| ReadingRow {
            quantity: "error_flags".into(),
            value: Some(value.into()),
            value_type: "flags".into(),
            is_plain: true,
            ..ReadingRow::default()
        };
        alarms(&Derivation {
            meter: String::new(),
            telegram: TelegramId([0; 32]),
            status: "read".into(),
            meter_status,
            decoder_version: 1,
            readings: error_flags.map(reading).into_iter().collect(),
        })
    }

    #[test]
    fn the_status_byte_tells_what_is_the_same_for_every_meter() {
        assert_eq!(of(Some(0x00), None), Vec::<&str>::new());
        assert_eq!(of(None, None), Vec::<&str>::new());
        assert_eq!(of(Some(0x01), None), Vec::<&str>::new(), "busy is no alarm");
        assert_eq!(of(Some(0x04), None), ["power_low"]);
        assert_eq!(of(Some(0x1A), None), ["permanent_error", "temporary_error", "application_error"]);
        assert_eq!(of(Some(0x03), None), ["abnormal"]);
        assert_eq!(of(Some(0xE0), None), Vec::<&str>::new(), "the manufacturer's own bits");
    }

    #[test]
    fn error_flags_that_are_set_are_an_alarm() {
        assert_eq!(of(Some(0), Some("0")), Vec::<&str>::new());
        assert_eq!(of(Some(0), Some("10")), ["abnormal"]);
        assert_eq!(of(Some(3), Some("8")), ["abnormal"]);
    }
}
