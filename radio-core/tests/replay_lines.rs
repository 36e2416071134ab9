//! Lines of recordings, entered one by one. The frames are the published examples of EN 13757-4.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use radio_core::replay::{LineErrorKind, parse_line, parse_line_in, write_line};
use radio_core::{LinkMode, ReceivedFrame};
use wmbus::FrameFormat;

/// EN 13757-4, annex example of T1: without CRCs, and with those of format A.
const T1: &str = "0F44AE0C785634120107780B13436587";
const T1_FORMAT_A: &str = "0F44AE0C7856341201074447780B134365871E6D";
/// The annex example of C1 in format B, and the same without CRC.
const C1_FORMAT_B: &str = "1444AE0C7856341201078C2027780B134365877AC5";
const C1: &str = "1244AE0C7856341201078C2027780B13436587";

fn parse(line: &str) -> ReceivedFrame {
    parse_line(line).unwrap_or_else(|error| panic!("{line}: {error}")).unwrap()
}

fn hex(received: &ReceivedFrame) -> String {
    received.frame.bytes().iter().map(|byte| format!("{byte:02X}")).collect()
}

fn check_error(line: &str, column: usize, is_expected: impl Fn(&LineErrorKind) -> bool) {
    let error = parse_line(line).unwrap_err();
    assert_eq!(error.column, column, "{line}: {error}");
    assert!(is_expected(&error.kind), "{line}: {error}");
}

#[test]
fn a_line_of_rtl_wmbus_gives_frame_and_mode() {
    let received = parse(&format!("T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x{T1}"));
    assert_eq!(hex(&received), T1);
    assert_eq!(received.link_mode, Some(LinkMode::T1));
    assert_eq!(received.frame_format, FrameFormat::WithoutCrc);
}

#[test]
fn the_rssi_scale_of_rtl_wmbus_is_not_taken_for_dbm() {
    let received = parse(&format!("T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x{T1}"));
    assert_eq!(received.rssi_dbm, None);
}

#[test]
fn a_local_time_is_a_moment_only_where_the_zone_is_known() {
    let line = format!("T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x{T1}");
    assert_eq!(parse(&line).received_at, None);
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let received = parse_line_in(&line, &berlin).unwrap().unwrap();
    assert_eq!(received.received_at, Some("2019-04-03T17:00:42Z".parse::<Timestamp>().unwrap()));
}

#[test]
fn an_esphome_line_has_dbm_utc_and_two_empty_fields() {
    let received = parse(&format!("T1;1;1;2024-05-01 12:00:00.00Z;-71;;;0x{C1}"));
    assert_eq!(hex(&received), C1);
    assert_eq!(received.rssi_dbm, Some(-71));
    assert_eq!(received.received_at, Some("2024-05-01T12:00:00Z".parse::<Timestamp>().unwrap()));
}

#[test]
fn a_line_that_the_receiver_marked_as_damaged_is_refused_whatever_its_bytes_say() {
    let tail = format!("2019-04-03 19:00:42.000;97;148;12345678;0x{T1}");
    check_error(&format!("T1;0;1;{tail}"), 4, |kind| *kind == LineErrorKind::CrcMarkedWrong);
    check_error(&format!("T1;1;0;{tail}"), 6, |kind| *kind == LineErrorKind::ThreeOutOfSixMarkedWrong);
    check_error(&format!("T1;1;x;{tail}"), 6, |kind| *kind == LineErrorKind::NotAFlag);
}

#[test]
fn a_link_mode_of_a_newer_receiver_does_not_cost_the_frame() {
    let received = parse(&format!("Z7;1;1;;;;;0x{T1}"));
    assert_eq!((hex(&received).as_str(), received.link_mode), (T1, None));
}

#[test]
fn a_program_that_removes_crcs_is_believed_where_chance_says_otherwise() {
    let received = parse(&format!("C1;1;1;;;;;0x{C1_FORMAT_B}"));
    assert_eq!((hex(&received).as_str(), received.frame_format), (C1_FORMAT_B, FrameFormat::WithoutCrc));
    let received = parse(&format!("T1;1;1;;;;;0x{T1_FORMAT_A}"));
    assert_eq!((hex(&received).as_str(), received.frame_format), (T1, FrameFormat::A));
}

#[test]
fn a_cut_line_of_rtl_wmbus_names_how_many_fields_it_has() {
    check_error("T1;1;1;2019-04-03 19:00:42.000;97;148", 1, |kind| {
        *kind == LineErrorKind::FieldsMissing { found: 6 }
    });
    check_error("T1;1;1;yesterday;97;148;12345678;0x00", 34, |kind| matches!(kind, LineErrorKind::Frame(_)));
    check_error(&format!("T1;1;1;yesterday;97;148;12345678;0x{T1}"), 8, |kind| {
        *kind == LineErrorKind::NotATime
    });
}

#[test]
fn hexadecimal_may_be_written_as_people_like() {
    let spaced = "0F 44 AE0C 7856_3412|0107 78 0B13436587";
    for line in [T1, &T1.to_lowercase(), &format!("0x{T1}"), spaced, &format!("  {T1}\t")] {
        assert_eq!(hex(&parse(line)), T1, "{line}");
    }
}

#[test]
fn block_crcs_are_detected_verified_and_removed() {
    let received = parse(T1_FORMAT_A);
    assert_eq!((hex(&received).as_str(), received.frame_format), (T1, FrameFormat::A));
    let received = parse(C1_FORMAT_B);
    assert_eq!((hex(&received).as_str(), received.frame_format), (C1, FrameFormat::B));
}

#[test]
fn a_damaged_frame_is_refused_with_its_place() {
    let damaged = T1_FORMAT_A.replace("4365", "4366");
    check_error(&damaged, 1, |kind| matches!(kind, LineErrorKind::Frame(_)));
    check_error("0F44AE0C7856341201077", 1, |kind| *kind == LineErrorKind::OddDigits);
    check_error("0F44 AE0G", 9, |kind| *kind == LineErrorKind::NotHexadecimal);
}

#[test]
fn a_wmbusmeters_line_gives_its_offset() {
    let (head, tail) = T1.split_at(24);
    let received = parse(&format!("telegram=|{head}_{tail}|+12"));
    assert_eq!(hex(&received), T1);
    assert_eq!(received.offset, Some(Duration::from_secs(12)));
    assert_eq!(parse(&format!("telegram=|{T1}|")).offset, None);
    assert_eq!(parse(&format!("telegram={T1}")).offset, None);
}

#[test]
fn a_damaged_wmbusmeters_line_names_its_place() {
    check_error(&format!("telegram=|{T1}"), 10, |kind| *kind == LineErrorKind::Unterminated);
    check_error(&format!("telegram=|{T1}|+x"), 45, |kind| *kind == LineErrorKind::NotAnOffset);
    check_error(&format!("telegram=|{T1}|12"), 44, |kind| *kind == LineErrorKind::NotAnOffset);
}

#[test]
fn walkbys_own_line_gives_all_that_a_receiver_knows() {
    let received = parse(&format!(
        r#"{{"at":"2026-01-05T09:00:01.25Z","mode":"C1","rssi_dbm":-71,"frame":"B","hex":"{C1_FORMAT_B}","receiver":"iM871A","offset_s":1.25,"later":true}}"#
    ));
    assert_eq!(hex(&received), C1);
    assert_eq!(received.frame_format, FrameFormat::B);
    assert_eq!(received.link_mode, Some(LinkMode::C1));
    assert_eq!(received.rssi_dbm, Some(-71));
    assert_eq!(received.receiver.as_deref(), Some("iM871A"));
    assert_eq!(received.offset, Some(Duration::from_millis(1250)));
    assert_eq!(received.received_at, Some("2026-01-05T09:00:01.25Z".parse::<Timestamp>().unwrap()));
}

#[test]
fn a_wrong_member_of_walkbys_own_line_is_named_with_its_column() {
    let line = |member: &str| format!(r#"{{"hex":"{T1}",{member}}}"#);
    for (member, name) in [
        (r#""mode":"Z7""#, "mode"),
        (r#""mode":1"#, "mode"),
        (r#""at":"yesterday""#, "at"),
        (r#""rssi_dbm":"-71""#, "rssi_dbm"),
        (r#""rssi_dbm":-71.5"#, "rssi_dbm"),
        (r#""offset_s":-1"#, "offset_s"),
        (r#""frame":"C""#, "frame"),
        (r#""receiver":7"#, "receiver"),
    ] {
        check_error(
            &line(member),
            43,
            |kind| matches!(kind, LineErrorKind::Member { member, .. } if *member == name),
        );
    }
    check_error(r#"{"mode":"T1"}"#, 1, |kind| *kind == LineErrorKind::NoTelegram);
    check_error(r#"{"hex":"0F"#, 10, |kind| *kind == LineErrorKind::NotJson);
}

#[test]
fn a_frame_format_that_the_line_names_is_not_guessed_at() {
    let named = |format: &str| parse_line(&format!(r#"{{"frame":"{format}","hex":"{T1_FORMAT_A}"}}"#));
    assert_eq!(named("A").unwrap().unwrap().frame_format, FrameFormat::A);
    assert!(matches!(named("B").unwrap_err().kind, LineErrorKind::Frame(_)));
}

#[test]
fn blank_lines_and_comments_hold_no_frame() {
    for line in ["", "   ", "# a walk", "// a walk", "\t# indented"] {
        assert_eq!(parse_line(line), Ok(None), "{line}");
    }
}

#[test]
fn an_error_tells_what_to_do() {
    let error = parse_line("hello").unwrap_err();
    assert_eq!(
        error.to_string(),
        "column 1: not a hexadecimal digit; expected a telegram in hexadecimal, an rtl_wmbus line, telegram=|…| or JSON"
    );
}

#[test]
fn a_line_of_rtl_433_gives_frame_mode_and_level_and_its_l_field_is_counted_anew() {
    let data = T1.to_lowercase().replacen("0f", "11", 1);
    let received = parse(&format!(
        r#"{{"time":"2026-01-05 09:00:01","model":"Wireless-MBus","mode":"T","M":"CEN","data":"{data}","mic":"CRC","rssi":-7.6,"snr":12.4}}"#
    ));
    assert_eq!(hex(&received), T1);
    assert_eq!(received.link_mode, Some(LinkMode::T1));
    assert_eq!((received.quality.level_dbfs, received.quality.snr_db), (Some(-8), Some(12)));
}

#[test]
fn a_weather_station_between_the_lines_of_rtl_433_is_no_fault() {
    assert_eq!(parse_line(r#"{"time":"@0.5s","model":"Acurite-Tower","temperature_C":3.5}"#), Ok(None));
    let line = r#"{"model":"Wireless-MBus","data":"0F44AE"}"#;
    check_error(line, line.find("\"data").unwrap() + 1, |kind| matches!(kind, LineErrorKind::Frame(_)));
}

#[test]
fn a_line_of_the_demodulator_has_no_crcs_whatever_its_format() {
    let line = format!(
        r#"{{"t":1.25,"mode":"C1","frame":"B","hex":"{C1}","rssi_dbfs":-31.5,"snr_db":9.4,"frequency_offset_hz":-11012.5,"chip_rate_error_ppm":1200.2,"corrected_bits":2}}"#
    );
    let received = parse(&line);
    assert_eq!((hex(&received).as_str(), received.frame_format), (C1, FrameFormat::B));
    assert_eq!(received.offset, Some(Duration::from_millis(1250)));
    let quality = received.quality;
    assert_eq!((quality.level_dbfs, quality.snr_db, quality.corrected_bits), (Some(-32), Some(9), 2));
    assert_eq!((quality.frequency_offset_hz, quality.chip_rate_error_ppm), (Some(-11013), Some(1200)));
}

#[test]
fn a_byte_that_a_receiver_appended_is_left_out_when_the_frame_is_written() {
    let line = "24442D2C692845631B168D3050209CD621B006B1140AEF4953AE5B86FAFC0B00E70705B84689";
    let received = parse_line(line).unwrap().unwrap();
    assert_eq!((received.frame.trailing_bytes(), received.frame.bytes().len()), (1, 37));
    let back = parse_line(&write_line(&received)).unwrap().unwrap();
    assert_eq!((back.frame.trailing_bytes(), back.frame.bytes()), (0, received.frame.bytes()));
    walkby_properties::replay_line(line.as_bytes());
}
