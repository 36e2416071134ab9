//! Who sends, and whose meter it is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{check_topic, hex};
use wmbus::{Addresses, DecodeError, Frame, FrameFormat, IdentificationNumber, Manufacturer, MeterAddress};

fn addresses(frame: &str) -> Addresses {
    Addresses::read(&Frame::parse(&hex(frame), FrameFormat::WithoutCrc).unwrap()).unwrap()
}

/// Makes a whole frame of the beginning of one.
fn completed(prefix: &str) -> String {
    let mut frame = hex(prefix);
    let length = usize::from(frame[0]) + 1;
    frame.resize(length, 0);
    wmbus::Hex(&frame).to_string()
}

#[test]
fn manufacturers_are_three_letters() {
    check_topic("m_field", 13, |vector| {
        if let Some(letters) = vector.input_json("letters").as_str() {
            let manufacturer: Manufacturer = letters.parse().unwrap();
            assert_eq!(manufacturer.to_wire().to_vec(), vector.expected_bytes("wire"), "{}", vector.line);
            return;
        }
        let manufacturer = Manufacturer::from_wire(vector.array("wire"));
        assert_eq!(manufacturer.to_string(), vector.expected("letters"), "{}", vector.line);
        assert_eq!(format!("{:04X}", manufacturer.value()), vector.expected("value_hex"), "{}", vector.line);
        assert_eq!(manufacturer.is_globally_unique(), vector.expected_number("bit15") == 0);
        assert_eq!(vector.expected("letters").parse(), Ok(manufacturer), "{}", vector.line);
    });
}

#[test]
fn the_link_address_is_read_from_the_frame() {
    check_topic("dll_address", 1, |vector| {
        let link = addresses(&completed(vector.input("frame_prefix"))).link;
        assert_eq!(link.manufacturer.to_string(), vector.expected("manufacturer"), "{}", vector.line);
        // Wire 99 87 34 76: the vector's 76349987 has two bytes exchanged; the telegram's source
        // (wmbusmeters) and the corpus name the meter 76348799.
        assert_eq!(vector.expected("id"), "76349987", "{}", vector.line);
        assert_eq!(link.identification_number.to_string(), "76348799", "{}", vector.line);
        assert_eq!(format!("{:02X}", link.version), vector.expected("version"), "{}", vector.line);
        assert_eq!(format!("{:02X}", link.device_type), vector.expected("type"), "{}", vector.line);
    });
}

#[test]
fn the_diehl_group_sends_version_and_type_first() {
    check_topic("dll_address_diehl_swap", 1, |vector| {
        let frame = completed(vector.input("frame_prefix"));
        let link = addresses(&frame).link;
        assert_eq!(link.identification_number.to_string(), vector.expected("id"), "{}", vector.line);
        assert_eq!(format!("{:02X}", link.version), vector.expected("version"), "{}", vector.line);
        assert_eq!(format!("{:02X}", link.device_type), vector.expected("type"), "{}", vector.line);
        let kept = Frame::parse(&hex(&frame), FrameFormat::WithoutCrc).unwrap();
        assert_eq!(kept.bytes(), hex(&frame), "the frame itself stays as it was on the air");
    });
}

#[test]
fn only_proprietary_telegrams_of_the_diehl_group_are_swapped() {
    let wire = ["2423", "304C", "2D2C"];
    let expected = [
        // HYD, SAP and KAM with a proprietary CI field, an OMS telegram, a proprietary security mode.
        ("A2", ["HYD-48500375-86-07", "SAP-03750786-00-07", "KAM-03750786-50-48"]),
        ("71", ["HYD-48500375-86-07", "SAP-48500375-86-07", "KAM-03750786-50-48"]),
        ("7A00000005", ["HYD-03750786-50-48", "SAP-03750786-50-48", "KAM-03750786-50-48"]),
        ("7A00000010", ["HYD-48500375-86-07", "SAP-48500375-86-07", "KAM-03750786-50-48"]),
        ("A8", ["HYD-03750786-50-48", "SAP-03750786-50-48", "KAM-03750786-50-48"]),
    ];
    for (ci, expected) in expected {
        for (manufacturer, expected) in wire.iter().zip(expected) {
            let link = addresses(&completed(&format!("1944{manufacturer}860775035048{ci}"))).link;
            assert_eq!(link.to_string(), expected, "CI {ci}");
        }
    }
}

#[test]
fn a_long_header_names_the_meter_behind_the_radio_converter() {
    // OMS Vol. 2 Annex N.5.3
    let found = addresses(
        "2D4493444433221155377288776655934455080004100500DFE2A782146D1513581CD2F83F39040CFD1078563412",
    );
    assert_eq!(found.link.to_string(), "QDS-11223344-55-37");
    assert_eq!(found.meter.to_string(), "QDS-55667788-55-08");
    assert_eq!(found.link.device_type_name(), "radio_converter_meter_side");
}

#[test]
fn an_encrypted_long_header_is_not_read_without_key() {
    // The Kamstrup telegram of the extended link layer: whatever the cipher text looks like.
    let found =
        addresses("2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24");
    assert_eq!(found.link.to_string(), "KAM-76348799-1B-16");
    assert_eq!(found.meter, found.link);
}

#[test]
fn a_wired_frame_without_header_names_no_meter() {
    let frame = Frame::parse(&hex("680303680801707916"), FrameFormat::Wired);
    assert_eq!(Addresses::read(&frame.unwrap()), Err(DecodeError::NoAddress));
}

#[test]
fn addresses_come_back_from_their_text() {
    for text in ["KAM-76349987-1B-16", "CEN-12345678-01-07", "ABC*-0A1B2C3D-FF-00"] {
        let address: MeterAddress = text.parse().unwrap();
        assert_eq!(address.to_string(), text);
        assert_eq!(MeterAddress::from_link_bytes(address.to_link_bytes()), address);
        assert_eq!(MeterAddress::from_header_bytes(address.to_header_bytes()), address);
    }
    for text in
        ["", "KAM", "KAM-76349987-1B", "KAM-7634998-1B-16", "kam-76349987-1B-16", "KAM-76349987-1B-16-00"]
    {
        assert!(text.parse::<MeterAddress>().is_err(), "{text:?}");
    }
    assert!("1234567".parse::<IdentificationNumber>().is_err());
    assert!("+1234567".parse::<IdentificationNumber>().is_err());
    assert!("KAMM".parse::<Manufacturer>().is_err());
}

#[test]
fn a_radio_converter_without_transport_header_names_the_meter_in_its_first_record() {
    let named = "1644934411345678233778077998765431934423040B0600000000";
    let both = addresses(named);
    assert_eq!(both.link.to_string(), "QDS-78563411-23-37");
    assert_eq!(both.meter.to_string(), "QDS-31547698-23-04");
    let frame = Frame::parse(&hex(named), FrameFormat::WithoutCrc).unwrap();
    let telegram = wmbus::Telegram::decode(&frame, &wmbus::KeyRing::default()).unwrap();
    assert_eq!((telegram.link_address(), telegram.meter()), (both.link, both.meter));
    // Any other meter is the sender, whatever identification it has.
    let own = addresses(&named.replace("2337", "2304"));
    assert_eq!(own.meter, own.link);
    assert_eq!(
        addresses("0E4493441134567823377807799876 54".replace(' ', "").as_str()).meter.device_type,
        0x37
    );
}

#[test]
fn techem_has_device_types_of_its_own() {
    let name = |address: &str| address.parse::<MeterAddress>().unwrap().device_type_name();
    assert_eq!(name("TCH-12345678-74-62"), "warm_water");
    assert_eq!(name("TCH-12345678-45-C3"), "heat");
    assert_eq!(name("TCH-12345678-69-80"), "heat_cost_allocator");
    assert_eq!(name("TCH-12345678-69-08"), "heat_cost_allocator");
    assert_eq!(name("QDS-12345678-74-62"), "reserved");
}
