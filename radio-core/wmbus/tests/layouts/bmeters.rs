//! B Meters' water meters, module and heat cost allocator.

use wmbus::Warning;

use super::{alarms, assert_kept_raw, derived, read};

#[test]
fn the_battery_fraud_leak_back_flow_and_months_of_a_hydrodigit_follow_one_another() {
    let months: String = (1..=12u32).map(|month| format!("{month:02X}0000")).collect();
    let payload =
        format!("7A 00000000 0C13 66380000 046D 2728 7E23 0F 97 0A A0 190215 190301 0F000000 {months} 2F2F");
    let telegram = read("BMT-12345678-13-07", &payload);
    let records = derived(&telegram);
    assert_eq!(
        records[..6],
        [
            "status_flags 0x97",
            "voltage 3.05 V",
            "error_flags 0xA0",
            "date 2019-02-15 (begin_of_last)",
            "date 2019-03-01 (leakage)",
            "volume 0.015 m³ (negative_accumulation)",
        ]
    );
    // It is March 2019: January and February are this year's.
    assert_eq!(records[6], "volume 0.01 m³ (storage 18, at 2019-01-31)");
    assert_eq!(records[7], "volume 0.02 m³ (storage 17, at 2019-02-28)");
    assert_eq!(records[8], "volume 0.03 m³ (storage 28, at 2018-03-31)");
    assert_eq!(records[17], "volume 0.12 m³ (storage 19, at 2018-12-31)");
    assert_eq!(
        alarms(&telegram),
        [
            "magnetic (past, since 2019-02-15)",
            "removal (past, since 2019-02-15)",
            "leak (past, since 2019-03-01)"
        ]
    );
    assert_eq!(telegram.content().records()[0].to_string(), "volume 3.866 m³");
}

#[test]
fn a_hydrodigits_month_is_a_nibble_or_one_of_the_last_three_of_the_year() {
    let cases = [("01", "01"), ("C9", "09"), ("0F", ""), ("10", "10"), ("12", "12"), ("22", "02")];
    for (written, month) in cases {
        let telegram = read("BMT-12345678-17-06", &format!("7A 00000000 0C13 66380000 0F 80 19{written}07"));
        let days: Vec<String> =
            derived(&telegram).into_iter().filter(|record| record.starts_with("date")).collect();
        let expected = (!month.is_empty()).then(|| format!("date 2019-{month}-07 (leakage)"));
        assert_eq!(days, Vec::from_iter(expected), "{written}");
    }
}

#[test]
fn a_hydrodigit_without_fraud_or_leak_has_no_days_of_them() {
    let telegram = read("BMT-12345678-17-06", "7A 00000000 0C13 66380000 0F 82 00 000000 000000");
    assert_eq!(
        derived(&telegram),
        [
            "status_flags 0x82",
            "error_flags 0x0",
            "date not available (begin_of_last)",
            "date not available (leakage)",
        ]
    );
    assert_eq!(alarms(&telegram), [""; 0]);
}

#[test]
fn months_that_a_hydrodigit_does_not_use_have_no_value() {
    let payload = format!("7A 00000000 046D 2728 7E23 0F 10 {} {}", "FFFFFF".repeat(11), "809698");
    let records = derived(&read("BMT-12345678-13-07", &payload));
    assert_eq!(records[1], "volume not available (storage 18, at 2019-01-31)");
    assert_eq!(records[12], "volume not available (storage 19, at 2018-12-31)");
}

#[test]
fn without_its_clock_a_hydrodigits_months_stay_raw() {
    let telegram = read("BMT-12345678-13-07", &format!("7A 00000000 0F 11 0B {}", "010000".repeat(12)));
    assert_eq!(derived(&telegram), ["status_flags 0x11", "voltage 3.20 V"]);
}

#[test]
fn a_hydroclima_gives_temperatures_month_ends_and_its_total() {
    let short = read(
        "BMP-12345678-53-08",
        "7A 00000000 036E000000 0F 10 0043 106A 7D2C 4A07 8F12 202C B124 2A06 0080 2100 210000",
    );
    assert_eq!(
        derived(&short),
        [
            "error_flags 0x4300",
            "date 2019-12-29",
            "external_temperature 18.66 °C (average)",
            "external_temperature 47.51 °C (maximum)",
            "external_temperature 15.78 °C (storage 1, average)",
            "supply_temperature not available (storage 1, average)",
            "hca_units 33 HCA (storage 10)",
        ]
    );
    let long = read(
        "BMP-12345678-85-08",
        "7A 00000000 036E540200 0F 11 0000 9924 2934 0037 3713 DF08 BC16 3633 960E 8208 D401 D908 7907 6006 \
         DA08 0809 0080 E537000A3500DF1201 830900",
    );
    assert_eq!(
        derived(&long),
        [
            "error_flags 0x0",
            "date 2025-04-09",
            "supply_temperature 49.19 °C (average)",
            "external_temperature 22.71 °C (average)",
            "external_temperature 58.20 °C (maximum)",
            "supply_temperature 37.34 °C (storage 1, average)",
            "external_temperature 21.78 °C (storage 1, average)",
            "hca_units 468 HCA (storage 2)",
            "hca_units 2265 HCA (storage 3)",
            "hca_units 1913 HCA (storage 4)",
            "hca_units 1632 HCA (storage 5)",
            "external_temperature 22.66 °C (storage 2)",
            "external_temperature 23.12 °C (storage 3)",
            "external_temperature not available (storage 4)",
            "hca_units 2435 HCA (storage 10)",
        ]
    );
    let other = read("BMP-12345678-85-08", "7A 00000000 036E540200 0F 12 0000 9924 2934");
    assert_eq!(other.warnings(), [Warning::LayoutMismatch { layout: "hydroclima" }]);
    assert_eq!(other.content().records()[0].to_string(), "hca_units 596 HCA");
}

#[test]
fn a_hidden_total_is_found_with_the_access_number() {
    // Access number A5, row 5: 188.560 m³ is 60 85 18 00 in digits.
    let masks = [50u8, 161, 57, 14];
    let hidden: String = [0x60u8, 0x85, 0x18, 0x00]
        .iter()
        .zip(masks)
        .map(|(digits, mask)| format!("{:02X}", digits ^ 0xA5 ^ mask))
        .collect();
    let payload =
        |total: &str, clock: &str| format!("7A A5 00 0610 1115 {total} 0F1D1E20000000 {clock} 8047");
    let telegram = read("BMT-12345678-05-07", &payload(&hidden, "590410310320"));
    assert_eq!(derived(&telegram), ["volume 188.560 m³", "date_time 2020-03-31T10:04:59"]);
    assert_eq!(telegram.layout(), Some("rfmtx1"));
    assert_kept_raw(&read("BMT-12345678-05-07", &payload(&hidden, "590410310220")), "rfmtx1");
    assert_kept_raw(&read("BMT-12345678-05-07", &payload(&hidden, "600410310320")), "rfmtx1");
    assert_kept_raw(&read("BMT-12345678-05-07", "7A A5 00 0610 1115 00"), "rfmtx1");
}
