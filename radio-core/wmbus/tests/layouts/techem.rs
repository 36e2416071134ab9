//! Techem's water, heat, heat cost and smoke devices.

use wmbus::Telegram;

use super::{alarms, derived, read};

#[test]
fn a_water_module_of_techem_adds_what_was_used_to_the_reading_of_the_due_date() {
    // 2021-12-31: 123.4 m³; on 2 March 5.6 m³ more.
    let telegram = read("TCH-12345678-74-62", "A2 06 9F2B D204 2006 3800 010203");
    assert_eq!(telegram.layout(), Some("mkradio"));
    assert_eq!(
        derived(&telegram),
        [
            "volume 129.0 m³",
            "date 2022-03-02",
            "volume 123.4 m³ (storage 1)",
            "date 2021-12-31 (storage 1)",
            "volume 5.6 m³ (since_due_date)",
        ]
    );
    let explanation = telegram.explain().to_string();
    assert!(explanation.contains("consumption in the half months before"), "{explanation}");
}

#[test]
fn a_due_date_that_is_not_set_hides_no_value() {
    let water = read("TCH-12345678-70-72", "A2 06 0000 0000 2006 3800");
    assert_eq!(
        derived(&water),
        [
            "volume 5.6 m³",
            "volume 0.0 m³ (storage 1)",
            "date not available (storage 1)",
            "volume 5.6 m³ (since_due_date)",
        ]
    );
    let smoke = read("TCH-12345678-76-F0", "A0 01 FFFF 0000");
    assert_eq!(derived(&smoke), ["status_flags 0x1", "date not available (storage 1)"]);
    assert_eq!(alarms(&smoke), ["smoke"]);
}

/// A water module's half months, the youngest first: 1, 2, 3, … tenths.
fn half_months(day_and_month: &str) -> Telegram {
    let halves: String =
        (0..12).map(|pair| format!("00 {:02X} {:02X}", 2 * pair + 1, 2 * pair + 2)).collect();
    read("TCH-12345678-50-72", &format!("A2 0C00 {day_and_month} 640000 {halves}"))
}

#[test]
fn half_months_make_months_as_the_day_says() {
    // 2024-11-28 and 2024-11-15.
    let late = derived(&half_months("7C31"));
    assert_eq!(late.len(), 14);
    assert_eq!(late[..2], ["volume 10.0 m³", "date 2024-11-28"]);
    assert_eq!(late[2], "volume 0.3 m³ (at 2024-11-28, per_month)");
    assert_eq!(late[3], "volume 0.7 m³ (storage 17, at 2024-10-31, per_month)");
    assert_eq!(late[13], "volume 4.7 m³ (storage 27, at 2023-12-31, per_month)");
    let early = derived(&half_months("6F31"));
    assert_eq!(early.len(), 14);
    assert_eq!(early[2], "volume 0.1 m³ (at 2024-11-15, per_month)");
    assert_eq!(early[3], "volume 0.5 m³ (storage 17, at 2024-10-31, per_month)");
    assert_eq!(early[13], "volume 4.5 m³ (storage 27, at 2023-12-31, per_month)");
}

#[test]
fn half_months_of_an_unknown_coding_are_left_out() {
    let telegram = read("TCH-12345678-50-72", &format!("A2 0C00 7C31 640000 01 {}", "00".repeat(35)));
    assert_eq!(derived(&telegram), ["volume 10.0 m³", "date 2024-11-28"]);
}

#[test]
fn a_heat_cost_allocator_of_techem_gives_two_periods_and_its_temperatures() {
    let records = |kind: &str| {
        let telegram = read("TCH-12345678-69-80", &format!("A0 {kind} 9F2B 2D00 5006 0400 BD08 3809"));
        assert_eq!(telegram.layout(), Some("fhkvdataiii"));
        derived(&telegram)
    };
    let both = [
        "hca_units 4 HCA",
        "date 2022-03-05",
        "hca_units 45 HCA (storage 1)",
        "date 2021-12-31 (storage 1)",
        "external_temperature 22.37 °C",
        "return_temperature 23.60 °C",
    ];
    assert_eq!(records("11"), both);
    let late = derived(&read("TCH-12345678-94-80", "A2 0F 9F2B 2D00 5006 0400 11 BD08 3809"));
    assert_eq!(late, both);
    let without = derived(&read("TCH-12345678-64-80", "A0 11 9F2B 2D00 5006 0400 BD08 3809"));
    assert_eq!(without, both[..4]);
}

#[test]
fn an_allocator_that_has_not_begun_to_count_days_says_the_first_of_december() {
    let telegram = read("TCH-12345678-64-80", "A0 01 7E2B 2D00 0000 0400");
    assert_eq!(derived(&telegram)[1], "date 2021-12-01");
}

#[test]
fn heat_meters_of_techem_count_kilowatt_hours_or_megajoules() {
    let compact = read("TCH-12345678-39-43", "A2 10 9F2F 866100 18 1C0100 04");
    assert_eq!(
        derived(&compact),
        [
            "energy 25250 kWh",
            "energy 24966 kWh (storage 1)",
            "date 2023-12-31 (storage 1)",
            "energy 284 kWh (since_due_date)",
        ]
    );
    let vario = read("TCH-12345678-27-C3", "A2 12 9F25 3833 00A8 6226 00");
    assert_eq!(derived(&vario)[..2], ["energy 22938 MJ", "energy 13112 MJ (storage 1)"]);
}

#[test]
fn a_smoke_detector_tells_smoke() {
    let quiet = read("TCH-12345678-76-F0", "A0 00 9F27 8229 00");
    assert_eq!(derived(&quiet), ["status_flags 0x0", "date 2020-12-02", "date 2019-12-31 (storage 1)"]);
    assert_eq!(alarms(&quiet), [""; 0]);
    assert_eq!(alarms(&read("TCH-12345678-76-F0", "A0 01 9F27 8229 00")), ["smoke"]);
    assert_eq!(alarms(&read("TCH-12345678-76-F0", "A0 71 9F27")), ["general"]);
}
