//! Manufacturers' own codes: each with the maker's address, and with another's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{KeyRing, Telegram};

/// Decodes one record of a meter.
fn shown(meter: &str, record: Record) -> String {
    let frame = TelegramBuilder::new(meter.parse().unwrap()).record(record).build().unwrap();
    Telegram::decode(&frame, &KeyRing::default()).unwrap().content().records()[0].to_string()
}

const KAMSTRUP: &str = "KAM-12345678-30-04";
const SCHNEIDER: &str = "SEC-12345678-15-02";
const ABB: &str = "ABB-12345678-20-02";
const IME: &str = "IME-12345678-66-02";
const NOBODY: &str = "XYZ-12345678-01-02";

#[test]
fn kamstrup_sends_volume_times_temperature_and_information_codes() {
    for (codes, expected) in [
        (0x07, "volume_times_supply_temperature 1000 m³·°C (manufacturer_07)"),
        (0x08, "volume_times_return_temperature 1000 m³·°C (manufacturer_08)"),
        (0x22, "information_code 0x3E8 (manufacturer_22)"),
        (0x19, "manufacturer_specific 1000 (manufacturer_19)"),
    ] {
        assert_eq!(shown(KAMSTRUP, Record::int32(1000).vif(&[0x7F, codes])), expected);
    }
    // Behind another VIF the code is something else.
    assert_eq!(
        shown(KAMSTRUP, Record::int32(7).vif(&[0x6E, 0x7F, 0x07])),
        "hca_units 7 HCA (manufacturer_07)"
    );
    let unknown = shown(NOBODY, Record::int32(1000).vif(&[0x7F, 0x07]));
    assert_eq!(unknown, "manufacturer_specific 1000 (manufacturer_07)");
}

#[test]
fn schneider_tells_reactive_energy_by_the_subunit_and_phases_by_a_code() {
    let energy = || Record::int32(1000).energy_kwh(-3);
    for (record, expected) in [
        (energy(), "energy 1.000 kWh"),
        (energy().subunit(1), "reactive_energy 1.000 kvarh (subunit 1)"),
        (
            energy().subunit(1).vife(0x7F).vife(0x09),
            "reactive_energy 1.000 kvarh (subunit 1, manufacturer_09, from_meter)",
        ),
        (energy().vife(0x7F).vife(0x0D), "energy 1.000 kWh (manufacturer_0D, resettable)"),
        (energy().vife(0x7F).vife(0x02), "energy 1.000 kWh (manufacturer_02, phase_l2)"),
        (
            Record::int32(4000).voltage(-1).vife(0x7F).vife(0x06),
            "voltage 400.0 V (manufacturer_06, phase_l2_l3)",
        ),
        (Record::int32(50).vif(&[0x7F, 0x24]), "frequency 50 Hz (manufacturer_24)"),
        (Record::real(0.5).vif(&[0x7F, 0x0A]), "power_factor 0.5 (manufacturer_0A)"),
        (Record::int32(12).power_kw(-3).subunit(2), "apparent_power 0.012 kW (subunit 2)"),
        // Of one tariff or phase the subunits are those of ABB's meters.
        (energy().subunit(1).tariff(3), "energy 1.000 kWh (tariff 3, subunit 1)"),
        (energy().subunit(3).tariff(3), "reactive_energy 1.000 kvarh (tariff 3, subunit 3)"),
        (
            energy().subunit(1).vife(0x7F).vife(0x01),
            "energy 1.000 kWh (subunit 1, manufacturer_01, phase_l1)",
        ),
        (
            Record::int32(12).power_kw(-3).subunit(2).vife(0x7F).vife(0x03),
            "reactive_power 0.012 kW (subunit 2, manufacturer_03, phase_l3)",
        ),
    ] {
        assert_eq!(shown(SCHNEIDER, record), expected);
    }
    assert_eq!(shown(NOBODY, energy().subunit(1)), "energy 1.000 kWh (subunit 1)");
}

#[test]
fn abb_ends_its_codes_with_a_zero_and_puts_the_phase_before_it() {
    let energy = |subunit| Record::int32(1000).energy_kwh(-2).subunit(subunit);
    for (record, expected) in [
        (energy(0), "energy 10.00 kWh"),
        (energy(3), "reactive_energy 10.00 kvarh (subunit 3)"),
        (energy(5), "apparent_energy 10.00 kVAh (subunit 5)"),
        (energy(0).vife(0x7F).vife(0x72), "energy 10.00 kWh (manufacturer_72, resettable)"),
        (
            Record::bcd4(5001).vif(&[0x7F, 0x59, 0x00]),
            "frequency 50.01 Hz (manufacturer_59, manufacturer_00)",
        ),
        (
            Record::int16(987).vif(&[0x7F, 0x60, 0x7F, 0x03, 0x00]),
            "power_factor 0.987 (manufacturer_60, manufacturer_7F, manufacturer_03, manufacturer_00, phase_l3)",
        ),
    ] {
        assert_eq!(shown(ABB, record), expected);
    }
}

#[test]
fn ime_puts_its_register_before_the_scale() {
    for (record, expected) in [
        (
            Record::int32(1234).vif(&[0x7F, 0x00, 0x04, 0x3C]).tariff(5),
            "energy 12.34 kWh (tariff 5, manufacturer_00, manufacturer_04, manufacturer_3C, negative_accumulation)",
        ),
        (
            Record::int32(2294).vif(&[0x7F, 0x08, 0x48]).tariff(9),
            "voltage 229.4 V (tariff 9, manufacturer_08, manufacturer_48, phase_l2_l3)",
        ),
        (
            Record::int32(38).vif(&[0x7F, 0x09, 0x59]).tariff(10),
            "current 0.038 A (tariff 10, manufacturer_09, manufacturer_59, phase_l3)",
        ),
        (
            Record::int32(90).vif(&[0x7F, 0x0F, 0x21]).tariff(7),
            "on_time 90 min (tariff 7, manufacturer_0F, manufacturer_21)",
        ),
    ] {
        assert_eq!(shown(IME, record), expected);
    }
}

#[test]
fn axioma_sends_the_battery_in_percent_in_one_byte() {
    let battery = || Record::raw(1, [97]).vif(&[0x7D, 0x74]);
    assert_eq!(shown("AXI-12345678-10-07", battery()), "battery_level 97 %");
    assert_eq!(shown("IMT-12345678-10-07", battery()), "remaining_battery_life 97 d");
    let days = Record::int16(970).vif(&[0x7D, 0x74]);
    assert_eq!(shown("AXI-12345678-10-07", days), "remaining_battery_life 970 d");
}

#[test]
fn phases_behind_a_power_are_read_where_the_maker_writes_them() {
    let power = |code| Record::int32(1000).power_kw(-3).vife(0x7F).vife(code);
    assert_eq!(shown("EBZ-12345678-01-02", power(3)), "power 1.000 kW (manufacturer_03, phase_l3)");
    assert_eq!(shown("ESY-12345678-01-02", power(4)), "power 1.000 kW (manufacturer_04)");
}
