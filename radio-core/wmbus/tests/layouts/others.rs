//! Meters of GWF, BFW and Zenner.

use super::{alarms, derived, read};

#[test]
fn a_gwf_meter_tells_alarms_and_the_half_years_of_its_battery() {
    let telegram = read("GWF-12345678-3C-07", "7A 00000000 0413 3E000000 0F 01 6A 51 2F2F");
    assert_eq!(
        derived(&telegram),
        ["error_flags 0x6A", "status_flags 0x1", "remaining_battery_life 5.0 year"]
    );
    assert_eq!(alarms(&telegram), ["leak", "burst", "low_battery", "reverse_flow"]);
    let other = read("GWF-12345678-3C-07", "7A 00000000 0413 3E000000 0F 02 6A 51");
    assert_eq!(alarms(&other), [""; 0]);
    assert_eq!(other.content().records().len(), 2);
}

#[test]
fn eighteen_month_ends_of_a_bfw_allocator_follow_from_the_youngest() {
    // The last triplet: 0x144 = 324 two months ago, 0x0AC = 172 last month.
    let triplets = format!("{} 4410AC", "000000".repeat(8));
    let payload = |day: &str| format!("7A DBC00000 2F2F 9E1F 0144 0100 1470 {triplets} {day}");
    let telegram = read("BFW-12345678-02-08", &payload("260221"));
    let records = derived(&telegram);
    assert_eq!(records.len(), 21);
    assert_eq!(records[..3], ["hca_units 256 HCA", "date 2021-02-26", "hca_units 324 HCA (storage 1)"]);
    assert_eq!(records[20], "hca_units 324 HCA (storage 18, at 2020-12-31)");
    assert_eq!(records[19], "hca_units 172 HCA (storage 17, at 2021-01-31)");
    assert_eq!(records[4], "hca_units 0 HCA (storage 34, at 2019-08-31)");
    assert_eq!(read("BFW-12345678-02-08", &payload("300221")).layout(), None, "no such day");
}

#[test]
fn a_zenner_module_counts_256ths_of_a_litre() {
    let telegram = read("ZRI-12345678-0B-16", "7A D8000000 2F2F 0F 01000000 80BF1B00 00A64200 00");
    assert_eq!(
        derived(&telegram),
        ["volume 17.06200000000 m³", "volume 7.10350000000 m³ (storage 1)", "status_flags 0x1"]
    );
}
