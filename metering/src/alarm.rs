//! Alarms that a telegram tells, as far as they have the same meaning for every meter.
//!
//! What a manufacturer's own bits mean is a meter profile's business.

use wmbus::Status;

/// Returns the codes of the alarms that a telegram tells, each once. `has_error_flags` says whether one of
/// its records of error flags has a bit set.
pub fn alarms(status: Option<Status>, has_error_flags: bool) -> Vec<&'static str> {
    let told = |is_told: fn(Status) -> bool| status.is_some_and(is_told);
    [
        (told(Status::has_permanent_error), "permanent_error"),
        (told(Status::has_temporary_error), "temporary_error"),
        (told(Status::is_power_low), "power_low"),
        (told(Status::has_application_error), "application_error"),
        (told(Status::is_abnormal) || has_error_flags, "abnormal"),
    ]
    .into_iter()
    .filter_map(|(is_told, code)| is_told.then_some(code))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_byte_tells_what_is_the_same_for_every_meter() {
        let of = |status| alarms(Some(Status(status)), false);
        assert_eq!(alarms(None, false), Vec::<&str>::new());
        assert_eq!(of(0x00), Vec::<&str>::new());
        assert_eq!(of(0x01), Vec::<&str>::new(), "busy is no alarm");
        assert_eq!(of(0x04), ["power_low"]);
        assert_eq!(of(0x1A), ["permanent_error", "temporary_error", "application_error"]);
        assert_eq!(of(0xE0), Vec::<&str>::new(), "the manufacturer's own bits");
    }

    #[test]
    fn error_flags_and_the_status_byte_tell_of_one_abnormal_condition() {
        assert_eq!(alarms(None, true), ["abnormal"]);
        assert_eq!(alarms(Some(Status(0x03)), true), ["abnormal"]);
    }
}
