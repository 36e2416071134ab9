//! What is no list of data records: alarms, errors, and protocols that are named and kept raw.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{assert_explanation_tiles, decode, frame_around, hex};
use wmbus::{Content, KeyRing, Quantity, Telegram, Value};

fn telegram(payload: &str) -> Telegram {
    let frame = frame_around(&hex(payload));
    let telegram = decode(&frame, &KeyRing::default());
    assert_explanation_tiles(&telegram, frame.len(), payload);
    telegram
}

#[test]
fn an_alarm_report_gives_the_state_as_flags() {
    for (payload, flags) in [("7105", 5), ("740100000005", 5), ("71050001", 0x1_0005)] {
        let telegram = telegram(payload);
        let records = telegram.content().records();
        assert_eq!(records.len(), 1, "{payload}");
        assert_eq!((records[0].quantity, &records[0].value), (Quantity::AlarmFlags, &Value::Flags(flags)));
    }
    assert_eq!(telegram("71").content(), &Content::Empty);
    let long = telegram("71000102030405060708");
    assert_eq!(long.content().records()[0].value, Value::Raw);
}

#[test]
fn an_application_error_gives_its_code_or_records() {
    for (payload, code) in [("7008", Some(8)), ("6E0100000009", Some(9)), ("70", None)] {
        let Content::ApplicationError { code: found, records } = telegram(payload).into_content() else {
            panic!("{payload}")
        };
        assert_eq!((found, records.len()), (code, 0), "{payload}");
    }
    let Content::ApplicationError { code: None, records } = telegram("70F00413E8030000").into_content()
    else {
        panic!("no error records")
    };
    assert_eq!(records[0].to_string(), "volume 1.000 m³");
}

#[test]
fn other_protocols_are_named_and_kept_raw() {
    for (payload, name) in [
        ("7D010000000F00", "DLMS from the meter"),
        ("7F01000000070100010800FF", "OBIS from the meter"),
        ("7F010000001B1B1B1B0101010176", "SML"),
        ("001000", "DLMS"),
        ("64000000000000000000000000", "OBIS to the meter"),
    ] {
        match telegram(payload).content() {
            Content::Unsupported { ci, name: found, data } => {
                assert_eq!((*found, *ci), (name, hex(payload)[0]), "{payload}");
                assert!(hex(payload).ends_with(data), "{payload}");
            }
            other => panic!("{payload}: {other:?}"),
        }
    }
}

#[test]
fn what_a_meter_is_told_to_do_is_no_reading_of_it() {
    const SEND_USER_DATA: u8 = 0x53;
    for payload in ["5A010000000413E8030000", "510413E8030000", "5B7856341293153303010000000413E8030000"] {
        let mut frame = frame_around(&hex(payload));
        assert_eq!(decode(&frame, &KeyRing::default()).content().records().len(), 1, "{payload} of a meter");
        frame[1] = SEND_USER_DATA;
        let command = decode(&frame, &KeyRing::default());
        assert_explanation_tiles(&command, frame.len(), payload);
        match command.content() {
            Content::Unsupported { name, data, .. } => {
                assert_eq!((*name, data), ("command to the meter", &hex("0413E8030000")), "{payload}");
            }
            other => panic!("{payload}: {other:?}"),
        }
    }
}

#[test]
fn a_request_for_all_data_is_one_byte_and_hides_nothing_behind_it() {
    let telegram = telegram("787F0413E8030000");
    let shown: Vec<String> = telegram.content().records().iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["global_readout_request ", "volume 1.000 m³"]);
}

#[test]
fn newer_extensions_say_which_register_it_is() {
    for (record, shown) in [
        ("0493FC0EE8030000", "volume 1.000 m³ (secondary_sensor)"),
        ("0493FC0FE8030000", "volume 1.000 m³ (higher_resolution)"),
        ("0493FC0DE8030000", "volume 1.000 non-metric (alternative_non_metric_unit)"),
    ] {
        assert_eq!(telegram(&format!("78{record}")).content().records()[0].to_string(), shown);
    }
}
