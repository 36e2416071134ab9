//! Any bytes: no panic, and nothing unexplained.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{frame_around, hex};
use proptest::collection::vec;
use proptest::prelude::*;
use walkby_properties::{frame as exercise, telegram};
use wmbus::apl::{compact, parse_records};
use wmbus::{Decimal, FormatStore, Manufacturer, MeterAddress};

/// Telegrams that are valid up to where they are cut or damaged.
const VALID: [&str; 11] = [
    "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3",
    "434493157856341233038C2075900F002C25B30A000021924D4F2FB66E017A75002007109058475F4BC91DF878B80A1B0F98B629024AAC727942BFC549233C0140829B93",
    "2D4493444433221155377288776655934455080004100500DFE2A782146D1513581CD2F83F39040CFD1078563412",
    "2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24",
    "6820206808FD7278563412931533032A0000000C1427048502046D32371F1502FD1700008916",
    "1444AE0C78563412010779313B42A6D2042E163423",
    "2144AE0C7856341201077884046D002041118B04150030128D04951F056901030211",
    // Of the encoder: modes 10 and 2, a first fragment; real data scrambled with a key of its own.
    "274493157856341233037A0700FF2A100105000000ADFAB5DDFB8AE0C22B4238D676E0A2D854768F",
    "1E4493157856341233037A0700100271C97D03BFF78F205CE5CAB514319AE7",
    "194493157856341233039004015010007A070000000413081900",
    "1A4424232004785634127A37004017C1B6BCA84F60138925040F26",
];

#[test]
fn a_valid_telegram_may_end_anywhere() {
    for valid in VALID {
        let whole = hex(valid);
        for length in 0..=whole.len() {
            exercise(&whole[..length]);
            let mut shortened = whole[..length].to_vec();
            if let Some(field) = shortened.first_mut() {
                *field = u8::try_from(length - 1).unwrap();
            }
            exercise(&shortened);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_do_not_panic(bytes in vec(any::<u8>(), 0..300)) {
        exercise(&bytes);
    }

    #[test]
    fn any_layers_do_not_panic(payload in vec(any::<u8>(), 0..240)) {
        exercise(&frame_around(&payload));
    }

    #[test]
    fn any_layers_behind_a_known_beginning_do_not_panic(
        beginning in prop::sample::select(vec![
            "78", "7A000000000005", "7A00000510", "7A0000200710", "7A000000FF2A1001", "7A00001002", "90020140", "72785634129315330300000000", "8C2000", "8D200000000000",
            "8D20000000000020", "8E200078563412931533037A", "8F2000", "90", "9002000090", "900F002C25", "811D78",
            "8C2000900F002C25B30A0000", "79", "69", "6E00000000", "70F0", "A0", "8A00000000", "86",
        ]),
        payload in vec(any::<u8>(), 0..120),
    ) {
        exercise(&frame_around(&[hex(beginning), payload].concat()));
    }

    #[test]
    fn any_bytes_of_a_makers_own_layout_do_not_panic(
        meter in prop::sample::select(vec![
            "APT-12345678-03-03 A0", "APA-12345678-05-07 7A000000002F2F0F", "APT-12345678-04-11 A0",
            "APA-12345678-04-08 A0", "APT-12345678-04-08 B6", "APA-12345678-14-07 A0",
            "BFW-12345678-02-08 7A000000002F2F", "TCH-12345678-45-04 A1", "TCH-12345678-69-80 A0",
            "GWF-12345678-3C-07 7A000000000F01", "BMP-12345678-85-08 7A000000000F11",
            "BMT-12345678-17-07 7A00000000046D27287E230F97", "TCH-12345678-74-62 A2",
            "TCH-12345678-50-72 A2", "HYD-12345678-85-07 A2", "SAP-12345678-D4-01 A2",
            "QDS-12345678-18-06 780DFF5F350082DA0000600107C113", "BMT-12345678-05-07 7A00000610",
            "TCH-12345678-76-F0 A0", "TCH-12345678-27-04 A2", "ZRI-12345678-0B-16 7A000000002F2F0F",
        ]),
        payload in vec(any::<u8>(), 0..120),
    ) {
        let (address, start) = meter.split_once(' ').unwrap();
        let address: MeterAddress = address.parse().unwrap();
        let start = hex(start);
        telegram(&[&[0, 0x44][..], &address.to_link_bytes(), &start, &payload].concat());
    }

    #[test]
    fn any_codes_of_a_maker_and_any_profile_do_not_panic(
        maker in prop::sample::select(vec!["KAM", "KAW", "SEC", "ABB", "IME", "AXI", "EBZ", "EIE", "ELT", "XYZ"]),
        start in prop::sample::select(vec![
            "7804FF", "7882B010FF", "7804EDFF", "788483FF", "7801FD74", "780DFF", "79EDA8", "79DD34", "7934DD",
            "7882046C412182048B041500301284049F0D8D0495", "7884046D002041118B04150030128D04951F0569",
            "788104FD280182046C1E3B8404137A830000C40413", "7882046CFFFF8D04931F05",
        ]),
        payload in vec(any::<u8>(), 0..120),
    ) {
        let address: MeterAddress = format!("{maker}-12345678-15-02").parse().unwrap();
        telegram(&[&[0, 0x44][..], &address.to_link_bytes(), &hex(start), &payload].concat());
    }

    #[test]
    fn learned_formats_come_back_from_their_text(
        formats in vec((any::<u16>(), vec(any::<u8>(), 0..30)), 0..20),
    ) {
        let mut store = FormatStore::new();
        for (manufacturer, headers) in formats {
            store.learn(Manufacturer::from_value(manufacturer), &headers);
        }
        let mut shared = FormatStore::new();
        prop_assert_eq!(shared.add_text(&store.to_text()), Ok(store.len()));
        prop_assert_eq!(shared, store);
    }

    #[test]
    fn any_text_is_formats_or_names_its_line(text in "([A-Z]{3} [0-9A-F]{4} [0-9A-F]{0,12}\n|\\PC{0,20}\n){0,6}") {
        if let Err(error) = FormatStore::new().add_text(&text) {
            prop_assert!((1..=text.lines().count()).contains(&error.line));
        }
    }

    #[test]
    fn a_damaged_telegram_does_not_panic(
        valid in prop::sample::select(VALID.to_vec()),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = hex(valid);
        for (index, byte) in damage {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        exercise(&bytes);
    }

    #[test]
    fn any_records_are_kept_to_the_last_byte(bytes in vec(any::<u8>(), 0..200)) {
        let records = parse_records(&bytes, 0..bytes.len());
        let mut at = 0;
        for record in &records {
            prop_assert!(bytes[at..record.offset].iter().all(|byte| *byte == 0x2F), "only fillers are left out");
            prop_assert_eq!(&bytes[record.offset..record.offset + record.raw.len()], &record.raw[..]);
            at = record.offset + record.raw.len();
        }
        prop_assert!(bytes[at..].iter().all(|byte| *byte == 0x2F));
    }

    #[test]
    fn any_headers_expand_or_say_why_not(headers in vec(any::<u8>(), 0..40), data in vec(any::<u8>(), 0..60)) {
        let signature = compact::format_signature(&headers);
        if let Ok(records) = compact::expand(signature, 0, &data, &headers) {
            prop_assert_eq!(records.len(), headers.len() + data.len());
        }
    }

    #[test]
    fn a_decimal_comes_back_from_its_text(mantissa in -(10i128.pow(37))..10i128.pow(37), exponent in -30i8..=0) {
        let decimal = Decimal::new(mantissa, exponent);
        let parsed: Decimal = decimal.to_string().parse().unwrap();
        prop_assert_eq!(parsed, decimal);
        prop_assert_eq!(parsed.to_string(), decimal.to_string());
    }

    #[test]
    fn sums_of_decimals_undo_one_another(a in any::<i64>(), b in any::<i64>(), e in -9i8..9, f in -9i8..9) {
        let (a, b) = (Decimal::new(a.into(), e), Decimal::new(b.into(), f));
        let sum = a.checked_add(b).unwrap();
        prop_assert_eq!(sum.checked_sub(b), Some(a));
        prop_assert_eq!(sum.cmp(&a), b.cmp(&Decimal::ZERO));
    }

    #[test]
    fn an_address_comes_back_from_its_text(bytes in any::<[u8; 8]>()) {
        let address = MeterAddress::from_link_bytes(bytes);
        prop_assert_eq!(address.to_string().parse(), Ok(address));
        prop_assert_eq!(address.to_link_bytes(), bytes);
    }
}
