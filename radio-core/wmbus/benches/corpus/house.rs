//! The meters of a house, made by the encoder.

use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Date, Frame, KeyRing, MeterAddress};

/// How many meters there are.
const METERS: u32 = 256;

pub(crate) fn key() -> AesKey {
    AesKey::new([0x2A; 16])
}

const DUE: Date = Date { year: Some(2025), month: Some(12), day: Some(31) };

fn meter(text: &str, number: u32) -> TelegramBuilder {
    let address: MeterAddress = format!("{}-{number:08}-{}", &text[..3], &text[4..]).parse().unwrap();
    TelegramBuilder::new(address).access_number(number as u8)
}

/// A water meter with a due date: six records, as most meters of a house send.
fn water(number: u32) -> TelegramBuilder {
    meter("KAM-1B-16", number).records([
        Record::int32(1_234_567).volume(-3),
        Record::bcd6(38).volume_flow(-3),
        Record::int16(1_950).supply_temperature(-2),
        Record::bcd8(1_190_001).volume(-3).storage(1),
        Record::date(DUE).storage(1),
        Record::int16(0).error_flags(),
    ])
}

/// A water meter's short telegram.
fn short_water(number: u32) -> TelegramBuilder {
    meter("KAM-1B-16", number).records([
        Record::raw(2, [0x71, 0]).vif(&[0x7F, 0x20]),
        Record::int32(1_234_567).volume(-3),
        Record::int32(1_190_001).volume(-3).storage(1),
    ])
}

/// A heat meter with the seven values of now and of the due date.
fn heat(number: u32) -> TelegramBuilder {
    meter("KAM-30-0C", number).records([
        Record::int32(34_567).energy_kwh(0),
        Record::int32(123_456).volume(-2),
        Record::int32(1_234).volume_flow(-3),
        Record::int16(7_012).supply_temperature(-2),
        Record::int16(4_998).return_temperature(-2),
        Record::int16(312).power_kw(-1),
        Record::int32(31_001).energy_kwh(0).storage(1),
        Record::int32(119_001).volume(-2).storage(1),
        Record::date(DUE).storage(1),
    ])
}

/// A heat meter whose format is one of those that compact frames are known by.
fn compact_heat(number: u32) -> TelegramBuilder {
    meter("KAM-30-0C", number).records([
        Record::int24(34_567).energy_kwh(0),
        Record::int24(31_001).energy_kwh(0).storage(1),
        Record::int24(123_456).volume(-2),
        Record::date(DUE).storage(1),
        Record::int16(12).power_kw(-1),
        Record::raw(1, [0]).vif(&[0x7F, 0x21]),
    ])
}

/// A heat cost allocator with twelve months.
fn allocator(number: u32) -> TelegramBuilder {
    let months = (8..20).map(|month| Record::int16(100).hca_units().storage(month));
    let head = [
        Record::int16(1_234).hca_units(),
        Record::int16(1_100).hca_units().storage(1),
        Record::date(DUE).storage(1),
        Record::int16(2_131).external_temperature(-2),
    ];
    meter("QDS-35-08", number).records(head).records(months)
}

/// One frame of each of many meters, and a ring with the keys of all of them.
pub(super) fn walk(protect: impl Fn(TelegramBuilder, u32) -> TelegramBuilder) -> (Vec<Frame>, KeyRing) {
    of([water, short_water, heat, allocator], protect)
}

/// Compact frames of the meters that send such.
pub(super) fn compact() -> Vec<Frame> {
    of([short_water, compact_heat, short_water, compact_heat], |builder, _| {
        builder.no_header().compact_frame()
    })
    .0
}

/// The same of water meters with six records only.
pub(crate) fn water_only(protect: impl Fn(TelegramBuilder, u32) -> TelegramBuilder) -> (Vec<Frame>, KeyRing) {
    of([water; 4], protect)
}

fn of(
    kinds: [fn(u32) -> TelegramBuilder; 4],
    protect: impl Fn(TelegramBuilder, u32) -> TelegramBuilder,
) -> (Vec<Frame>, KeyRing) {
    let mut keys = KeyRing::default();
    let numbered = (0..METERS).zip(kinds.into_iter().cycle());
    let frames = numbered.map(|(number, kind)| {
        keys.insert(format!("{number:08}").parse().unwrap(), key());
        protect(kind(number), number).build().unwrap()
    });
    (frames.collect(), keys)
}

/// The water meters' encrypted frames with their CRCs.
pub(crate) fn on_air() -> Vec<Vec<u8>> {
    water_only(|builder, _| builder.mode5(key())).0.iter().map(Frame::to_format_a).collect()
}
