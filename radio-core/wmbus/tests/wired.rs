//! The wired M-Bus: every frame of its link layer, the data of old meters, readouts, recordings of a bus.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{assert_explanation_tiles, check_topic, hex, json_lines, shared};
use proptest::prelude::*;
use wmbus::tpl::Ci;
use wmbus::wired::{PrimaryAddress, Readout, ReadoutError, WiredControl, WiredFrame, wired_frames};
use wmbus::{
    Content, DecodeError, Explanation, Frame, FrameError, FrameFormat, KeyRing, Quantity, Telegram, Value,
    Warning,
};

/// Builds what a meter at address 1 sends.
fn from_meter(ci: u8, data: &str) -> Vec<u8> {
    let (control, address, data) = (WiredControl(0x08), PrimaryAddress(1), hex(data));
    WiredFrame::Long { control, address, ci: Ci(ci), data }.emit().unwrap()
}

fn decode(bytes: &[u8]) -> Result<Telegram, DecodeError> {
    let (frame, format) = Frame::detect(bytes)?;
    assert_eq!(format, FrameFormat::Wired);
    Telegram::decode(&frame, &KeyRing::default())
}

#[test]
fn the_published_frames_are_read_and_written_byte_for_byte() {
    let same = |bytes: &[u8]| {
        let frame = WiredFrame::parse(bytes).unwrap();
        assert_eq!(frame.emit().as_deref(), Some(bytes));
        frame
    };
    check_topic("wired_short_frame", 5, |vector| {
        let frame = same(&vector.expected_bytes("frame"));
        assert_eq!(frame.kind(), "short");
        assert!(frame.control().unwrap().is_from_master(), "{}", vector.line);
    });
    for topic in ["wired_select", "wired_set_primary_address"] {
        check_topic(topic, if topic == "wired_select" { 2 } else { 1 }, |vector| {
            assert_eq!(same(&vector.expected_bytes("frame")).kind(), "long", "{}", vector.line);
        });
    }
    check_topic("wired_set_baud", 1, |vector| {
        let frame = same(&vector.expected_bytes("frame"));
        assert_eq!(frame.to_string(), "SND-UD, FCB 0 to address 1: set baud rate");
    });
    check_topic("wired_long_frame", 1, |vector| {
        let frame = same(&vector.bytes("frame"));
        assert_eq!(frame.address(), Some(PrimaryAddress::SELECTED));
        assert!(frame.is_from_meter());
    });
}

#[test]
fn what_the_bits_of_the_c_field_say_is_said() {
    for (control, text) in [
        (0x40, "SND-NKE"),
        (0x5B, "REQ-UD2, FCB 0"),
        (0x7B, "REQ-UD2, FCB 1"),
        (0x73, "SND-UD, FCB 1"),
        (0x08, "RSP-UD"),
        (0x28, "RSP-UD, alarm data to fetch"),
        (0x18, "RSP-UD, takes no more data"),
    ] {
        assert_eq!(WiredControl(control).to_string(), text);
    }
}

#[test]
fn a_damaged_frame_is_refused_with_the_place_of_the_fault() {
    let frame = from_meter(0x72, "78563412931533032A000000 0C1427048502".replace(' ', "").as_str());
    let with = |at: usize, byte: u8| {
        let mut bytes = frame.clone();
        bytes[at] = byte;
        WiredFrame::parse(&bytes).unwrap_err()
    };
    let end = frame.len();
    assert_eq!(with(0, 0x69), FrameError::WiredStart { offset: 0 });
    assert_eq!(with(2, 0x14), FrameError::WiredLength { first: 0x15, second: 0x14 });
    assert_eq!(with(3, 0x69), FrameError::WiredStart { offset: 3 });
    assert_eq!(with(9, 0xFF), FrameError::WiredChecksum { offset: end - 2 });
    assert_eq!(with(end - 2, 0x00), FrameError::WiredChecksum { offset: end - 2 });
    assert_eq!(with(end - 1, 0x17), FrameError::WiredStop { offset: end - 1 });
    let parse = WiredFrame::parse;
    assert_eq!(parse(&frame[..end - 1]), Err(FrameError::Truncated { expected: end, found: end - 1 }));
    assert_eq!(parse(&hex("680202680801")), Err(FrameError::WiredLength { first: 2, second: 2 }));
    assert_eq!(parse(&hex("105BFE5816")), Err(FrameError::WiredChecksum { offset: 3 }));
    assert_eq!(parse(&hex("105BFE5917")), Err(FrameError::WiredStop { offset: 4 }));
    assert_eq!(parse(&hex("105BFE")), Err(FrameError::Truncated { expected: 5, found: 3 }));
    assert_eq!(parse(&hex("E5E5")), Err(FrameError::TrailingBytes { expected: 1, found: 2 }));
    assert_eq!(parse(&[]), Err(FrameError::TooShort { needed: 1, found: 0 }));
    // Detection does not take a damaged wired frame for a radio frame.
    let mut second_length = frame.clone();
    second_length[2] ^= 1;
    assert_eq!(Frame::detect(&second_length).unwrap_err().reason(), "wired_length");
    let mut start = frame.clone();
    start[3] = 0x69;
    assert_eq!(Frame::detect(&start).unwrap_err(), FrameError::WiredStart { offset: 3 });
    let mut both_lengths = frame;
    (both_lengths[1], both_lengths[2]) = (0x1F, 0x1E);
    assert_eq!(Frame::detect(&both_lengths).unwrap_err().reason(), "wired_length");
}

#[test]
fn the_longest_frame_holds_252_bytes_of_data() {
    let long = |count| WiredFrame::Long {
        control: WiredControl(0x08),
        address: PrimaryAddress(1),
        ci: Ci(0x72),
        data: vec![0x2F; count],
    };
    let longest = long(WiredFrame::MOST_DATA);
    assert_eq!(WiredFrame::parse(&longest.emit().unwrap()), Ok(longest));
    assert_eq!(long(WiredFrame::MOST_DATA + 1).emit(), None);
}

#[test]
fn the_fixed_data_structure_gives_two_counters() {
    // The documentation's example: 1 l now, 135 l at the last fixed date, a water meter.
    let bytes = from_meter(0x73, "78563412 0A 00 E97E 01000000 35010000".replace(' ', "").as_str());
    let telegram = decode(&bytes).unwrap();
    assert_eq!(telegram.meter().to_string(), "@@@-12345678-00-07");
    assert_eq!(telegram.access_number(), Some(10));
    assert_eq!(telegram.status().unwrap().0, 0);
    let shown: Vec<String> = telegram.content().records().iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["volume 0.001 m³", "volume 0.135 m³ (storage 1)"]);
    let offsets: Vec<usize> = telegram.content().records().iter().map(|record| record.offset).collect();
    assert_eq!(offsets, [15, 19]);
    assert_explanation_tiles(&telegram, bytes.len(), "fixed data structure");
}

#[test]
fn counters_of_the_fixed_data_structure_are_bcd_or_binary_of_now_or_of_a_fixed_date() {
    let records = |data: &str| {
        let telegram = decode(&from_meter(0x73, &data.replace(' ', ""))).unwrap();
        (telegram.status().unwrap().0, telegram.content().records().to_vec())
    };
    // Heat: 12,345 kWh and, in tens of litres, -2; binary, stored at a fixed date, power low.
    let (status, heat) = records("01000000 01 07 056A 39300000 FEFFFFFF");
    assert_eq!(status, 0x04);
    assert_eq!(heat[0].to_string(), "energy 12345 kWh (storage 1)");
    assert_eq!(heat[1].to_string(), "volume -0.02 m³ (storage 1)");
    // A digit above 9, a unit that says no number, and the most negative binary number.
    let (_, odd) = records("01000000 01 00 0540 3A000000 12345678");
    assert_eq!(odd[0].value, Value::Invalid(hex("3A000000")));
    assert_eq!((odd[1].quantity, &odd[1].value), (Quantity::Unknown, &Value::Raw));
    let (_, lowest) = records("01000000 01 01 0505 00000080 01000000");
    assert_eq!(lowest[0].value, Value::NotAvailable);
}

#[test]
fn every_medium_and_unit_of_the_fixed_data_structure_has_its_meaning() {
    let counter = |medium: u8, unit: u8| {
        let (first, second) = (medium << 6 | unit, medium >> 2 << 6 | 0x3F);
        let data = format!("78563412 0A 00 {first:02X}{second:02X} 01000000 00000000").replace(' ', "");
        let telegram = decode(&from_meter(0x73, &data)).unwrap();
        (telegram.meter().device_type_name(), telegram.content().records()[0].to_string())
    };
    for (medium, name) in
        [(0x2, "electricity"), (0x4, "heat"), (0x7, "water"), (0x8, "heat_cost_allocator"), (0xB, "heat")]
    {
        assert_eq!(counter(medium, 0x02).0, name, "{medium:X}");
    }
    // The codes that Chinese heat meters share, and the ends of each row of tens.
    for (unit, text) in [
        (0x02, "energy 0.001 kWh"),
        (0x05, "energy 1 kWh"),
        (0x08, "energy 1000 kWh"),
        (0x0A, "energy 100000 kWh"),
        (0x0B, "energy 0.001 MJ"),
        (0x0E, "energy 1 MJ"),
        (0x11, "energy 1000 MJ"),
        (0x13, "energy 100000 MJ"),
        (0x14, "power 0.001 kW"),
        (0x17, "power 1 kW"),
        (0x1A, "power 1000 kW"),
        (0x1D, "power 0.001 MJ/h"),
        (0x25, "power 100000 MJ/h"),
        (0x26, "volume 0.000001 m³"),
        (0x29, "volume 0.001 m³"),
        (0x2C, "volume 1 m³"),
        (0x2E, "volume 100 m³"),
        (0x2F, "volume_flow 0.000001 m³/h"),
        (0x32, "volume_flow 0.001 m³/h"),
        (0x35, "volume_flow 1 m³/h"),
        (0x37, "volume_flow 100 m³/h"),
        (0x38, "unknown 0.001 °C"),
        (0x39, "hca_units 1 HCA"),
        (0x3F, "dimensionless 1"),
        (0x3A, "unknown 01000000"),
    ] {
        assert_eq!(counter(7, unit).1, text, "{unit:02X}");
    }
}

#[test]
fn the_same_ci_field_with_another_length_is_a_compact_frame() {
    let bytes = from_meter(0x73, "78563412931533032A000000 EDA8 6AB6 7100".replace(' ', "").as_str());
    assert!(matches!(decode(&bytes).unwrap().content(), Content::Compact { .. }));
}

#[test]
fn a_meter_that_answers_with_an_error_is_told_as_such() {
    for (bytes, text) in [
        (from_meter(0x70, ""), "unspecified error"),
        (from_meter(0x70, "01"), "unimplemented CI field"),
        (from_meter(0x70, "03"), "too many records"),
    ] {
        let error = decode(&bytes).unwrap_err();
        assert_eq!(error.reason(), "error_answer");
        assert_eq!(
            error.to_string(),
            format!("the meter at address 1 answers with an error instead of data: {text}")
        );
    }
}

#[test]
fn a_command_of_the_master_is_no_telegram_whatever_records_it_holds() {
    for (bytes, text) in [
        ("68060668 53FE51 017A08 2516", "address 254 (every meter, each answers): command to the meter"),
        ("680B0B68 53FD52 78563412FFFFFFFF B216", "selection of a meter by address"),
    ] {
        let error = decode(&hex(&bytes.replace(' ', ""))).unwrap_err();
        assert_eq!(error.reason(), "command");
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[test]
fn records_that_end_in_damaged_ones_are_a_warning_of_the_telegram() {
    let whole = decode(&from_meter(0x72, "78563412931533032A0000000C1427048502")).unwrap();
    assert_eq!(whole.warnings(), []);
    let cut = decode(&from_meter(0x72, "78563412931533032A0000000C14270485020C13")).unwrap();
    assert_eq!(cut.warnings(), [Warning::RecordsDamaged { offset: 25 }]);
    assert_eq!(cut.content().records()[0].to_string(), "volume 28504.27 m³");
}

/// Builds one telegram of a readout.
fn part(number: &str, access_number: u8, records: &str) -> Telegram {
    decode(&from_meter(0x72, &format!("{number}93153303{access_number:02X}000000{records}"))).unwrap()
}

#[test]
fn a_readout_goes_on_until_no_more_records_follow() {
    let mut readout = Readout::new(part("78563412", 1, "0C14270485021F"));
    assert!(!readout.is_complete());
    // The master asked again without toggling its bit: the meter repeats.
    readout.add(part("78563412", 1, "0C14270485021F")).unwrap();
    let (error, _) = readout.add(part("78563413", 2, "02FD170000")).unwrap_err();
    assert_eq!(error, ReadoutError::AnotherMeter);
    readout.add(part("78563412", 2, "02FD1700000F0102")).unwrap();
    assert!(readout.is_complete());
    let quantities: Vec<Quantity> = readout.records().map(|record| record.quantity).collect();
    assert_eq!(
        quantities,
        [Quantity::Volume, Quantity::ManufacturerData, Quantity::ErrorFlags, Quantity::ManufacturerData]
    );
    let (error, telegram) = readout.add(part("78563412", 3, "0C1428048502")).unwrap_err();
    assert_eq!(error, ReadoutError::Complete);
    assert_eq!(telegram.access_number(), Some(3));
}

#[test]
fn a_meter_that_never_ends_its_readout_is_bounded() {
    let telegram = |number: usize| {
        part("78563412", u8::try_from(number % 256).unwrap(), &format!("04{:02X}000000001F", 0x13))
    };
    let mut readout = Readout::new(telegram(0));
    let refused = (1..1_000).find_map(|number| readout.add(telegram(number)).err());
    assert_eq!(refused.unwrap().0, ReadoutError::TooMany(Readout::MOST_TELEGRAMS));
    assert_eq!(readout.telegrams().count(), Readout::MOST_TELEGRAMS);
}

#[test]
fn a_recording_of_a_bus_gives_its_frames_and_the_damaged_bytes_between() {
    let data = from_meter(0x72, "78563412931533032A0000000C1427048502");
    let mut damaged = data.clone();
    damaged[20] ^= 0xFF;
    let recording =
        [hex("1040FD3D16E5"), data.clone(), hex("00E5FF"), hex("107B017C16"), damaged, data].concat();
    let found: Vec<_> = wired_frames(&recording).collect();
    let kinds: Vec<_> = found
        .iter()
        .map(|found| found.frame.as_ref().map_or_else(|error| error.reason(), WiredFrame::kind))
        .collect();
    assert_eq!(kinds, ["short", "acknowledge", "long", "wired_start", "short", "wired_checksum", "long"]);
    let whole: Vec<u8> = found.iter().flat_map(|found| recording[found.range.clone()].to_vec()).collect();
    assert_eq!(whole, recording);
}

#[test]
fn what_a_master_sends_is_explained_byte_by_byte() {
    for (bytes, words) in [
        ("E5", "acknowledgement"),
        ("107BFD7816", "primary address 253 (the selected meter)"),
        ("680B0B6853FD52FFFFFF1FFFFFFFFFBA16", "identification number 1FFFFFFF, F stands for any digit"),
        ("68060668530151017A052516", "bus_address 5"),
        ("680303685301BD1116", "set baud rate"),
        ("6803036853FE50A116", "application reset or select"),
    ] {
        let explanation = WiredFrame::parse(&hex(bytes)).unwrap().explain();
        assert_eq!(explanation.bytes(), hex(bytes));
        assert!(explanation.to_string().contains(words), "{explanation}");
        let covered: usize =
            explanation.entries().iter().filter(|entry| entry.is_leaf).map(|entry| entry.range.len()).sum();
        assert_eq!(covered, hex(bytes).len(), "{explanation}");
    }
}

#[test]
fn a_recording_is_explained_frame_by_frame_with_what_is_damaged_between() {
    let data = from_meter(0x72, "78563412931533032A0000000C1427048502");
    let recording = [hex("107B017C16"), data, hex("00"), hex("1040FD3D16E5")].concat();
    let explanation = Explanation::of_bytes(&recording, &KeyRing::default());
    assert_eq!(explanation.bytes(), recording);
    let leaves: Vec<_> = explanation.entries().iter().filter(|entry| entry.is_leaf).collect();
    let ends: Vec<usize> = leaves.iter().map(|entry| entry.range.end).collect();
    let starts: Vec<usize> = leaves.iter().map(|entry| entry.range.start).collect();
    assert_eq!(starts[1..], ends[..ends.len() - 1]);
    let text = explanation.to_string();
    for words in ["REQ-UD2, FCB 1", "28504.27 m³", "not the start byte", "acknowledgement"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn every_wired_frame_of_the_corpus_decodes_or_says_what_is_wrong() {
    let Some(text) = shared("corpus/dev.jsonl") else { return };
    let (mut opened, mut refused) = (0, 0);
    for (line, case) in json_lines(&text) {
        let bytes = hex(case["hex"].as_str().unwrap());
        if case["source"].as_str().is_none_or(|source| !source.starts_with("libmbus")) {
            continue;
        }
        match decode(&bytes) {
            Ok(telegram) => {
                assert!(!telegram.content().records().is_empty(), "{line}");
                assert_explanation_tiles(&telegram, bytes.len(), &line);
                let is_clean = telegram.warnings().is_empty();
                // This one is a whole frame; libmbus did not support it.
                let is_whole = case["device"] == "svm_f22_telegram2";
                assert!(case["malformed"] != true || is_whole || !is_clean, "{line}");
                opened += 1;
            }
            Err(_) => {
                assert_eq!(case["malformed"], true, "{line}");
                refused += 1;
            }
        }
    }
    assert_eq!((opened, refused), (32, 6));
}

proptest! {
    #[test]
    fn any_bytes_are_covered_once_by_what_is_found(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        walkby_properties::wired(&bytes);
    }

    #[test]
    fn any_data_behind_a_good_checksum_is_survived(
        control in any::<u8>(), ci in any::<u8>(), data in prop::collection::vec(any::<u8>(), 0..=252)
    ) {
        let frame = WiredFrame::Long {
            control: WiredControl(control), address: PrimaryAddress(1), ci: Ci(ci), data,
        };
        let bytes = frame.emit().unwrap();
        let frame = Frame::parse(&bytes, FrameFormat::Wired).unwrap();
        if let Ok(telegram) = Telegram::decode(&frame, &KeyRing::default()) {
            assert_explanation_tiles(&telegram, bytes.len(), "any data");
        }
    }

    #[test]
    fn a_flipped_bit_never_passes_the_checksum(place in 0usize..24, bit in 0u8..8) {
        let mut bytes = from_meter(0x72, "78563412931533032A0000000C1427048502");
        prop_assume!(place < bytes.len());
        bytes[place] ^= 1 << bit;
        prop_assert!(WiredFrame::parse(&bytes).is_err());
    }
}
