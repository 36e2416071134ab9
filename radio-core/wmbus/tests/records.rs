//! Data records: DIB, VIB, data types, texts, special functions, profiles, compact frames.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{check_topic, decode, frame_around, hex};
use wmbus::apl::{CompactProfile, ProfileOrder, RecordError, Spacing, compact, parse_records};
use wmbus::value::bcd;
use wmbus::{
    Content, DataRecord, Decimal, Function, KeyRing, Qualifier, Quantity, RecordWarning, Unit, Value,
};

fn records(bytes: &[u8]) -> Vec<DataRecord> {
    parse_records(bytes, 0..bytes.len())
}

fn record(text: &str) -> DataRecord {
    let records = records(&hex(text));
    assert_eq!(records.len(), 1, "{records:?}");
    records[0].clone()
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

/// The vectors' names and units, and ours with the exponent between them.
fn expected_meaning(quantity: &str, unit: &str) -> (Quantity, &'static str, i8) {
    use Quantity as Q;
    match (quantity, unit) {
        ("volume", "m3") => (Q::Volume, "m³", 0),
        ("volume flow", "m3/h") => (Q::VolumeFlow, "m³/h", 0),
        ("energy", "Wh") => (Q::Energy, "kWh", -3),
        ("energy", "MWh") => (Q::Energy, "kWh", 3),
        ("energy", "GJ") => (Q::Energy, "MJ", 3),
        ("energy", "Mcal") => (Q::Energy, "Mcal", 0),
        ("power", "W") => (Q::Power, "kW", -3),
        ("datetime", "") => (Q::DateTime, "", 0),
        ("date", "") => (Q::Date, "", 0),
        ("error flags", "") => (Q::ErrorFlags, "", 0),
        ("flow temperature", "C") => (Q::SupplyTemperature, "°C", 0),
        ("return temperature", "C") => (Q::ReturnTemperature, "°C", 0),
        ("temperature difference", "K") => (Q::TemperatureDifference, "K", 0),
        ("voltage", "V") => (Q::Voltage, "V", 0),
        ("current", "A") => (Q::Current, "A", 0),
        ("frequency", "Hz") => (Q::Frequency, "Hz", 0),
        ("RF level", "dBm") => (Q::RfLevel, "dBm", 0),
        ("fabrication no", "") => (Q::FabricationNumber, "", 0),
        ("remaining battery", "d") => (Q::RemainingBatteryLife, "d", 0),
        ("customer", "") => (Q::Customer, "", 0),
        ("plain text", "") => (Q::PlainText, "", 0),
        ("on time", "h") => (Q::OnTime, "h", 0),
        ("manufacturer", "") => (Q::ManufacturerSpecific, "", 0),
        other => panic!("no such meaning: {other:?}"),
    }
}

/// Reads a decimal that may be written with an exponent.
fn scientific(text: &str) -> Option<Decimal> {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    digits.parse::<Decimal>().ok()?.checked_scale(1, exponent.parse().ok()?)
}

#[test]
fn records_have_the_published_values() {
    check_topic("record", 39, |vector| {
        let found = records(&vector.bytes("bytes"));
        let expected = vector.expected_json("records").as_array().unwrap();
        assert_eq!(found.len(), expected.len(), "{}", vector.line);
        for (record, expected) in found.iter().zip(expected) {
            if let Some(special) = expected["special"].as_str() {
                assert_eq!(record.raw[..1], hex(special), "{}", vector.line);
                assert_eq!(record.data(), hex(expected["raw"].as_str().unwrap()), "{}", vector.line);
                assert_eq!(record.quantity, Quantity::ManufacturerData, "{}", vector.line);
                continue;
            }
            let text = |name: &str| expected[name].as_str().unwrap();
            let (quantity, unit, exponent) = expected_meaning(text("quantity"), text("unit"));
            assert_eq!(record.quantity, quantity, "{}", vector.line);
            assert_eq!(
                record.unit.as_str(),
                expected["plain_unit"].as_str().unwrap_or(unit),
                "{}",
                vector.line
            );
            assert_eq!(expected["storage"], record.storage_number, "{}", vector.line);
            assert_eq!(expected["tariff"], record.tariff, "{}", vector.line);
            assert_eq!(expected["subunit"], record.subunit, "{}", vector.line);
            assert_eq!(expected["function"], record.function as u8, "{}", vector.line);
            assert_eq!(
                expected["vife"].as_array().unwrap().len(),
                record.qualifiers.len(),
                "{}",
                vector.line
            );
            match &record.value {
                Value::Number(_) if quantity == Quantity::ManufacturerSpecific => {
                    assert_eq!(record.data(), hex(text("value")), "{}", vector.line);
                }
                Value::Number(found) => {
                    let expected = scientific(text("value")).unwrap().checked_scale(1, exponent);
                    assert_eq!(Some(*found), expected, "{}", vector.line);
                }
                Value::Invalid(bytes) => {
                    assert_eq!(text("value"), "invalid", "{}", vector.line);
                    assert_eq!(bytes, record.data(), "{}", vector.line);
                }
                Value::Flags(bits) => assert_eq!(text("value"), bits.to_string(), "{}", vector.line),
                Value::Text(found) => assert_eq!(text("value"), found, "{}", vector.line),
                other => assert_eq!(text("value"), other.to_string(), "{}", vector.line),
            }
        }
    });
}

#[test]
fn data_information_blocks_split_into_their_fields() {
    check_topic("dib", 10, |vector| {
        let bytes = vector.bytes("bytes");
        // A volume behind the block, with as much data as any fixed length takes.
        let record = records(&[bytes.clone(), hex("13000000000000000000")].concat())[0].clone();
        assert_eq!(record.function as i128, vector.expected_number("function"), "{}", vector.line);
        assert_eq!(i128::from(record.storage_number), vector.expected_number("storage"), "{}", vector.line);
        assert_eq!(i128::from(record.tariff), vector.expected_number("tariff"), "{}", vector.line);
        assert_eq!(i128::from(record.subunit), vector.expected_number("subunit"), "{}", vector.line);
        let length = match vector.expected("data_field") {
            "1" => 1,
            "4" | "C" => 4,
            other => panic!("data field {other}: {}", vector.line),
        };
        assert_eq!(record.data().len(), length, "{}", vector.line);
        assert_eq!(record.header_length, bytes.len() + 1, "{}", vector.line);
    });
}

#[test]
fn type_a_is_bcd_with_a_leading_f_as_minus() {
    check_topic("data_type_A_bcd", 10, |vector| {
        let bytes = vector.bytes("bytes");
        let expected = vector.expected_json("value");
        match bcd(&bytes) {
            Some(value) => assert_eq!(value, vector.expected_number("value"), "{}", vector.line),
            None => assert_eq!(expected, "invalid", "{}", vector.line),
        }
        let dif = match bytes.len() {
            length @ 1..=4 => 8 + length as u8,
            6 => 0x0E,
            _ => return,
        };
        let record = records(&[vec![dif, 0x16], bytes.clone()].concat())[0].clone();
        match bcd(&bytes) {
            Some(value) => assert_eq!(record.value, Value::Number(value.into()), "{}", vector.line),
            None => assert_eq!(record.value, Value::Invalid(bytes), "{}", vector.line),
        }
    });
}

/// The DIF for binary data of a length.
fn dif(length: usize) -> u8 {
    match length {
        1..=4 => length as u8,
        6 => 6,
        8 => 7,
        other => panic!("no DIF for {other} bytes"),
    }
}

#[test]
fn type_b_is_signed_and_its_lowest_value_not_available() {
    check_topic("data_type_B_signed", 11, |vector| {
        let bytes = vector.bytes("bytes");
        let record = records(&[vec![dif(bytes.len()), 0x16], bytes].concat())[0].clone();
        match record.value {
            Value::Number(found) => {
                assert_eq!(found, vector.expected_number("value").into(), "{}", vector.line);
            }
            other => {
                assert_eq!(
                    (&other, "invalid"),
                    (&Value::NotAvailable, vector.expected("value")),
                    "{}",
                    vector.line
                );
            }
        }
    });
}

#[test]
fn type_c_is_unsigned_and_all_ones_not_available() {
    check_topic("data_type_C_unsigned", 4, |vector| {
        let bytes = vector.bytes("bytes");
        let record = records(&[vec![dif(bytes.len()), 0x78], bytes].concat())[0].clone();
        match record.value {
            Value::Number(found) => {
                assert_eq!(found, vector.expected_number("value").into(), "{}", vector.line);
            }
            other => {
                assert_eq!(
                    (&other, "invalid"),
                    (&Value::NotAvailable, vector.expected("value")),
                    "{}",
                    vector.line
                );
            }
        }
    });
}

#[test]
fn type_d_is_flags() {
    check_topic("data_type_D_bits", 1, |vector| {
        let record = records(&[vector.bytes("dif_vif"), vector.bytes("bytes")].concat())[0].clone();
        let Value::Flags(bits) = record.value else { panic!("{:?}: {}", record.value, vector.line) };
        let set: Vec<u32> = (0..64).filter(|bit| bits >> bit & 1 == 1).collect();
        assert_eq!(vector.expected_json("bits_set"), &serde_json::json!(set), "{}", vector.line);
    });
}

#[test]
fn type_h_is_an_exact_decimal() {
    check_topic("data_type_H_real32", 5, |vector| {
        let record = records(&[hex("0516"), vector.bytes("bytes")].concat())[0].clone();
        match record.value {
            Value::Number(found) => {
                let expected = vector.expected_json("value").to_string().parse::<Decimal>();
                assert_eq!(Ok(found), expected, "{}", vector.line);
            }
            other => {
                assert_eq!(other, Value::NotAvailable, "{}", vector.line);
                assert_eq!(vector.expected("value"), "invalid (NaN)", "{}", vector.line);
            }
        }
    });
    assert_eq!(record("05160000807F").value, Value::Invalid(hex("0000807F")), "infinity");
}

#[test]
fn format_signatures_are_crcs_over_the_headers() {
    check_topic("format_signature", 7, |vector| {
        let signature = compact::format_signature(&vector.bytes("headers"));
        assert_eq!(
            signature.to_le_bytes().to_vec(),
            vector.expected_bytes("signature_wire"),
            "{}",
            vector.line
        );
    });
}

#[test]
fn a_format_frame_gives_headers() {
    check_topic("format_frame", 1, |vector| {
        let telegram = decode(&frame_around(&vector.bytes("bytes")), &KeyRing::default());
        let Content::Format { signature, headers } = telegram.content() else {
            panic!("{:?}: {}", telegram.content(), vector.line)
        };
        assert_eq!(
            signature.to_le_bytes().to_vec(),
            vector.expected_bytes("signature_wire"),
            "{}",
            vector.line
        );
        assert_eq!(headers, &vector.expected_bytes("headers"), "{}", vector.line);
        assert_eq!(compact::format_signature(headers), *signature, "{}", vector.line);
    });
}

#[test]
fn a_compact_frame_is_expanded_with_its_headers_and_no_others() {
    check_topic("compact_frame_expand", 3, |vector| {
        let frame = vector.bytes("compact");
        let signature = u16::from_le_bytes([frame[1], frame[2]]);
        let crc = u16::from_le_bytes([frame[3], frame[4]]);
        let data = &frame[5..];
        assert_eq!(frame[1..3], vector.expected_bytes("signature_wire"), "{}", vector.line);
        assert_eq!(frame[3..5], vector.expected_bytes("full_crc_wire"), "{}", vector.line);
        let headers = vector.bytes("format_headers");
        let full = compact::expand(signature, crc, data, &headers);
        assert_eq!(full, Ok(vector.expected_bytes("full_records")), "{}", vector.line);

        let other_crc = compact::expand(signature, crc ^ 1, data, &headers);
        assert_eq!(other_crc, Err(compact::ExpandError::Crc), "{}", vector.line);
        let shorter = compact::expand(signature, crc, &data[1..], &headers);
        assert_eq!(shorter, Err(compact::ExpandError::DataLength), "{}", vector.line);
        let other = compact::expand(signature, crc, data, &headers[1..]);
        assert!(matches!(other, Err(compact::ExpandError::Signature { .. })), "{}", vector.line);
    });
}

fn check_profile(vector: &common::Vector, order: ProfileOrder) {
    let records = records(&vector.bytes("records"));
    let record = records.last().unwrap();
    let profile = CompactProfile::read(record).unwrap_or_else(|| panic!("no profile: {}", vector.line));
    assert_eq!(profile.order, order, "{}", vector.line);
    assert_eq!(profile.increment as i128, vector.expected_number("mode"), "{}", vector.line);
    let value = vector.expected_number("spacing_value") as u8;
    let spacing = match (vector.expected_number("unit"), value) {
        (3, 254) => Spacing::Months(1),
        (0, value) => Spacing::Seconds(value),
        (2, value) => Spacing::Hours(value),
        (3, value) => Spacing::Days(value),
        other => panic!("spacing {other:?}: {}", vector.line),
    };
    assert_eq!(profile.spacing, spacing, "{}", vector.line);
    let registers = profile.registers(vector.expected_number("base_raw"));
    let expected: Vec<Option<i128>> = vector
        .expected_json("values_raw")
        .as_array()
        .unwrap()
        .iter()
        .map(|value| Some(i128::from(value.as_i64().unwrap())))
        .collect();
    assert_eq!(registers, expected, "{}", vector.line);
    let storages: Vec<u64> = (1..).map(|index| record.storage_number + index).take(registers.len()).collect();
    assert_eq!(vector.expected_json("storages"), &serde_json::json!(storages), "{}", vector.line);
    assert_eq!(record.value, Value::Raw, "{}", vector.line);
}

#[test]
fn profiles_go_on_from_their_base() {
    check_topic("compact_profile_fwd", 4, |vector| check_profile(vector, ProfileOrder::Forward));
}

#[test]
fn inverse_profiles_go_back_from_their_base() {
    check_topic("compact_profile_inv", 2, |vector| check_profile(vector, ProfileOrder::Inverse));
}

#[test]
fn a_record_without_profile_is_none() {
    assert_eq!(CompactProfile::read(&record("0C1427048502")), None);
    assert_eq!(
        CompactProfile::read(&record("0D931F03690101")),
        Some(CompactProfile {
            order: ProfileOrder::Forward,
            increment: wmbus::apl::Increment::Positive,
            spacing: Spacing::Hours(1),
            values: vec![Some(1)],
        })
    );
    assert_eq!(CompactProfile::read(&record("0D931F0369FB01")), None, "reserved spacing");
    assert_eq!(CompactProfile::read(&record("0D931F036D0101")), None, "no size");
    assert_eq!(CompactProfile::read(&record("0D931F0169")), None, "cut off");
}

#[test]
fn an_eight_digit_bcd_in_10_wh_keeps_its_digits() {
    let record = record("0C0478563412");
    assert_eq!(record.value.to_string(), "123456.78");
    assert_eq!((record.quantity, record.unit), (Quantity::Energy, Unit::KilowattHour));
}

#[test]
fn values_come_in_the_base_unit_of_their_quantity() {
    for (bytes, shown) in [
        ("040401000000", "energy 0.01 kWh"),
        ("04FB0101000000", "energy 1000 kWh"),
        ("040E01000000", "energy 1 MJ"),
        ("04FB0901000000", "energy 1000 MJ"),
        ("04FB0F01000000", "energy 100 Mcal"),
        ("044301000000", "volume_flow 0.0060 m³/h"),
        ("044A01000000", "volume_flow 0.0003600 m³/h"),
        ("042B01000000", "power 0.001 kW"),
        ("04FB2901000000", "power 1000 kW"),
        ("043601000000", "power 1 MJ/h"),
        ("04FB1801000000", "mass 100000 kg"),
        ("041B01000000", "mass 1 kg"),
        ("042201000000", "on_time 1 h"),
        ("01FDFD0205", "remaining_battery_life 5 month"),
        ("01FD6F05", "battery_operating_time 5 year"),
        ("02FB1A2C01", "relative_humidity 30.0 %"),
        ("0269D204", "pressure 12.34 bar"),
    ] {
        assert_eq!(record(bytes).to_string(), shown, "{bytes}");
    }
}

#[test]
fn vifes_change_what_data_means() {
    for (bytes, shown) in [
        ("04937D01000000", "volume 1 m³ (scaled_1e3)"),
        ("04937001000000", "volume 0.000000001 m³ (scaled_1e-6)"),
        ("02933A0100", "volume 0.001 m³ (uncorrected_unit)"),
        ("0293220100", "volume 0.001 m³ (per_hour)"),
        ("0293399421", "volume 2020-01-20 (start_of)"),
        ("0293FC139421", "volume 2020-01-20 (end_of)"),
        ("02BB480100", "volume_flow 0.001 m³/h (upper_limit)"),
        ("02BB490100", "volume_flow 1 (upper_limit_exceed_count)"),
        ("02BB4F9421", "volume_flow 2020-01-20 (end_of_last_upper_limit_exceed)"),
        ("02BB5A0100", "volume_flow 1 h (duration_of_first_upper_limit_exceed)"),
        ("0293650100", "volume 1 min (duration_of_last)"),
        ("02936B9421", "volume 2020-01-20 (end_of_first)"),
        ("02BB6C0100", "volume_flow 0.001 m³/h (during_upper_limit_exceed)"),
        ("02DA3D1E01", "supply_temperature 28.6 °F (non_metric_unit)"),
        ("02933D1E01", "volume 0.286 non-metric (non_metric_unit)"),
        ("02FDC8FC030909", "voltage 231.3 V (phase_l3)"),
        ("0293FF05FFFF", "volume -0.001 m³ (manufacturer_05)"),
    ] {
        assert_eq!(record(bytes).to_string(), shown, "{bytes}");
    }
}

#[test]
fn a_qualified_value_is_not_the_plain_value() {
    assert!(record("0C1427048502").is_plain());
    assert!(record("04863B39300000").is_plain(), "heating energy");
    assert!(!record("04863C39300000").is_plain(), "cooling energy");
    assert!(!record("1C1427048502").is_plain(), "a maximum");
    assert!(!record("02BB400100").is_plain(), "a limit");
}

#[test]
fn a_vife_that_hands_the_data_to_the_manufacturer_leaves_no_plain_value() {
    let bare = record("04937F39300000");
    assert_eq!(bare.qualifiers, [Qualifier::Manufacturer(0x7F)]);
    assert!(!bare.is_plain());
    let own = record("047F39300000");
    assert_eq!((own.quantity, own.qualifiers.is_empty()), (Quantity::ManufacturerSpecific, true));
}

#[test]
fn an_error_record_has_no_value() {
    for (code, error) in [
        ("15", RecordError::NoDataAvailable),
        ("18", RecordError::DataError),
        ("02", RecordError::StorageNotImplemented),
    ] {
        let record = record(&format!("0493{code}39300000"));
        assert_eq!(record.value, Value::NotAvailable);
        assert_eq!(record.qualifiers, [Qualifier::Error(error)]);
    }
    assert_eq!(record("04930039300000").value, number("12.345"), "code 00 is no error");
}

#[test]
fn unknown_codes_keep_the_number_and_warn() {
    let unknown_vif = record("016F05");
    assert_eq!((unknown_vif.quantity, &unknown_vif.value), (Quantity::Unknown, &number("5")));
    assert_eq!(unknown_vif.warnings, [RecordWarning::UnknownVif]);
    let unknown_vife = record("01931005");
    assert_eq!(unknown_vife.value, number("0.005"));
    assert_eq!(unknown_vife.warnings, [RecordWarning::UnknownVife(0x10)]);
    assert_eq!(
        record("01EF0105").raw[..],
        hex("01EF0105")[..],
        "the third extension table has a code of its own"
    );
}

#[test]
fn what_cannot_be_parsed_is_kept_raw_behind_what_can() {
    for (bytes, rest, warning) in [
        ("0C1427048502 041308", "041308", RecordWarning::Truncated),
        ("0C1427048502 84", "84", RecordWarning::Truncated),
        ("0C1427048502 0493", "0493", RecordWarning::Truncated),
        ("0C1427048502 0D1305AB", "0D1305AB", RecordWarning::Truncated),
        ("0C1427048502 3F0102", "3F0102", RecordWarning::ReservedDif(0x3F)),
        ("0C1427048502 0D13F801", "0D13F801", RecordWarning::ReservedLvar(0xF8)),
        ("0C1427048502 84808080808080808080800013", "84808080808080808080800013", RecordWarning::TooManyDife),
        ("0C1427048502 04938080808080808080808000", "04938080808080808080808000", RecordWarning::TooManyVife),
    ] {
        let found = records(&hex(&bytes.replace(' ', "")));
        assert_eq!(found.len(), 2, "{bytes}");
        assert_eq!(found[0].value, number("28504.27"), "{bytes}");
        assert_eq!((&found[1].raw[..], &found[1].warnings[..]), (&hex(rest)[..], &[warning][..]), "{bytes}");
        assert_eq!((found[1].quantity, &found[1].value), (Quantity::Unknown, &Value::Raw), "{bytes}");
    }
}

#[test]
fn binary_data_behind_a_text_length_is_not_shown_as_text() {
    assert_eq!(record("0DFD11020141").value, Value::Raw);
    assert_eq!(record("0DFD110400004241").value, Value::Text("AB".to_owned()), "padding is no text");
    assert_eq!(record("0DFD3B03414243").value, Value::Raw, "a container is no text");
}

#[test]
fn long_binary_data_is_a_number_as_far_as_it_fits() {
    assert_eq!(record("0D78E50102030405").value, number("21542142465"));
    assert_eq!(record(&format!("0D78F1{}", "01".repeat(20))).value, Value::Raw);
    assert_eq!(record("0D13C0").value, Value::NotAvailable);
}

#[test]
fn a_plain_text_unit_comes_before_or_behind_the_vifes() {
    for bytes in ["02FC03485225742215", "02FC74034852252215"] {
        let record = record(bytes);
        assert_eq!(record.to_string(), "plain_text 54.10 %RH (scaled_1e-2)");
    }
}

#[test]
fn functions_and_manufacturer_data_are_told() {
    assert_eq!(record("3C22AABBCCDD").function, Function::DuringError);
    let more = record("1F0102");
    assert_eq!(
        (more.qualifiers.as_slice(), more.data()),
        (&[Qualifier::MoreRecordsFollow][..], &hex("0102")[..])
    );
}
