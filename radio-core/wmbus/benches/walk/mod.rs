//! Telegrams of a house, made by the encoder, so that benches run anywhere.

use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Date, Frame, KeyRing, MeterAddress};

/// How many meters there are.
pub(crate) const METERS: u32 = 256;

pub(crate) fn key() -> AesKey {
    AesKey::new([0x2A; 16])
}

/// A water meter with a due date: six records, as most meters of a house send.
fn water(number: u32) -> TelegramBuilder {
    let address: MeterAddress = format!("KAM-{number:08}-1B-16").parse().unwrap();
    let due = Date { year: Some(2025), month: Some(12), day: Some(31) };
    TelegramBuilder::new(address).access_number(number as u8).records([
        Record::int32(1_234_567).volume(-3),
        Record::bcd6(38).volume_flow(-3),
        Record::int16(1_950).supply_temperature(-2),
        Record::bcd8(1_190_001).volume(-3).storage(1),
        Record::date(due).storage(1),
        Record::int16(0).error_flags(),
    ])
}

/// One frame of each of many meters, and a ring with the keys of all of them.
pub(crate) fn walk(protect: impl Fn(TelegramBuilder, u32) -> TelegramBuilder) -> (Vec<Frame>, KeyRing) {
    let mut keys = KeyRing::default();
    let frames = (0..METERS).map(|number| {
        keys.insert(format!("{number:08}").parse().unwrap(), key());
        protect(water(number), number).build().unwrap()
    });
    (frames.collect(), keys)
}

/// The kinds of telegrams by how they are protected.
pub(crate) fn kinds() -> [(&'static str, (Vec<Frame>, KeyRing)); 4] {
    [
        ("plain", walk(|builder, _| builder)),
        ("mode 5", walk(|builder, _| builder.mode5(key()))),
        ("mode 7", walk(|builder, number| builder.mode7(key(), number))),
        ("ELL-CTR", walk(|builder, number| builder.no_header().ell_ctr(key(), 1, number))),
    ]
}
