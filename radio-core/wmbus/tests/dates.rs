//! Dates and times: types F, G, I and J.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Vector, check_topic, hex};
use wmbus::apl::parse_records;
use wmbus::{DataRecord, RecordWarning, Value};

/// Reads one record with these data bytes behind a date VIF.
fn moment(header: &str, data: &[u8]) -> DataRecord {
    let record = [hex(header), data.to_vec()].concat();
    let records = parse_records(&record, 0..record.len());
    assert_eq!(records.len(), 1, "{records:?}");
    records[0].clone()
}

/// Compares with the text of a vector: `*` for every, `+DST` behind for summer time. What the meter marks
/// as invalid is given with a warning, or not at all.
fn check(vector: &Vector, record: &DataRecord) {
    let value = &record.value;
    if record.warnings.contains(&RecordWarning::ClockInvalid) {
        return assert_eq!(vector.expected("value"), "invalid", "{}", vector.line);
    }
    let (text, summer_time) = match vector.expected("value").strip_suffix("+DST") {
        Some(text) => (text, true),
        None => (vector.expected("value"), false),
    };
    match value {
        Value::NotAvailable => assert_eq!(text, "invalid", "{}", vector.line),
        Value::DateTime(date_time) => {
            assert_eq!(date_time.to_string(), text, "{}", vector.line);
            assert_eq!(date_time.summer_time, summer_time, "{}", vector.line);
        }
        Value::Date(_) | Value::Time(_) => assert_eq!(value.to_string(), text, "{}", vector.line),
        other => panic!("{other:?}: {}", vector.line),
    }
}

#[test]
fn type_f_is_a_date_with_time() {
    check_topic("date_type_F", 10, |vector| check(vector, &moment("046D", &vector.bytes("bytes"))));
}

#[test]
fn type_g_is_a_date() {
    check_topic("date_type_G", 9, |vector| check(vector, &moment("026C", &vector.bytes("bytes"))));
}

#[test]
fn type_i_is_a_date_with_time_and_calendar() {
    check_topic("date_type_I", 5, |vector| {
        let record = moment("066D", &vector.bytes("bytes"));
        let expected = vector.expected_json("value");
        if record.warnings.contains(&RecordWarning::ClockInvalid) {
            return assert_eq!(expected.as_str(), Some("invalid"), "{}", vector.line);
        }
        let Value::DateTime(date_time) = record.value else { panic!("{:?}: {}", record.value, vector.line) };
        let calendar = date_time.calendar.unwrap();
        assert_eq!(expected["t"], date_time.to_string(), "{}", vector.line);
        assert_eq!(expected["dow"], calendar.day_of_week.unwrap_or(0), "{}", vector.line);
        assert_eq!(expected["week"], calendar.week.unwrap_or(0), "{}", vector.line);
        assert_eq!(expected["leap"], u8::from(calendar.leap_year), "{}", vector.line);
        assert_eq!(expected["dst_active"], u8::from(date_time.summer_time), "{}", vector.line);
        let deviation: i8 = expected["dst_dev"].as_str().unwrap().parse().unwrap();
        assert_eq!(deviation, calendar.deviation_hours, "{}", vector.line);
    });
}

#[test]
fn type_j_is_a_time_of_day() {
    check_topic("date_type_J", 4, |vector| check(vector, &moment("036D", &vector.bytes("bytes"))));
}

#[test]
fn days_that_do_not_exist_are_invalid_and_keep_their_bytes() {
    // 2021-02-29, month 13, year 100, 24:00, minute 60.
    for (header, data) in
        [("026C", "BD22"), ("026C", "012D"), ("026C", "81C1"), ("046D", "00184111"), ("046D", "3C004111")]
    {
        assert_eq!(moment(header, &hex(data)).value, Value::Invalid(hex(data)), "{header} {data}");
    }
    assert_eq!(moment("026C", &hex("1D22")).value.to_string(), "2016-02-29");
}

#[test]
fn the_hundred_years_of_type_f_are_counted_from_1900() {
    for (data, expected) in [
        ("00004111", "2010-01-01T00:00"),
        ("00204111", "2010-01-01T00:00"),
        // 90 without and with a hundred-year field; the last is what a real meter sends in 2026.
        ("000041B1", "1990-01-01T00:00"),
        ("002041B1", "2090-01-01T00:00"),
        ("22484136", "2026-06-01T08:34"),
    ] {
        assert_eq!(moment("046D", &hex(data)).value.to_string(), expected, "{data}");
    }
}

#[test]
fn a_clock_that_the_meter_marks_as_invalid_says_so() {
    let record = moment("046D", &hex("B32E3438"));
    assert_eq!(record.value.to_string(), "2025-08-20T14:51");
    assert_eq!(record.warnings, [RecordWarning::ClockInvalid]);
    // Nothing was ever set: no date at all.
    let record = moment("046D", &hex("80000000"));
    assert_eq!((record.value, record.warnings), (Value::NotAvailable, [].into()));
    assert_eq!(moment("046D", &hex("FFFFFFFF")).value, Value::NotAvailable);
}

#[test]
fn a_century_to_come_is_taken_as_the_present_one_and_says_so() {
    let record = moment("046D", &hex("22484136"));
    assert_eq!(record.value.to_string(), "2026-06-01T08:34");
    assert_eq!(record.warnings, [RecordWarning::CenturyAssumed]);
    assert_eq!(moment("046D", &hex("22284136")).warnings, []);
}

#[test]
fn a_wildcard_is_not_a_fixed_date() {
    let Value::Date(date) = moment("026C", &hex("E1FF")).value else { panic!("no date") };
    assert_eq!((date.fixed(), date.day), (None, Some(1)));
    let Value::Date(date) = moment("426C", &hex("FF2C")).value else { panic!("no date") };
    assert_eq!(date.fixed(), Some((2023, 12, 31)));
}

#[test]
fn a_date_of_another_length_is_kept_raw() {
    let record = moment("0D6DE8", &hex("0330123456789012"));
    assert_eq!(record.value, Value::Raw);
    assert_eq!(record.data(), hex("E80330123456789012"));
    assert_eq!(moment("0A6C", &hex("3112")).value, Value::Raw, "a date has no BCD form");
}
