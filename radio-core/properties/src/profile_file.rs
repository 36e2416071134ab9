//! A meter profile from a folder.

use std::collections::BTreeSet;

use wmbus::profiles::Profiles;
use wmbus::{Frame, FrameFormat, KeyRing, Telegram};

/// A water meter with a due date, a month end, a maker's code and flags.
const TELEGRAM: &[u8] = &[
    0x37, 0x44, 0x2D, 0x2C, 0x78, 0x56, 0x34, 0x12, 0x1B, 0x16, 0x7A, 0x2A, 0x04, 0x00, 0x00, 0x04, 0x13,
    0x89, 0xE2, 0x01, 0x00, 0x44, 0x13, 0x08, 0x19, 0x00, 0x00, 0x42, 0x6C, 0x9F, 0x2C, 0x84, 0x04, 0x13,
    0x08, 0x19, 0x00, 0x00, 0x82, 0x04, 0x6C, 0x9F, 0x2C, 0x02, 0xFF, 0x20, 0x71, 0x00, 0x02, 0xFD, 0x17,
    0x05, 0x00, 0x61, 0x5B, 0x7F,
];

/// Reads a profile and names a telegram with it: the text is refused or every name and key is unique.
///
/// # Panics
/// When it does not hold.
pub fn profile_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut profiles = Profiles::default();
    if profiles.add("fuzzed", &text).is_err() {
        assert_eq!(profiles.iter().count(), 0, "a refused profile was added");
        return;
    }
    assert!(profiles.add("fuzzed", &text).is_err(), "a profile was added twice");
    let telegram = Frame::parse(TELEGRAM, FrameFormat::WithoutCrc)
        .map(|frame| Telegram::decode(&frame, &KeyRing::default()));
    let Ok(Ok(telegram)) = telegram else { panic!("the telegram of this test is damaged") };
    let records = telegram.content().records().len();
    let reading = profiles.read(&telegram);
    let names: BTreeSet<_> = reading.fields().iter().map(|field| (&field.name, field.index)).collect();
    assert_eq!(names.len(), reading.fields().len(), "a name was given twice");
    assert!(reading.fields().iter().all(|field| field.record < records), "a value of no record");
    let flat = reading.wmbusmeters(&telegram);
    let keys: BTreeSet<_> = flat.iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), flat.len(), "a key was given twice");
}
