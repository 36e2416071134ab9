//! The telegrams that are in the air.

use radio_core::ReceivedFrame;
use sync_protocol::Timestamp;
use wmbus::{Frame, FrameFormat};

/// Meters in the house.
pub const METERS: u32 = 4;

/// Returns the identification number of a meter, as the tour has it.
pub fn radio_id(meter: u32) -> String {
    format!("{:08}", 40_000_000 + meter)
}

/// Returns the tour of the house as CSV. The last meter has a key.
pub fn tour_csv() -> String {
    let mut csv = String::from("seq;meter_no;radio_id;medium;unit;key\n");
    for meter in 0..METERS {
        let key = if meter + 1 == METERS { KEY } else { "" };
        csv.push_str(&format!("{};M{meter};{};cold water;m³;{key}\n", meter + 1, radio_id(meter)));
    }
    csv
}

/// A key that must never be seen on the way upward or in the handheld's files.
pub const KEY: &str = "5EC12E7A0FF1CE5EC12E7A0FF1CE0042";

/// Returns a telegram of a meter that shows `value` litres.
pub fn frame(meter: u32, value: u32) -> Frame {
    let id: Vec<u8> = bcd(40_000_000 + meter);
    let mut bytes = vec![0, 0x44, 0x93, 0x15];
    bytes.extend(&id);
    bytes.extend([0x33, 0x07, 0x7A, 0x01, 0x00, 0x00, 0x00, 0x0C, 0x13]);
    bytes.extend(bcd(value));
    bytes[0] = u8::try_from(bytes.len() - 1).unwrap();
    Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap()
}

/// Returns what a receiver with a clock of its own says of a frame.
pub fn received(frame: Frame, at: Timestamp) -> ReceivedFrame {
    let mut received = ReceivedFrame::new(frame, FrameFormat::WithoutCrc);
    received.received_at = jiff::Timestamp::from_millisecond(at.as_millis()).ok();
    received
}

/// Codes eight digits, the last first.
fn bcd(mut number: u32) -> Vec<u8> {
    (0..4)
        .map(|_| {
            let pair = number % 100;
            number /= 100;
            u8::try_from(pair / 10 * 16 + pair % 10).unwrap()
        })
        .collect()
}
