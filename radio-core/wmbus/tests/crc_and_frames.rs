//! Bytes on the air become frames: CRCs, formats A and B, wired frames, detection.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{check_topic, hex, to_format_a};
use wmbus::{Addresses, AesKey, Content, Frame, FrameError, FrameFormat, Telegram, Warning, crc::crc16};

/// EN 13757-4 annex, T1: CEN 12345678, volume.
const FORMAT_A: &str = "0F44AE0C7856341201074447780B134365871E6D";
/// The same without CRCs.
const WITHOUT_CRC: &str = "0F44AE0C785634120107780B13436587";
/// EN 13757-4 annex, C1: the same meter with an extended link layer.
const FORMAT_B: &str = "1444AE0C7856341201078C2027780B134365877AC5";
/// OMS Vol. 2 Annex N.2.2: a wired gas meter.
const WIRED: &str = "6820206808FD7278563412931533032A0000000C1427048502046D32371F1502FD1700008916";

#[test]
fn crc16_gives_the_published_values() {
    check_topic("crc16_en13757", 7, |vector| {
        let crc = crc16(&vector.bytes("bytes"));
        assert_eq!(format!("{crc:04X}"), vector.expected("crc_be"), "{}", vector.line);
    });
}

#[test]
fn format_a_is_stripped_to_the_published_bytes() {
    check_topic("dll_format_a_add_strip", 3, |vector| {
        let without = vector.bytes("frame_without_crc");
        let with = vector.expected_bytes("frame_with_crc");
        assert_eq!(with.len() as i128, vector.expected_number("total_len"), "{}", vector.line);
        assert_eq!(Frame::parse(&with, FrameFormat::A).unwrap().bytes(), without, "{}", vector.line);
        assert_eq!(Frame::detect(&with).unwrap().1, FrameFormat::A, "{}", vector.line);
        assert_eq!(to_format_a(&without), with, "{}", vector.line);
    });
}

#[test]
fn format_a_has_as_many_bytes_as_its_l_field_demands() {
    check_topic("dll_format_a_total_length", 10, |vector| {
        let length = vector.input_json("L").as_u64().unwrap();
        let expected = vector.expected_number("bytes_on_air_incl_L") as usize;
        let mut frame = vec![0x44; length as usize + 1];
        frame[0] = length as u8;
        let with = to_format_a(&frame);
        assert_eq!(with.len(), expected, "{}", vector.line);
        assert_eq!(Frame::parse(&with, FrameFormat::A).unwrap().bytes(), frame, "{}", vector.line);
        let cut_off = FrameError::Truncated { expected, found: expected - 1 };
        let shorter = &with[..expected - 1];
        if shorter.len() >= 10 {
            assert_eq!(Frame::parse(shorter, FrameFormat::A), Err(cut_off), "{}", vector.line);
        }
    });
}

#[test]
fn format_b_is_stripped_and_its_l_field_rewritten() {
    check_topic("dll_format_b_strip", 2, |vector| {
        let (frame, format) = Frame::detect(&vector.bytes("frame")).unwrap();
        assert_eq!(format, FrameFormat::B, "{}", vector.line);
        // The vector strips the CRCs and tells the new L field beside it.
        assert_eq!(frame.bytes()[1..], vector.expected_bytes("stripped_without_crc")[1..], "{}", vector.line);
        assert_eq!(i128::from(frame.bytes()[0]), vector.expected_number("new_L"), "{}", vector.line);
    });
}

#[test]
fn a_wired_long_frame_is_recognised_and_decoded() {
    check_topic("wired_long_frame", 1, |vector| {
        let (frame, format) = Frame::detect(&vector.bytes("frame")).unwrap();
        assert_eq!(format, FrameFormat::Wired, "{}", vector.line);
        let meter = Addresses::read(&frame).unwrap().meter;
        assert_eq!(meter.identification_number.to_string(), vector.expected("id"), "{}", vector.line);
        assert_eq!(meter.manufacturer.to_string(), vector.expected("manufacturer"), "{}", vector.line);
        assert_eq!(format!("{:02X}", meter.version), vector.expected("version"), "{}", vector.line);
        assert_eq!(format!("{:02X}", meter.device_type), vector.expected("type"), "{}", vector.line);
        let telegram = Telegram::decode(&frame, &AesKey::new([0; 16])).unwrap();
        let records: Vec<u8> =
            telegram.content().records().iter().flat_map(|record| record.raw.to_vec()).collect();
        assert_eq!(records, vector.expected_bytes("records"), "{}", vector.line);
        assert_eq!(telegram.control(), 0x08);
    });
}

#[test]
fn the_annex_examples_are_detected_as_what_they_are() {
    for (on_air, format, stripped) in [
        (FORMAT_A, FrameFormat::A, WITHOUT_CRC),
        (FORMAT_B, FrameFormat::B, "1244AE0C7856341201078C2027780B13436587"),
        (WITHOUT_CRC, FrameFormat::WithoutCrc, WITHOUT_CRC),
        (WIRED, FrameFormat::Wired, WIRED),
    ] {
        let (frame, found) = Frame::detect(&hex(on_air)).unwrap();
        assert_eq!((found, frame.bytes()), (format, hex(stripped).as_slice()));
        assert_eq!(Frame::parse(&hex(on_air), format), Ok(frame));
    }
}

#[test]
fn every_flipped_bit_of_a_checked_frame_is_noticed() {
    for (on_air, format) in
        [(FORMAT_A, FrameFormat::A), (FORMAT_B, FrameFormat::B), (WIRED, FrameFormat::Wired)]
    {
        let on_air = hex(on_air);
        for bit in 0..on_air.len() * 8 {
            let mut damaged = on_air.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(Frame::parse(&damaged, format).is_err(), "bit {bit} of {format:?}");
        }
    }
}

#[test]
fn errors_say_where_the_fault_is() {
    let mut second_block = hex(FORMAT_A);
    second_block[13] ^= 1;
    assert_eq!(Frame::detect(&second_block), Err(FrameError::BlockCrc { block: 2, offset: 18 }));
    assert_eq!(Frame::detect(&[]), Err(FrameError::TooShort { needed: 10, found: 0 }));
    assert_eq!(
        Frame::parse(&hex(&FORMAT_B[..38]), FrameFormat::B),
        Err(FrameError::Truncated { expected: 21, found: 19 })
    );
    let mut short_l = hex(WITHOUT_CRC);
    short_l[0] = 8;
    assert_eq!(Frame::detect(&short_l), Err(FrameError::LengthField { length: 8 }));
    let mut checksum = hex(WIRED);
    checksum[20] ^= 1;
    assert_eq!(Frame::detect(&checksum), Err(FrameError::WiredChecksum { offset: 36 }));
    assert_eq!(Frame::detect(&checksum).unwrap_err().offset(), 36);
    assert_eq!(Frame::detect(&checksum).unwrap_err().reason(), "wired_checksum");
    let cut_off = FrameError::Truncated { expected: 38, found: 20 };
    assert_eq!(Frame::detect(&hex(&WIRED[..40])), Err(cut_off));
}

#[test]
fn what_a_receiver_appends_is_left_out_and_told() {
    for on_air in [FORMAT_A, FORMAT_B, WITHOUT_CRC] {
        let (clean, _) = Frame::detect(&hex(on_air)).unwrap();
        let (frame, _) = Frame::detect(&hex(&format!("{on_air}8032"))).unwrap();
        assert_eq!(frame.bytes(), clean.bytes());
        let telegram = Telegram::decode(&frame, &AesKey::new([0; 16])).unwrap();
        assert_eq!(telegram.warnings(), [Warning::TrailingBytes { count: 2 }]);
        let too_many = Frame::detect(&hex(&format!("{on_air}0102030405")));
        assert!(matches!(too_many, Err(FrameError::TrailingBytes { .. })), "{too_many:?}");
    }
}

#[test]
fn a_frame_of_the_link_layer_alone_is_empty() {
    let frame = Frame::parse(&hex("0947AE0C785634120107"), FrameFormat::WithoutCrc).unwrap();
    let telegram = Telegram::decode(&frame, &AesKey::new([0; 16])).unwrap();
    assert_eq!(telegram.content(), &Content::Empty);
    assert_eq!(telegram.meter().to_string(), "CEN-12345678-01-07");
}
