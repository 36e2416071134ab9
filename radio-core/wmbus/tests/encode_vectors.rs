//! The encoder makes the published examples byte by byte.
#![allow(clippy::unwrap_used)]

use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Date, DateTime, Frame, Function, MeterAddress, Time};

fn address(text: &str) -> MeterAddress {
    text.parse().unwrap()
}

fn key(text: &str) -> AesKey {
    text.parse().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn check(frame: &Frame, expected: &str) {
    assert_eq!(hex(frame.bytes()), expected.replace([' ', '\n'], ""));
}

const SYNCHRONOUS: u16 = 0x2000;

/// The data of the OMS examples: 28504.27 m³ at 2008-05-31 23:50, no error.
fn oms_gas(builder: TelegramBuilder) -> TelegramBuilder {
    let date = Date { year: Some(2008), month: Some(5), day: Some(31) };
    let time = Time { hour: Some(23), minute: Some(50), second: None, has_seconds: false };
    builder
        .record(Record::bcd8(2_850_427).volume(-2))
        .record(Record::date_time(DateTime { date, time, summer_time: false, calendar: None }))
        .record(Record::int16(0).error_flags())
}

#[test]
fn en_13757_4_t1_example_in_format_a() {
    let frame = TelegramBuilder::new(address("CEN-12345678-01-07"))
        .no_header()
        .record(Record::bcd6(876_543).volume(-3))
        .build()
        .unwrap();
    check(&frame, "0F44AE0C78563412010778 0B13436587");
    assert_eq!(hex(&frame.to_format_a()), "0F44AE0C7856341201074447780B134365871E6D");
}

#[test]
fn en_13757_4_c1_example_in_format_b() {
    let frame = TelegramBuilder::new(address("CEN-12345678-01-07"))
        .extended_link(0x20, 0x27)
        .no_header()
        .record(Record::bcd6(876_543).volume(-3))
        .build()
        .unwrap();
    check(&frame, "1244AE0C785634120107 8C2027 780B13436587");
    assert_eq!(hex(&frame.to_format_b().unwrap()), "1444AE0C7856341201078C2027780B134365877AC5");
}

#[test]
fn oms_annex_n_profile_a() {
    let builder = TelegramBuilder::new(address("ELS-12345678-33-03"))
        .access_number(0x2A)
        .configuration_flags(SYNCHRONOUS)
        .mode5(key("0102030405060708090A0B0C0D0E0F11"));
    let frame = oms_gas(builder).build().unwrap();
    check(
        &frame,
        "2E44931578563412 33037A2A002025 5923C95AAA26D1B2E7493B013EC4A6F6 D3529B520EDFF0EA6DEFC99D6D69EBF3",
    );
    assert_eq!(
        hex(&frame.to_format_a()),
        "2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA6DEFC955B29D6D69EBF3EC8A"
    );
}

#[test]
fn oms_annex_n_profile_b() {
    let builder = TelegramBuilder::new(address("ELS-12345678-33-03"))
        .extended_link(0x20, 0x75)
        .access_number(0x75)
        .mode7(key("000102030405060708090A0B0C0D0E0F"), 2739);
    check(
        &oms_gas(builder).build().unwrap(),
        "434493157856341233038C2075 900F002C25B30A000021924D4F2FB66E01 7A75002007109058475F4BC91DF878B80A1B0F98B6
         29024AAC727942BFC549233C0140829B93",
    );
}

#[test]
fn oms_annex_n_profile_b_behind_a_radio_converter_has_the_published_mac_and_cipher_text() {
    let builder = TelegramBuilder::new(address("ELS-00000001-01-37"))
        .long_header(address("ELS-12345678-33-03"))
        .access_number(0x75)
        .mode7(key("000102030405060708090A0B0C0D0E0F"), 2739);
    let frame = oms_gas(builder).build().unwrap();
    let frame = hex(frame.bytes());
    assert!(frame.contains("AF5D74DF73A600D972785634129315330375002007109058475F4BC91DF8"), "{frame}");
}

#[test]
fn oms_annex_n_heat_cost_allocator_with_a_record_in_clear() {
    let date = Date { year: Some(2007), month: Some(4), day: Some(30) };
    let frame = TelegramBuilder::new(address("QDS-11223344-55-37"))
        .long_header(address("QDS-55667788-55-08"))
        .status(0x04)
        .record(Record::bcd6(1234).hca_units())
        .record(Record::date(date).storage(1))
        .record(Record::bcd6(23456).hca_units().storage(1))
        .clear_record(Record::bcd8(12_345_678).vif(&[0xFD, 0x10]))
        .mode5(key("000102030405060708090A0B0C0D0E0F"))
        .build()
        .unwrap();
    check(
        &frame,
        "2D449344443322115537 7288776655934455080004 1005 00DFE2A782146D1513581CD2F83F3904 0CFD1078563412",
    );
}

#[test]
fn en_13757_3_annex_g_format_and_compact_frame() {
    let builder = TelegramBuilder::new(address("CEN-12345678-01-07"))
        .no_header()
        .record(Record::raw(0x2, [0xD2, 0x04]).vif(&[0x02]))
        .record(Record::raw(0x2, [0x2E, 0x16]).vif(&[0x15]))
        .record(Record::raw(0x2, [0x34, 0x23]).vif(&[0x2A]));
    let application = |frame: Frame| hex(frame.bytes())[20..].to_owned();
    assert_eq!(application(builder.build().unwrap()), "780202D20402152E16022A3423");
    assert_eq!(application(builder.clone().format_frame().build().unwrap()), "6908313B02020215022A");
    assert_eq!(application(builder.compact_frame().build().unwrap()), "79313B42A6D2042E163423");
}

#[test]
fn the_extended_link_layer_in_counter_mode_matches_a_telegram_off_the_air() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/vectors.jsonl");
    let Ok(vectors) = std::fs::read_to_string(path) else {
        assert!(std::env::var_os("CI").is_none(), "{path} is missing");
        println!("skipped: {path} is missing");
        return;
    };
    let vectors = vectors.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let vector = vectors
        .filter(|vector| vector["topic"] == "ell2_aes_ctr")
        .find(|vector| vector["expected"]["icb"] == "2D2C998734761B1620D37CAC21000000")
        .unwrap();
    let frame = TelegramBuilder::new(address("KAM-76348799-1B-16"))
        .no_header()
        .record(Record::raw(0x2, [0x71, 0x00]).vif(&[0xFF, 0x20]))
        .record(Record::int32(6408).volume(-3))
        .record(Record::int32(6408).volume(-3).storage(1))
        .record(Record::int8(127).supply_temperature(0).storage(1).function(Function::Minimum))
        .record(Record::int8(19).external_temperature(0).storage(1).function(Function::Minimum))
        .ell_ctr(key(vector["input"]["key"].as_str().unwrap()), 0x91, 0x21AC_7CD3)
        .build()
        .unwrap();
    check(&frame, vector["input"]["frame_without_dll_crc"].as_str().unwrap());
}
