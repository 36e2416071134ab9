//! KEM and KEM2 files with their passwords. All are made here, with made-up keys.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use base64::Engine as _;
use proptest::prelude::*;
use radio_core::keys::{KeyFile, KeyFileError, Verdict};
use wmbus::{AesKey, Keys as _, MeterAddress};

const KEY: &str = "000102030405060708090A0B0C0D0E0F";
const OTHER: &str = "101112131415161718191A1B1C1D1E1F";
const PASSWORD: &str = "12345";

/// Encrypts a document as a KEM file holds it: CBC, key and initialisation vector are the password.
fn sealed(document: &[u8], password: &str) -> Vec<u8> {
    let mut key = [0u8; 16];
    key[..password.len()].copy_from_slice(password.as_bytes());
    let mut bytes = document.to_vec();
    let padding = 16 - bytes.len() % 16;
    bytes.extend(std::iter::repeat_n(u8::try_from(padding).unwrap(), padding));
    let mut encryptor = cbc::Encryptor::<aes::Aes128>::new(&key.into(), &key.into());
    for block in bytes.chunks_exact_mut(16) {
        encryptor.encrypt_block(block.try_into().unwrap());
    }
    bytes
}

/// Wraps encrypted bytes as XML-Enc does.
fn file(sealed: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(sealed);
    let lines: Vec<String> =
        text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into()).collect();
    format!(
        "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <xenc:EncryptedData Type=\"http://www.w3.org/2001/04/xmlenc#Element\" xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\">\
         <xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes128-cbc\" />\
         <xenc:CipherData><xenc:CipherValue>\r\n{}\r\n</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>\n",
        lines.join("\r\n")
    )
}

fn meter(serial: &str, key: &str) -> String {
    format!(
        "<Meter><MeterName>MC21</MeterName><ConsumptionType>Cold water</ConsumptionType><MeterNo>99</MeterNo>\
         <SerialNo>{serial}</SerialNo><VendorId>KAM</VendorId><ConfigNo></ConfigNo><TypeNo/><DEK>{key}</DEK></Meter>"
    )
}

fn kem(meters: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\r\n<MetersInOrder orderid=\"1\" schemaVersion=\"2.0\">{meters}</MetersInOrder>"
    )
}

/// A device of KEM2 has other named values before and behind its key.
fn device(serial: &str, key: &str) -> String {
    let value = |name: &str, value: &str| format!("<Key><Name>{name}</Name><Value>{value}</Value></Key>");
    format!(
        "<Device><ShortName>MC303</ShortName><CustomerDeviceNumber>99</CustomerDeviceNumber>\
         <SerialNumber>{serial}</SerialNumber><ManufacturerId>KAM</ManufacturerId><Keys>{}{}{}</Keys></Device>",
        value("KEK", OTHER),
        value("DEK", key),
        value("GUEK", OTHER)
    )
}

fn candidates(file: &KeyFile, number: &str) -> Vec<AesKey> {
    let address: MeterAddress = format!("KAM-{number}-1B-16").parse().unwrap();
    file.ring.candidates(&address).into_iter().cloned().collect()
}

fn verdicts(file: &KeyFile) -> Vec<Verdict> {
    file.rows.iter().map(|row| row.verdict).collect()
}

#[test]
fn a_kem_file_gives_the_key_of_every_meter_in_it() {
    let content =
        file(&sealed(kem(&[meter("76348799", KEY), meter("12345", OTHER)].concat()).as_bytes(), PASSWORD));
    let file = KeyFile::read(content, Some(PASSWORD)).unwrap();
    assert_eq!(verdicts(&file), [Verdict::Accepted, Verdict::AcceptedFilledUp]);
    assert_eq!(candidates(&file, "76348799"), [KEY.parse().unwrap()]);
    assert_eq!(candidates(&file, "00012345"), [OTHER.parse().unwrap()]);
}

#[test]
fn the_key_of_a_kem2_device_is_the_value_named_dek() {
    let document =
        format!("<Devices xmlns=\"urn:kem2\">{}</Devices>", device("76348799", &KEY.to_lowercase()));
    let content = file(&sealed(document.as_bytes(), "0123456789abcdef"));
    let file = KeyFile::read(content, Some("0123456789abcdef")).unwrap();
    assert_eq!(verdicts(&file), [Verdict::Accepted]);
    assert_eq!(candidates(&file, "76348799"), [KEY.parse().unwrap()]);
}

#[test]
fn a_bad_meter_costs_only_itself_and_is_named_by_its_place() {
    let unnamed = "<Meter><MeterNo>1</MeterNo><DEK>00</DEK></Meter>".to_owned();
    let meters =
        [meter("76348799", ""), meter("7634879X", KEY), unnamed, meter("1", "0001"), meter("2", KEY)]
            .concat();
    let file = KeyFile::read(file(&sealed(kem(&meters).as_bytes(), PASSWORD)), Some(PASSWORD)).unwrap();
    assert_eq!(
        verdicts(&file),
        [
            Verdict::KeyMissing,
            Verdict::MeterNotUnderstood,
            Verdict::CellMissing,
            Verdict::KeyLength { digits: 4 },
            Verdict::AcceptedFilledUp,
        ]
    );
    let told: Vec<String> = file.refused().map(ToString::to_string).collect();
    assert_eq!(told[0], "meter 1: the key is empty");
}

#[test]
fn what_is_around_and_in_the_document_does_not_matter() {
    // Letters of another encoding and control characters in a name, and rubbish instead of padding.
    let mut document = kem(&meter("76348799", KEY)).into_bytes();
    let at = document.windows(4).position(|part| part == b"MC21").unwrap();
    document.splice(at..at, [0xE6, 0x07, 0x80]);
    document.extend([0x00, 0x9F, 0x03, 0xC3]);
    let content = format!("\n  {}", file(&sealed(&document, PASSWORD)).trim_start_matches('\u{FEFF}'));
    let file = KeyFile::read(content, Some(PASSWORD)).unwrap();
    assert_eq!(verdicts(&file), [Verdict::Accepted]);
}

#[test]
fn what_is_wrong_with_the_whole_file_is_told_apart() {
    let good = file(&sealed(kem(&meter("76348799", KEY)).as_bytes(), PASSWORD));
    let other = file(&sealed(b"<Orders><Order/></Orders>", PASSWORD));
    let read = |content: &str, password| KeyFile::read(content, password).unwrap_err();
    assert_eq!(read(&good, None), KeyFileError::PasswordMissing);
    assert_eq!(read(&good, Some("54321")), KeyFileError::WrongPassword);
    assert_eq!(read(&good, Some("12345678901234567")), KeyFileError::PasswordTooLong { bytes: 17 });
    assert_eq!(read(&other, Some(PASSWORD)), KeyFileError::UnknownDocument);
    assert_eq!(read("<a><b></a>", Some(PASSWORD)), KeyFileError::NotXml);
    assert_eq!(read("<a/>", Some(PASSWORD)), KeyFileError::NoCipherText);
    assert_eq!(read("<a><CipherValue>!</CipherValue></a>", Some(PASSWORD)), KeyFileError::CipherTextDamaged);
    assert_eq!(
        read("<a><CipherValue>AAAA</CipherValue></a>", Some(PASSWORD)),
        KeyFileError::CipherTextDamaged
    );
    assert_eq!(read("PK\u{3}\u{4}", Some(PASSWORD)), KeyFileError::ArchiveDamaged);
}

/// Packs files as zip does: local headers with the content, then the directory, then the end.
fn zip(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content, deflate) in files {
        let packed = if *deflate {
            let mut encoder = flate2::read::DeflateEncoder::new(*content, flate2::Compression::default());
            let mut packed = Vec::new();
            std::io::Read::read_to_end(&mut encoder, &mut packed).unwrap();
            packed
        } else {
            content.to_vec()
        };
        let start = u32::try_from(archive.len()).unwrap().to_le_bytes();
        let method = if *deflate { [8, 0] } else { [0, 0] };
        let sizes =
            [packed.len(), content.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes()).concat();
        let names = [u16::try_from(name.len()).unwrap().to_le_bytes(), [0, 0]].concat();
        // Version, flags, method, time, date, checksum, sizes, lengths of name and extra field.
        let common = [&[20, 0, 0, 0][..], &method, &[0; 8], &sizes, &names].concat();
        archive.extend([b"PK\x03\x04".as_slice(), &common, name.as_bytes(), &packed].concat());
        let entry = [b"PK\x01\x02\x14\x00".as_slice(), &common, &[0; 10], &start, name.as_bytes()];
        directory.extend(entry.concat());
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let [size, start] =
        [directory.len(), archive.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes());
    [&archive, &directory, b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &size, &start, &[0, 0]].concat()
}

#[test]
fn a_kem_file_may_come_in_a_zip_archive() {
    let kem = file(&sealed(kem(&meter("76348799", KEY)).as_bytes(), PASSWORD));
    for deflate in [false, true] {
        let archive = zip(&[("read me.txt", b"hello", false), ("Order 7.KEM", kem.as_bytes(), deflate)]);
        let file = KeyFile::read(&archive, Some(PASSWORD)).unwrap();
        assert_eq!(verdicts(&file), [Verdict::Accepted]);
        let cut = KeyFile::read(&archive[..archive.len() - 30], Some(PASSWORD)).unwrap_err();
        assert_eq!(cut, KeyFileError::ArchiveDamaged);
    }
    let without = zip(&[("keys.csv", b"id;key", false)]);
    assert_eq!(KeyFile::read(without, Some(PASSWORD)).unwrap_err(), KeyFileError::NoKemInArchive);
    let mut locked = zip(&[("a.kem2", b"x", false)]);
    let entry = locked.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    locked[entry + 8] = 1;
    assert_eq!(KeyFile::read(locked, Some(PASSWORD)).unwrap_err(), KeyFileError::ArchiveEncrypted);
}

#[test]
fn a_document_that_refers_to_itself_is_refused() {
    let entities =
        "<!DOCTYPE a [<!ENTITY b \"&c;&c;\"><!ENTITY c \"x\">]><a><CipherValue>&b;</CipherValue></a>";
    assert_eq!(KeyFile::read(entities, Some(PASSWORD)).unwrap_err(), KeyFileError::NotXml);
}

#[test]
fn a_document_of_any_depth_or_size_is_survived() {
    let deep = "<Meter>".repeat(100_000);
    assert_eq!(KeyFile::read(&deep, Some(PASSWORD)).unwrap_err(), KeyFileError::NotXml);
    let closed = format!("{deep}{}", "</Meter>".repeat(100_000));
    assert_eq!(KeyFile::read(&closed, Some(PASSWORD)).unwrap_err(), KeyFileError::NoCipherText);
    let content = file(&sealed(kem(&closed).as_bytes(), PASSWORD));
    let file = KeyFile::read(content, Some(PASSWORD)).unwrap();
    assert_eq!(verdicts(&file), [Verdict::CellMissing]);
}

#[test]
fn a_csv_is_read_by_the_same_way_in() {
    let file = KeyFile::read(format!("id;key\n76348799;{KEY}\n"), None).unwrap();
    assert_eq!(verdicts(&file), [Verdict::Accepted]);
}

#[test]
fn neither_key_nor_password_is_ever_told() {
    let content = file(&sealed(kem(&meter("76348799", &KEY[2..])).as_bytes(), "tellnobody"));
    let file = KeyFile::read(&content, Some("tellnobody")).unwrap();
    let error = KeyFile::read(&content, Some("tellnobodyElse")).unwrap_err();
    let told = format!("{file:?} {} {error} {error:?}", file.rows[0]);
    assert!(!told.contains(&KEY[4..12]) && !told.contains("tellnobody"), "{told}");
}

proptest! {
    #[test]
    fn any_bytes_behind_the_password_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let content = file(&sealed(&bytes, PASSWORD));
        prop_assert!(KeyFile::read(content, Some(PASSWORD)).is_err());
    }

    #[test]
    fn any_file_is_survived(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        start in prop::sample::select(vec!["", "<", "PK\u{3}\u{4}"]),
    ) {
        let content = [start.as_bytes(), &bytes].concat();
        let _ = KeyFile::read(content, Some(PASSWORD));
    }
}
