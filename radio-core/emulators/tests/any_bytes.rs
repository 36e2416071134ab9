//! Whatever a host writes: no receiver panics, and each still answers what it answered before.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use proptest::prelude::*;
use walkby_emulators::{AirTelegram, Emulator, Kind};
use wmbus::{FrameFormat, LinkMode};

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL.to_vec())
}

fn telegram(bytes: Vec<u8>, rssi_dbm: i16) -> AirTelegram {
    AirTelegram { rssi_dbm, ..AirTelegram::new(LinkMode::T1, FrameFormat::B, bytes) }
}

/// Is what a receiver is asked to tell who it is.
fn question(kind: Kind) -> &'static [u8] {
    match kind {
        Kind::Im871a | Kind::Im871aFirmware13 => &[0xA5, 0x01, 0x0F, 0x00],
        Kind::Iu891a => &[0xC0, 0x01, 0x03, 0x04, 0x24, 0xC0],
        Kind::Amb8465 => &[0xFF, 0x0B, 0x00, 0xF4],
        Kind::Rc1180 => &[0x00],
        _ => b"\nV\n",
    }
}

fn answers(receiver: &mut dyn Emulator, kind: Kind, now: Duration) -> usize {
    receiver.receive(question(kind), now).len()
}

proptest! {
    #[test]
    fn any_bytes_and_any_telegram_do_no_harm(
        kind in kind(),
        written in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..8),
        heard in prop::collection::vec(any::<u8>(), 0..300),
        rssi_dbm in any::<i16>(),
    ) {
        let mut receiver = kind.emulator();
        for (second, bytes) in (0..).zip(&written) {
            receiver.receive(bytes, Duration::from_secs(second));
            receiver.hear(&telegram(heard.clone(), rssi_dbm), Duration::from_secs(second));
        }
    }

    #[test]
    fn after_any_bytes_and_a_loss_of_power_a_receiver_answers_as_before(
        kind in kind(),
        written in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let later = Duration::from_secs(10);
        let before = answers(kind.emulator().as_mut(), kind, later);
        let mut receiver = kind.emulator();
        receiver.receive(&written, Duration::ZERO);
        receiver.lose_power();
        receiver.opened(Duration::ZERO);
        prop_assert_eq!(answers(receiver.as_mut(), kind, later), before);
    }
}
