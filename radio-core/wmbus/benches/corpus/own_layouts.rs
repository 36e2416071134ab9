//! Telegrams in makers' own layouts: those of `tests/layouts`.

use wmbus::security::lfsr;
use wmbus::{Frame, FrameFormat, MeterAddress};

/// Meters, and what their telegrams carry from the CI field on.
const PLAIN: [(&str, &str); 9] = [
    ("TCH-12345678-74-62", "A2 06 9F2B D204 2006 3800 010203"),
    ("TCH-12345678-69-80", "A0 11 9F2B 2D00 5006 0400 BD08 3809"),
    ("TCH-12345678-39-43", "A2 10 9F2F 866100 18 1C0100 04"),
    ("TCH-12345678-76-F0", "A0 00 9F27 8229 00"),
    ("APT-12345678-03-03", "A0 04000000"),
    ("APA-12345678-04-08", "A0 A1 0000 5900 1C27 0100 322D 8016 80FF"),
    ("QDS-12345678-18-06", QUNDIS_WALK_BY),
    (
        "BMT-12345678-13-07",
        "7A 00000000 0C13 66380000 046D 2728 7E23 0F 97 0A A0 190215 190301 0F000000 010000 020000 030000 \
         040000 050000 060000 070000 080000 090000 0A0000 0B0000 0C0000 2F2F",
    ),
    (
        "TCH-12345678-50-72",
        "A2 0C00 7C31 640000 000102 000304 000506 000708 00090A 000B0C 000D0E 000F10 001112 001314 001516 \
         001718",
    ),
];

const QUNDIS_WALK_BY: &str = "78 0DFF5F35 0082 DA 00 00 6001 07 C1 13 FFFF 45230100 FF2C 00000100 1D32 00150100 \
     0080 0100 0200 0300 0400 0500 0600 0700 0800 0900 4000 5600 00 2F 046D 370C C422";

/// A PRIOS telegram of an Izar module: total, month end and its date.
const PRIOS: &str = "4B40E20100 3FE20100 1F2C";

pub(super) fn telegrams() -> Vec<Frame> {
    let plain = PLAIN.iter().map(|(meter, payload)| around(meter, payload));
    plain.chain([prios()]).map(|bytes| Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap()).collect()
}

pub(super) fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn around(meter: &str, payload: &str) -> Vec<u8> {
    let meter: MeterAddress = meter.parse().unwrap();
    let payload = bytes(payload);
    let length = u8::try_from(9 + payload.len()).unwrap();
    [&[length, 0x44][..], &meter.to_link_bytes(), &payload].concat()
}

fn prios() -> Vec<u8> {
    let plain = bytes(PRIOS);
    let mut frame = bytes(&format!("00442423850712345678A201081000{}", "00".repeat(plain.len())));
    frame[0] = u8::try_from(frame.len() - 1).unwrap();
    let [key, _] = &lfsr::FACTORY_KEYS;
    let stream = lfsr::unscramble(key, &frame).unwrap();
    frame.splice(lfsr::FIRST.., stream.iter().zip(&plain).map(|(a, b)| a ^ b));
    frame
}
