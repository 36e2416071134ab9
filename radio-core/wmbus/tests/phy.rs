//! Frames become the chips of their transmissions, and chips become bytes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::hex;
use proptest::prelude::*;
use wmbus::phy::sync::Header;
use wmbus::phy::{self, ChipsError, LineCode, LineCodeError, Preamble, manchester, nrz, sync, three_of_six};
use wmbus::{Frame, FrameFormat, LinkMode};

/// The on-air example of the reference (`phy_facts.md` §7).
const TELEGRAM: &str = "0f44304c1122334401077a0102030405";
const FORMAT_A: &str = "0f44304c11223344010785847a01020304057558";
const FORMAT_B: &str = "1144304c1122334401077a01020304053998";

fn telegram() -> Frame {
    Frame::parse(&hex(TELEGRAM), FrameFormat::WithoutCrc).unwrap()
}

fn on_air(mode: LinkMode, format: FrameFormat) -> phy::Chips {
    phy::chips(&telegram(), mode, format, Preamble::Shortest).unwrap()
}

fn text(chips: &[bool]) -> String {
    chips.iter().map(|chip| if *chip { '1' } else { '0' }).collect()
}

#[test]
fn the_shortest_headers_are_those_of_the_standard() {
    use {
        FrameFormat::{A, B},
        LinkMode::{C1, S1, S1m, T1},
    };
    let pairs = |count| "01".repeat(count);
    assert_eq!(text(on_air(S1, A).header()), pairs(279) + "000111011010010110");
    assert_eq!(text(on_air(S1m, A).header()), pairs(15) + "000111011010010110");
    assert_eq!(text(on_air(T1, A).header()), pairs(19) + "0000111101");
    assert_eq!(text(on_air(C1, A).header()), pairs(16) + "01010100001111010101010011001101");
    assert_eq!(text(on_air(C1, B).header()), pairs(16) + "01010100001111010101010000111101");
}

#[test]
fn modes_t_and_c_share_their_first_48_chips() {
    let t = on_air(LinkMode::T1, FrameFormat::A);
    for format in [FrameFormat::A, FrameFormat::B] {
        assert_eq!(t.header(), &on_air(LinkMode::C1, format).header()[..48]);
    }
    assert_eq!(sync::C.bits() & 0x3FF, sync::T.bits());
    assert_eq!(three_of_six::half_byte(0b010101), None);
}

#[test]
fn the_example_of_the_reference_has_its_chips() {
    let t = on_air(LinkMode::T1, FrameFormat::A);
    assert!(text(t.frame()).starts_with("010110101001011100011100001011010110011100110100"));
    assert_eq!(three_of_six::decode(t.frame()).unwrap(), hex(FORMAT_A));
    let s = on_air(LinkMode::S1m, FrameFormat::A);
    assert!(text(s.frame()).starts_with("10101010010101011001101010011010"));
    assert_eq!(manchester::decode(s.frame()).unwrap(), hex(FORMAT_A));
    assert_eq!(nrz::decode(on_air(LinkMode::C1, FrameFormat::A).frame()).unwrap(), hex(FORMAT_A));
    assert_eq!(nrz::decode(on_air(LinkMode::C1, FrameFormat::B).frame()).unwrap(), hex(FORMAT_B));
}

#[test]
fn modes_s_and_t_end_with_alternating_chips_and_mode_c_with_its_frame() {
    for mode in [LinkMode::S1, LinkMode::S2, LinkMode::T2] {
        let chips = on_air(mode, FrameFormat::A);
        let end = chips.header().len() + chips.frame().len();
        assert_eq!(chips.all().len(), end + 8);
        assert!(chips.all()[end - 1..].windows(2).all(|pair| pair[0] != pair[1]));
    }
    let chips = on_air(LinkMode::C2, FrameFormat::B);
    assert_eq!(chips.all().len(), chips.header().len() + chips.frame().len());
}

#[test]
fn a_meter_may_send_a_longer_preamble() {
    let chips = phy::chips(&telegram(), LinkMode::T1, FrameFormat::A, Preamble::Pairs(40)).unwrap();
    assert_eq!(text(chips.header()), "01".repeat(40) + "0000111101");
}

#[test]
fn what_no_meter_sends_is_refused() {
    let chips =
        |frame: &Frame, mode, format| phy::chips(frame, mode, format, Preamble::Shortest).unwrap_err();
    assert_eq!(chips(&telegram(), LinkMode::T1, FrameFormat::B), ChipsError::Mode { mode: LinkMode::T1 });
    assert_eq!(chips(&telegram(), LinkMode::N1, FrameFormat::A), ChipsError::Mode { mode: LinkMode::N1 });
    let wired = Frame::parse(&hex("680303680801727B16"), FrameFormat::Wired).unwrap();
    assert_eq!(chips(&wired, LinkMode::T1, FrameFormat::A), ChipsError::Wired);
    let longest = Frame::parse(&[0xFF; 256], FrameFormat::WithoutCrc).unwrap();
    assert!(matches!(chips(&longest, LinkMode::C1, FrameFormat::B), ChipsError::Frame(_)));
}

#[test]
fn only_modes_s_t_and_c_have_a_band_and_each_header_fits_it() {
    for (mode, center_hz) in
        [(LinkMode::S2, 868_300_000), (LinkMode::T1, 868_950_000), (LinkMode::C2, 868_950_000)]
    {
        assert_eq!(mode.band().unwrap().center_hz, center_hz);
        assert!(Header::shortest(mode, FrameFormat::A).is_some());
    }
    for mode in [LinkMode::R2, LinkMode::N1, LinkMode::N2, LinkMode::F2] {
        assert_eq!(mode.band(), None);
        assert_eq!(Header::shortest(mode, FrameFormat::A), None);
    }
}

#[test]
fn chips_that_are_no_bytes_are_refused_with_their_place() {
    let mut chips: Vec<bool> = three_of_six::encode(&[0x12, 0x34]).collect();
    assert_eq!(three_of_six::decode(&chips[1..]), Err(LineCodeError::Incomplete { chips: 23, per_byte: 12 }));
    chips[13] = !chips[13];
    assert_eq!(three_of_six::decode(&chips), Err(LineCodeError::Symbol { symbol: 2 }));
    let mut chips: Vec<bool> = manchester::encode(&[0xA5]).collect();
    chips[6] = !chips[6];
    assert_eq!(manchester::decode(&chips), Err(LineCodeError::Symbol { symbol: 3 }));
}

proptest! {
    #[test]
    fn every_line_code_reads_what_it_writes(bytes: Vec<u8>) {
        for code in [LineCode::Manchester, LineCode::ThreeOfSix, LineCode::Nrz] {
            let chips = code.encode(&bytes);
            prop_assert_eq!(chips.len(), bytes.len() * code.chips_per_byte());
            prop_assert_eq!(code.decode(&chips), Ok(bytes.clone()));
        }
    }

    #[test]
    fn any_chips_are_bytes_or_refused(chips: Vec<bool>) {
        for code in [LineCode::Manchester, LineCode::ThreeOfSix, LineCode::Nrz] {
            if let Ok(bytes) = code.decode(&chips) {
                prop_assert_eq!(code.encode(&bytes), chips.clone());
            }
        }
    }
}
