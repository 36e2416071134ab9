//! Telegrams in the air of the tests.

use std::time::{Duration, Instant};

use walkby_emulators::AirTelegram;
use walkby_emulators::serve::Station;
use wmbus::{FrameFormat, LinkMode};

/// Returns telegram number `number`: each has other bytes, lengths from 12 to 131, and the meters of each mode are
/// others.
pub(crate) fn telegram(number: usize, link_mode: LinkMode, frame_format: FrameFormat) -> AirTelegram {
    let length = 11 + number * 7 % 120;
    let [_, _, c, d] = u32::try_from(number).unwrap().to_be_bytes();
    let mode = match link_mode {
        LinkMode::S1 => 0x21,
        LinkMode::T1 => 0x22,
        _ => 0x23,
    };
    let mut bytes = vec![u8::try_from(length).unwrap(), 0x44, 0xAE, 0x4C, c, d, mode, 0x33, 0x68, 0x07, 0x7A];
    bytes.extend((bytes.len()..=length).map(|index| u8::try_from((index * 37 + number * 11) % 256).unwrap()));
    let rssi_dbm = -i16::try_from(60 + number % 40).unwrap();
    AirTelegram { rssi_dbm, ..AirTelegram::new(link_mode, frame_format, bytes) }
}

/// Returns `count` telegrams of a mode; mode C has both frame formats by turns.
pub(crate) fn telegrams(link_mode: LinkMode, count: usize) -> Vec<AirTelegram> {
    let format = |number: usize| match link_mode {
        LinkMode::C1 if number % 2 == 1 => FrameFormat::B,
        _ => FrameFormat::A,
    };
    (0..count).map(|number| telegram(number, link_mode, format(number))).collect()
}

/// What a nanoCUL takes in at most, with CRCs.
const MOST_NANO_BYTES: usize = 148;

/// Returns `count` telegrams of a mode that no receiver cuts off.
pub(crate) fn short_telegrams(link_mode: LinkMode, count: usize) -> Vec<AirTelegram> {
    let all = telegrams(link_mode, count * 2);
    all.into_iter().filter(|telegram| telegram.with_crcs().len() <= MOST_NANO_BYTES).take(count).collect()
}

/// Long enough for any machine; what was waited for is taken at once.
const DEADLINE: Duration = Duration::from_secs(120);

/// Sends a telegram until a receiver hears it for the first time: what is in the air before the receiver is set, or
/// its host is there, is lost.
pub(crate) fn send_until_heard(station: &Station, telegram: &AirTelegram) {
    let start = Instant::now();
    while station.hear(telegram) == 0 {
        assert!(start.elapsed() < DEADLINE, "nobody listens");
    }
}
