//! A crowd of meters: a tour as large as tours are, and what is heard of it.

use std::time::Duration;

use radio_core::ReceivedFrame;
use radio_core::replay::write_line;
use sync_protocol::{Change, MeterKey, Tour, TourId, TourMeter, TourMeterId};
use uuid::Uuid;
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, FrameFormat};

pub(crate) const METERS: u32 = 5_000;
pub(crate) const FRAMES: u32 = 30_000;
const KEY: [u8; 16] = [0x42; 16];

/// Every meter again and again, each telegram different from all others, so many microseconds apart.
pub(crate) fn recording(frames: u32, every_us: u64) -> String {
    (0..frames)
        .map(|n| {
            let meter = n.wrapping_mul(2_654_435_761) % METERS;
            let address = format!("KAM-{:08}-1B-16", 10_000_000 + meter).parse().unwrap();
            let builder = TelegramBuilder::new(address)
                .access_number(u8::try_from(n % 256).unwrap())
                .record(Record::bcd8(100_000 + i64::from(n)).volume(-3))
                .record(Record::bcd8(90_000).volume(-3).storage(1))
                .record(Record::int16(38).volume_flow(-3));
            let builder = if meter.is_multiple_of(2) { builder.mode5(AesKey::new(KEY)) } else { builder };
            let mut received = ReceivedFrame::new(builder.build().unwrap(), FrameFormat::A);
            received.offset = Some(Duration::from_micros(every_us * u64::from(n)));
            write_line(&received) + "\n"
        })
        .collect()
}

/// The tour, with the words that offices write.
pub(crate) fn tour() -> Vec<Change> {
    let lines = (0..METERS).map(|n| {
        Change::TourMeter(Box::new(TourMeter {
            id: TourMeterId(Uuid::from_u128(u128::from(n) + 1)),
            position: n,
            street: "Lindenstraße".into(),
            house: (1 + n / 40).to_string(),
            floor: (n / 10 % 4).to_string(),
            flat: format!("{}.{}", n / 10 % 4, n / 5 % 2),
            place: "kitchen".into(),
            name: "Albers".into(),
            medium: "cold water".into(),
            meter_number: format!("{:08}", 10_000_000 + n),
            radio_id: Some(format!("{:08}", 10_000_000 + n)),
            manufacturer: Some("KAM".into()),
            key: Some(MeterKey::new(KEY)),
            unit: Some("m³".into()),
            ..TourMeter::default()
        }))
    });
    let tour = Tour { id: TourId::default(), name: "Altstadt".into(), meters: METERS, due_date: None };
    std::iter::once(Change::Tour(tour)).chain(lines).collect()
}
