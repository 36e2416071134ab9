//! Bytes from a radio or a wire.

use wmbus::apl::CompactProfile;
use wmbus::explain::Parts;
use wmbus::{Addresses, AesKey, Frame, FrameFormat, Key64, KeyRing, Keys, Reassembly, Telegram};

use crate::{assert_explanation_tiles, assert_parts_tile};

/// The key with which telegrams are tried; a corpus that is encrypted with it reaches what is inside.
pub const KEY: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Decodes bytes in every frame format in which they can be read, and checks what must hold.
///
/// # Panics
/// When it does not hold.
pub fn frame(bytes: &[u8]) {
    let detected = Frame::detect(bytes).map(|(frame, _)| frame).ok();
    let parsed = [FrameFormat::A, FrameFormat::B, FrameFormat::WithoutCrc, FrameFormat::Wired]
        .into_iter()
        .filter_map(|format| Frame::parse(bytes, format).ok());
    for frame in parsed.chain(detected) {
        check(&frame);
    }
}

/// Decodes a frame without CRCs whose L field is set to the length of `bytes`, and checks what must hold:
/// everything behind it is reached, whatever L said.
///
/// # Panics
/// When it does not hold.
pub fn telegram(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    bytes.truncate(usize::from(u8::MAX) + 1);
    let length = bytes.len().saturating_sub(1);
    if let (Some(field), Ok(length)) = (bytes.first_mut(), u8::try_from(length)) {
        *field = length;
    }
    if let Ok(frame) = Frame::parse(&bytes, FrameFormat::WithoutCrc) {
        check(&frame);
    }
}

fn check(frame: &Frame) {
    let (key, key_64) = (AesKey::new(KEY), Key64::new([0, 1, 2, 3, 4, 5, 6, 7]));
    for keys in [&key as &dyn Keys, &key_64, &KeyRing::default()] {
        let addresses = Addresses::read(frame);
        assert_parts_tile(&Parts::of(frame, keys), frame.bytes(), "any bytes");
        let Ok(telegram) = Telegram::decode(frame, keys) else { continue };
        assert_eq!(addresses.map(|addresses| addresses.link), Ok(telegram.link_address()));
        assert_explanation_tiles(&telegram, frame.bytes().len(), "any bytes");
        // Twice, so that a fragment meets its repetition.
        let mut reassembly = Reassembly::default();
        for _ in 0..2 {
            let Ok(whole) = reassembly.decode(frame, keys) else { break };
            assert_explanation_tiles(&whole, whole.explain().bytes().len(), "any bytes, put together");
        }
        for record in telegram.content().records() {
            let _ = CompactProfile::read(record).map(|profile| profile.registers(i128::MAX));
            assert!(!record.to_string().is_empty());
            assert!(record.offset + record.raw.len() <= frame.bytes().len());
        }
    }
}
